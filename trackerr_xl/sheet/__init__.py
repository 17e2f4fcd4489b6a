"""Spreadsheet semantics without a spreadsheet program: cells in, cells out, never an exception."""
