"""People, roles, tokens and sessions; who may do what, and the trail of what was done."""
