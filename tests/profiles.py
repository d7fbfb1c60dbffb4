"""How long hypothesis tries: `make soak` loads this and chooses the profile `soak`."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("soak", max_examples=2_000, deadline=None)
