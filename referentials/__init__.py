"""What a referential is: its records, lists, rules, snapshots, readers and writers."""
