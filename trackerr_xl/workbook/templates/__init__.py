"""The workbooks that ship with the project, one module each, built with XlsxWriter."""
