"""Workbooks as tests: a plugin of pytest, which finds it by itself where trackerr_xl is installed."""
