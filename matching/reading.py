"""Reading texts: what is name in them, what says where or what the place is, and their keys; many at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from matching.keys import Keys, keys_of, keys_of_many
from matching.layout import Array
from matching.profiles import Profile, Split, may_be_qualified
from matching.text import SCRIPTS, fold, fold_many, script_of

LONGEST = 500
"""Letters of a text that are compared; what comes after changes nothing."""
_SCRIPT_NUMBERS = {script: number for number, script in enumerate(SCRIPTS)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts that were read: lists and arrays of one length."""

    texts: list[str]
    keys: list[Keys]
    scripts: Array
    """Numbers of text.SCRIPTS."""
    cut: Array
    """The text ends with a full stop: perhaps it was cut off."""
    hints: list[str]
    """What kind of place it says that it is, as `profiles.Split` has it."""
    withins: list[str]
    """What it says that it lies in."""

    def __len__(self) -> int:
        return len(self.texts)


def read_texts(texts: Sequence[str], profile: Profile, is_key: Callable[[str], bool]) -> Asked:
    """Take texts apart; whole where the whole has the key of a name (`is_key`)."""
    cut_short = [text[:LONGEST] for text in texts]
    lights = [" ".join(light.split()) for light in fold_many(cut_short)]
    splits = [Split(text) for text in cut_short]
    if profile.qualified:
        for place, text in enumerate(cut_short):
            if may_be_qualified(text, lights[place]):
                splits[place] = split = _split(text, profile, is_key)
                lights[place] = fold(split.core)
    return Asked(
        texts=cut_short,
        keys=keys_of_many(lights),
        scripts=np.fromiter(
            (_SCRIPT_NUMBERS[script_of(light)] for light in lights), np.uint8, count=len(lights)
        ),
        cut=np.fromiter((split.core.endswith((".", "…")) for split in splits), bool, count=len(splits)),
        hints=[split.hint for split in splits],
        withins=[split.within for split in splits],
    )


def _split(text: str, profile: Profile, is_key: Callable[[str], bool]) -> Split:
    split = profile.split(text)
    if split.core != text and is_key(keys_of(text).key):
        return Split(text, split.hint, split.within)
    return split
