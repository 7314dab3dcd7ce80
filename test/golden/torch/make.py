import sys, collections, torch, json
out = sys.argv[1]
torch.manual_seed(3)
f = lambda *s: torch.arange(float(torch.tensor(s).prod())).reshape(s) / 8 - 1
plain = collections.OrderedDict([
    ("a.weight", f(3, 4)), ("a.bias", f(3).to(torch.bfloat16)), ("half", f(2, 2).half()), ("double", f(2).double()),
    ("long", torch.tensor([1, -2, 2**40])), ("int", torch.tensor([7], dtype=torch.int32)),
    ("char", torch.tensor([-3], dtype=torch.int8)), ("byte", torch.tensor([200], dtype=torch.uint8)),
    ("bool", torch.tensor([True, False])), ("scalar", torch.tensor(2.5)), ("empty", torch.zeros(0, 4)),
])
plain._metadata = collections.OrderedDict([("", {"version": 1})])
base = f(4, 6)
views = {"whole": base, "rows": base[1:3], "row": base[2], "column": base[:, 1], "turned": base.t(), "stretched": f(1, 3).expand(4, 3),
         "parameter": torch.nn.Parameter(f(2, 3)), "short": torch.tensor([5], dtype=torch.int16), "lone": base[0:1, 0:1]}
nested = {"generator": {"model." + k: v for k, v in list(plain.items())[:3]}, "generator_ema": {"model.a.weight": f(3, 4) + 1},
          "step": 12, "lr": 1e-4, "betas": (0.9, 0.99), "names": ["x", None, True, b"raw"], "big": 2**70, "list": [f(2), f(3)]}
float8 = {"w": f(2, 4).to(torch.float8_e4m3fn), "s": f(2)}
class Module(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 3); self.norm = torch.nn.BatchNorm1d(3)
module = Module()
with torch.no_grad():
    module.linear.weight.copy_(f(3, 2)); module.linear.bias.copy_(f(3))
for name, what in dict(plain=plain, views=views, nested=nested, module=module.state_dict()).items():
    torch.save(what, f"{out}/{name}.pt")
    torch.save(what, f"{out}/{name}.legacy.pkl", _use_new_zipfile_serialization=False)
torch.save(float8, f"{out}/float8.pt")
try: torch.save(float8, f"{out}/float8.legacy.pkl", _use_new_zipfile_serialization=False)
except Exception as e: print("legacy fp8", e)
torch.save(module, f"{out}/whole-module.pt")
torch.save(f(3), f"{out}/bare.pt")
