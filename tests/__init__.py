"""Tests of trackerr_xl, and what they share: problems to solve and other people's solvers to compare with."""
