"""Putting the add-ins where Excel and LibreOffice look for them, taking them away, and finding what is wrong.

Everything about the machine comes in as one value, a `Machine`: no step asks where it runs.
"""
