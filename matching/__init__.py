"""Finds the item that a text means; knows no database, no web server and no country."""
