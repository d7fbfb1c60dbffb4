"""What became of a code: its item's states and change events, and its projection to another date."""
