"""What somebody does for a living, in their own words -> a class of a nomenclature of activities."""
