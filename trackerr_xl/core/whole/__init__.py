"""How many names and how small: limits on what is held at all, solved with a proven bound."""
