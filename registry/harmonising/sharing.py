"""Shares a number out, so that the parts add up to it exactly (largest remainder method)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

WEIGHT = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,15})?", re.ASCII)


def shared_out(weight: str, shares: Sequence[float]) -> list[str]:
    """The parts of a number, in the order of the shares, with as many decimals as it has; blank stays blank.

    What rounding down leaves goes, unit by unit, to the parts with the largest remainders, the first of equal
    ones. The shares need not add up to one exactly; at least one of them is positive.
    """
    text = weight.strip()
    if not text:
        return [weight] * len(shares)
    sign = "-" if text.startswith("-") else ""
    whole, _, decimals = text.lstrip("+-").partition(".")
    units = int(whole + decimals)
    exact = [Fraction(str(share)) for share in shares]
    quotas = [units * share / sum(exact) for share in exact]
    parts = [int(quota) for quota in quotas]
    order = sorted(range(len(quotas)), key=lambda at: (parts[at] - quotas[at], at))
    for at in order[: units - sum(parts)]:
        parts[at] += 1
    return [_text(sign, part, len(decimals)) for part in parts]


def _text(sign: str, units: int, decimals: int) -> str:
    digits = str(units).rjust(decimals + 1, "0")
    number = digits if not decimals else f"{digits[:-decimals]}.{digits[-decimals:]}"
    return f"{sign}{number}" if units else number
