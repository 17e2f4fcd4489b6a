"""Thousands of accounts from a file: read, solved by one process or many, kept in a journal, written once each."""
