"""What changes from one content to another, item by item and field by field.

`compare` finds it, `measuring` says how far places moved and shapes grew, `rendering` writes it down.
"""

from referentials.comparing.items import compare
from referentials.comparing.model import KINDS, Comparison, FieldChange, ItemChange

__all__ = ["KINDS", "Comparison", "FieldChange", "ItemChange", "compare"]
