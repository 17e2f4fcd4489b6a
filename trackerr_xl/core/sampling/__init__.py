"""Stratified sampling: an index cut into cells, some names of each, weights that close the gaps of every cell."""
