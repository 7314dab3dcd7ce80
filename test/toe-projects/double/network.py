"""A network as plain values, to be compared: everything that was set, wired and written."""

from typing import Any

from .operators import COMP, OP
from .pars import Par, ParMode


def described(comp: COMP) -> dict[str, Any]:
    """A component, its custom parameters and its operators."""
    return {
        "path": comp.path,
        "pages": [[page.name, [[par.name, par.label, str(par.kind)] for par in page.pars]] for page in comp.customPages],
        "operators": {child.name: operator(child) for child in comp.children},
    }


def operator(one: OP) -> dict[str, Any]:
    """One operator."""
    pars = {par.name: setting(par) for par in one.par.built.values() if par.touched}
    inputs = [connector.source.name for connector in one.inputConnectors.made]
    place = [one.nodeX, one.nodeY]
    return {"type": one.OPType, "at": place, "pars": pars, "inputs": inputs, "text": one.text, "rows": one.table}


def setting(par: Par) -> Any:
    """A value, or an expression and what it gives."""
    return {"expr": par.expr, "gives": par.eval()} if par.mode is ParMode.EXPRESSION else par.val
