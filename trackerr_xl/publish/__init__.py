"""Files made from the catalogue."""
