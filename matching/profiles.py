"""What counts in a place name, an address, an activity, a code: data, and the few functions that read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How a referential's names are indexed and compared."""

    name: str
    fuzzy: bool = True
    """Groups of three letters are indexed. Addresses go without: exact keys and prefixes suffice there."""
    across_scripts: bool = True
    """Skeletons are indexed, so that a name is found by its spelling in another script."""

    def core(self, text: str) -> str:
        """The part of a name that is compared."""
        return text


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("place-names"),
        Profile("addresses", fuzzy=False, across_scripts=False),
        Profile("activities", across_scripts=False),
        Profile("codes", across_scripts=False),
    )
}


def profile_named(name: str) -> Profile:
    """Raises ValueError with the names there are."""
    try:
        return PROFILES[name]
    except KeyError:
        raise ValueError(f"no matching profile {name!r}; there are {', '.join(PROFILES)}") from None
