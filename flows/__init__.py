"""Telephone flows as data, and the arithmetic that walks them."""
