"""A reliability diagram, and precision over coverage, as one small SVG without anything from outside."""

from collections.abc import Sequence
from html import escape

from matching.measures import Bin, Point

_SIDE, _GAP, _LEFT, _TOP = 240, 90, 56, 44
_WIDTH, _HEIGHT = 2 * _SIDE + _GAP + _LEFT + 24, _SIDE + _TOP + 52
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_MOST_ZOOMED = 0.9
_INK, _PALE, _MARK = "#222", "#bbb", "#0b6e4f"


def diagram(title: str, bins: Sequence[Bin], curve: Sequence[Point]) -> str:
    """The SVG: on the left how often each bin of scores was right, on the right what accepting more costs.

    A point's area grows with the count of its bin. On the diagonal a score is a probability.
    """
    least = min((point.precision for point in curve), default=0.0)
    floor = max(0.0, min(_MOST_ZOOMED, int(least * 10) / 10))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="11" role="img" fill="{_INK}">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="20" font-size="13" font-weight="bold">{escape(title)}</text>',
        *_Panel(_LEFT, 0.0, "score", "share that was right").reliability(bins),
        *_Panel(_LEFT + _SIDE + _GAP, floor, "coverage: share accepted", "precision").precision(curve),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Panel:
    """A square whose x runs from 0 to 1 and whose y from `floor` to 1."""

    def __init__(self, left: int, floor: float, across: str, up: str) -> None:
        self.left = left
        self.floor = floor
        self.across = across
        self.up = up

    def _x(self, value: float) -> float:
        return round(self.left + value * _SIDE, 1)

    def _y(self, value: float) -> float:
        return round(_TOP + (1 - (max(value, self.floor) - self.floor) / (1 - self.floor)) * _SIDE, 1)

    def _axes(self) -> list[str]:
        middle, bottom = self._x(0.5), _TOP + _SIDE
        lines = [
            f'<rect x="{self.left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" '
            f'stroke="{_PALE}"/>',
            f'<text x="{middle}" y="{bottom + 36}" text-anchor="middle">{self.across}</text>',
            f'<text transform="translate({self.left - 38} {_TOP + _SIDE / 2}) rotate(-90)" '
            f'text-anchor="middle">{self.up}</text>',
        ]
        for tick in _TICKS:
            height = self.floor + tick * (1 - self.floor)
            lines.append(
                f'<text x="{self._x(tick)}" y="{bottom + 16}" text-anchor="middle">{tick:.1f}</text>'
                f'<text x="{self.left - 6}" y="{self._y(height) + 4}" text-anchor="end">{height:.2f}</text>'
            )
        return lines

    def reliability(self, bins: Sequence[Bin]) -> list[str]:
        """A point for each bin, and the diagonal."""
        most = max((each.count for each in bins), default=1)
        lines = self._axes()
        lines.append(
            f'<path d="M{self._x(0)} {self._y(0)}L{self._x(1)} {self._y(1)}" stroke="{_PALE}" '
            'stroke-dasharray="4 3"/>'
        )
        lines += [
            f'<circle cx="{self._x(each.score)}" cy="{self._y(each.right)}" '
            f'r="{2 + 4 * (each.count / most) ** 0.5:.1f}" fill="{_MARK}" fill-opacity="0.7">'
            f"<title>{each.count} values, score {each.score:.3f}, right {each.right:.3f}</title></circle>"
            for each in bins
        ]
        return lines

    def precision(self, curve: Sequence[Point]) -> list[str]:
        """The curve, from the surest answers on."""
        path = "L".join(f"{self._x(point.coverage)} {self._y(point.precision)}" for point in curve)
        drawn = f'<path d="M{path}" fill="none" stroke="{_MARK}" stroke-width="2"/>'
        return [*self._axes(), drawn] if path else self._axes()
