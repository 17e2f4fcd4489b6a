"""The command `trackerr-xl`: workbooks and single functions from a shell, without a spreadsheet program."""

from trackerr_xl.cli.app import app, main

__all__ = ["app", "main"]
