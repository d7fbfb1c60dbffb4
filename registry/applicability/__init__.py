"""What each administration keeps, and what it must do with each referential."""
