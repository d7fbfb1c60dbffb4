"""Drafts: change sets while they are worked on, as listed items and change events by code."""
