"""Formulas as trees: read, resolved, judged, and our own calls lifted out of them. Nothing is calculated here."""
