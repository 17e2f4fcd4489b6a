"""Weights become tickets: whole lots, exact money, and the rounding that costs least tracking error."""
