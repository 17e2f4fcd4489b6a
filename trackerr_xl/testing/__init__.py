"""Workbooks as tests: a plugin of pytest, which finds it by itself where trackerr_xl is installed."""

ENGINES = ("ironcalc", "libreoffice")
"""What can calculate a workbook, the default first."""
