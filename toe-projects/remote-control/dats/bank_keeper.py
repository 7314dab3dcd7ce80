"""The prompt bank: the rows of the table beside, one after another or by number."""


def pulsed(name):
    """Send, Previous or Next."""
    row = parent().par.Row
    last = op("bank").numRows - 1
    if last < 1:
        return
    step = {"Previous": -1, "Next": 1}.get(name, 0)
    row.val = (int(row.eval()) - 1 + step) % last + 1
    recall(int(row.eval()))


def recall(row):
    """Sends the prompt of a row; how long the picture travels to it is /prompt/transition/steps."""
    talk = op("talk").module
    address, text = "/" + talk.session() + "/prompt/1/text", op("bank")[row, 1].val
    entry = talk.entries().get(address)
    if entry is not None:
        parent().par[entry["name"]].val = text
    talk.tell(address, [text])
