"""From change sets to published versions: one publish function, and what it needs."""
