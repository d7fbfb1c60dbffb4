"""Backup of an installation, on either database, and its restoration into an empty one."""
