"""Work that takes longer than a request: rows that a worker claims, files that go when their time is over."""
