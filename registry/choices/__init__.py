"""What administrations settled for the texts of their files: remembered, shown, handed to matching, promoted."""
