"""Columns of files become codes."""
