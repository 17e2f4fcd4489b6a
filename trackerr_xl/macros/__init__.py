"""The VBA of the add-in and of workbooks that work without it: text made from the catalogue, and a project of it."""
