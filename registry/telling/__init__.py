"""Tells people of what was published: webhooks and mail, from the outbox, tried again until they arrive."""
