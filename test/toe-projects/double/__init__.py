"""
A double of TouchDesigner's Python: as much of it as the projects use, as strict as its documentation is.

It was written from docs.derivative.ca and cooks nothing. Operators, parameters, words of menus and methods that are not written
down here do not exist, and asking for one is a failure. That something passes here says that it is as documented, and no more.
Pages that were not at hand (Switch TOP, Out TOP, Window COMP, the class of Web Client DAT) are from what public projects use.
"""
