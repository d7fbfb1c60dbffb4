"""Proposes the change events that explain how a list came out of a base; a person confirms them.

`likeness` says how sure it is that two units are one, `recoding` pairs codes that left with codes that came,
`flows` measures what went where, `dividing` reads merges, splits and what is like them from that, `changing`
tells what became of a unit that stayed, and `propose` puts all together.
"""

from referentials.proposing.model import ProposedChange
from referentials.proposing.propose import propose_changes

__all__ = ["ProposedChange", "propose_changes"]
