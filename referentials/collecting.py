"""The program of a process that collects the rows of a portion of a content, for `referentials.compiling`."""

from __future__ import annotations

import sys
from pathlib import Path

from matching.writing import collect
from referentials.searchable import Portion, rows_of
from referentials.snapshot import open_content


def main() -> None:
    """Its arguments: the content's folder, the folder to make, two ids in hex digits, profile, levels."""
    content, folder, low, high, profile, *levels = sys.argv[1:]
    portion = Portion(open_content(Path(content)), bytes.fromhex(low), bytes.fromhex(high) if high else None)
    collect(Path(folder), rows_of(portion), profile=profile, levels=levels)


if __name__ == "__main__":
    main()
