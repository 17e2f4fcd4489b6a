"""What the extension brings into LibreOffice's own Python: it has no NumPy, and nothing here needs it.

In the extension this package is called ``trackerr_calc``; it imports the standard library, LibreOffice's ``uno`` and
itself. LibreOffice for Windows and Mac came with Python 3.8 for long, so all of it runs with that.
"""
