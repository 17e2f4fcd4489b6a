"""Mathematics on float64 arrays. Imports numpy, scipy and `errors`, nothing else of the project."""
