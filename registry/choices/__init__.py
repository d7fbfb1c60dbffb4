"""What administrations settled for texts of their files: remembered, shown, given to matching, promoted."""
