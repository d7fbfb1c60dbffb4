"""Groups of commands."""

from __future__ import annotations

import click


class InOrder(click.Group):
    """A group whose commands are listed in the order of the work, not of the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order in which they were added."""
        return list(self.commands)
