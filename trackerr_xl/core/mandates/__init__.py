"""Mandates beyond least tracking error: objectives, caps, costs and frontiers as points of one trade-off."""
