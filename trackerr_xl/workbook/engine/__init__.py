"""The workbook inside IronCalc: planned, evaluated and settled with our own calls in turn."""
