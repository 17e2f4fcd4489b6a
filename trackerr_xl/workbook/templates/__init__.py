"""The template workbooks, built with XlsxWriter: one module a template, `build` for all of them."""
