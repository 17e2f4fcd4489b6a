"""What the buttons of the ribbon do to a workbook: each action is a plan of changes, carried out in a file or in Excel."""
