"""What the double raises; no AttributeError, so that hasattr and getattr do not hide it."""


class Undocumented(Exception):
    """Something was asked for that TouchDesigner's documentation does not have."""
