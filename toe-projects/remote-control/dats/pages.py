"""Custom parameters for everything that the daemon describes. Those that stay as they were are not touched."""


def rebuild(comp, tree, session):
    """Brings the custom pages in line with a description; returns the entries by address."""
    names = op("names").module
    before = comp.fetch("entries", {}, search=False)
    own = [par.name for par in comp.customPars if par.name not in [entry["name"] for entry in before.values()]]
    entries = {}
    for param in tree:
        taken = own + [entry["name"] for entry in entries.values()]
        entries[param["address"]] = names.entry_of(param, session, taken)
    for address, entry in before.items():
        if entries.get(address) != entry and comp.par[entry["name"]] is not None:
            comp.par[entry["name"]].destroy()
    there = [par.name for par in comp.customPars]
    for entry in entries.values():
        if entry["name"] not in there:
            append(comp, entry)
    for page in [page for page in comp.customPages if not page.pars]:
        page.destroy()
    comp.store("entries", entries)
    return entries


def page_named(comp, title):
    """The page of that name, made if it is not there."""
    for page in comp.customPages:
        if page.name == title:
            return page
    return comp.appendCustomPage(title)


def append(comp, entry):
    """Appends one custom parameter, with its range and words."""
    page = page_named(comp, entry["page"])
    par = getattr(page, "append" + entry["style"])(entry["name"], label=entry["label"])[0]
    if entry["style"] in ("Float", "Int"):
        bound(par, entry["least"], entry["most"])
    if entry["style"] == "Menu":
        par.menuNames = [word or "none" for word in entry["choices"]]
        par.menuLabels = [word or "none" for word in entry["choices"]]
    if entry["type"] in ("number", "integer", "string", "boolean"):
        par.default = entry["default"]
        par.val = entry["default"]
    par.readOnly = entry["readOnly"]


def bound(par, least, most):
    """The ends of a slider: the daemon's own where it has some."""
    if least is not None:
        par.min = par.normMin = least
        par.clampMin = True
    if most is not None:
        par.max = par.normMax = most
        par.clampMax = True
