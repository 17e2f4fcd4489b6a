"""One numerical method a file. Only `core.solve` calls them; nothing here checks its input or explains itself to users."""
