"""Builds a network in TouchDesigner from its description. Each project's build.py has this file in it."""

import td


def made(home, kind, name):
    """The operator of that name, made if it is not there; one of another type gives way."""
    found = home.op(name)
    if found is not None and found.OPType != kind:
        found.destroy()
        found = None
    return home.create(getattr(td, kind), name) if found is None else found


def turn(operator, name, value, missing):
    """Sets a parameter to a value or, by {"expr": ...}, to an expression. One that this build does not have is noted."""
    par = operator.par[name]
    if par is None:
        missing.append(operator.path + " " + name)
    elif isinstance(value, dict):
        par.expr = value["expr"]
        par.mode = td.ParMode.EXPRESSION
    else:
        par.val = value


def append(page, wish):
    """Appends a custom parameter to a page."""
    par = getattr(page, "append" + wish["style"])(wish["name"], label=wish["label"])[0]
    if "choices" in wish:
        par.menuNames = wish["choices"]
        par.menuLabels = wish["choices"]
    if "range" in wish:
        par.normMin, par.normMax = wish["range"]
    if "default" in wish:
        par.default = wish["default"]
        par.val = wish["default"]
    par.readOnly = wish.get("readOnly", False)


def paged(comp, pages):
    """Appends those custom pages and parameters that are not there; what is there keeps its value."""
    there = [par.name for par in comp.customPars]
    for title, wishes in pages:
        page = ([page for page in comp.customPages if page.name == title] or [None])[0]
        if page is None:
            page = comp.appendCustomPage(title)
        for wish in wishes:
            if wish["name"] not in there:
                append(page, wish)


def filled(operator, wish):
    """Puts a DAT's text or rows into it. Rows that are there already are somebody's work and stay."""
    if "text" in wish:
        operator.text = wish["text"]
    if "rows" in wish and operator.numRows < 2:
        operator.clear()
        for row in wish["rows"]:
            operator.appendRow(row)


def build(project):
    """Builds a project in /project1, mends what is there, says what this build of TouchDesigner does not have."""
    home = td.op("/project1")
    if home is None:
        home = td.op("/")
    comp = made(home, "baseCOMP", project["name"])
    comp.viewer = True
    paged(comp, project["pages"])
    missing = []
    for wish in project["operators"]:
        operator = made(comp, wish["type"], wish["name"])
        operator.nodeX, operator.nodeY = wish["at"]
        operator.comment = wish.get("comment", "")
        filled(operator, wish)
    for wish in project["operators"]:
        operator = comp.op(wish["name"])
        for index, name in enumerate(wish.get("inputs", [])):
            operator.inputConnectors[index].connect(comp.op(name))
        for name, value in wish.get("pars", {}).items():
            turn(operator, name, value, missing)
    for name in missing:
        print("This build of TouchDesigner has no parameter", name)
    print("Built", comp.path)
    return comp
