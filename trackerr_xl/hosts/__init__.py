"""One thin adapter a spreadsheet program, independent of each other."""
