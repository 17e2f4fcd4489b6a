"""Covariances: estimated from returns, judged, and made positive semidefinite."""
