"""Write audit formulas: weights verified by Excel's own arithmetic, without Python."""
