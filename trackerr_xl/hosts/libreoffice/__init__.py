"""LibreOffice Calc: an extension whose small part runs inside LibreOffice and asks a Python of the user's for answers."""
