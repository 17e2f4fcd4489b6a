"""Workbooks as files: recalculated, compared and patched without a spreadsheet program."""
