/** Errors of models: their files, their graphs, and what they compute on. Part of `ERRORS`. */
export const MODEL_ERRORS = {
	"graph/shape": { status: 500, message: "{op} at {scope} does not fit: {reason}." },
	"weight/missing": { status: 422, message: "The weights in {file} have no tensor called {name}." },
	"weight/extra": { status: 422, message: "The weights in {file} have {count} tensors that nobody knows: {names}." },
	"weight/shape": { status: 422, message: "The tensor {name} of {file} is {shape}, not {expected}." },
	"weight/unusable": {
		status: 422,
		message: "The tensor {name} of {file} cannot be read where it lies: {reason}.",
		hint: "Load the file with PyTorch, make its tensors contiguous, and save it as safetensors.",
	},
	"weight/file": {
		status: 422,
		message: "{file} cannot be read as weights: {reason}.",
		hint: "Fetch the file again; if it is the same, it is not one that is read here.",
	},
	"inference/library": {
		status: 503,
		message: "{path} is no ONNX Runtime that can be used: {reason}.",
		hint: "Run `mutoscope doctor`, and see `inference.library` in the config file.",
	},
	"inference/provider": {
		status: 503,
		message: "The provider {provider} cannot be used: {reason}.",
		hint: "Run `mutoscope doctor`.",
	},
	"inference/load": { status: 500, message: "The model {model} cannot be loaded: {reason}." },
	"inference/run": { status: 500, message: "The model {model} failed on {inputs}: {reason}." },
	"inference/shape": { status: 422, message: "The model {model} cannot take {inputs}: {reason}." },
	"inference/memory": {
		status: 507,
		message: "There is not enough memory for {model} with {inputs}: {reason}.",
		hint: "Choose a smaller picture or a shorter memory, or unload another pipeline.",
	},
	"inference/tensor": { status: 422, message: "The tensor {tensor} cannot be used: {reason}." },
	"setup/unreachable": {
		status: 502,
		message: "{what} could not be fetched: {reason}.",
		hint: "This needs the internet, once. Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1; without any, see docs/guide/cuda.md.",
	},
	"setup/corrupt": {
		status: 502,
		message: "What arrived as {what} is not that: {reason}.",
		hint: "Nothing was installed. Try again.",
	},
	"inference/closed": { status: 503, message: "{what} has been closed." },
} as const;
