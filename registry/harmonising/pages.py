"""The report of a run as one page of HTML: nothing is loaded from anywhere, everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from registry.harmonising.report import ColumnReport, OpenValue, Report
from registry.harmonising.summary import SETTLED

SHOWN_PARENTS = 50
SHOWN_VALUES = 500

MEANING = {
    "exact": "one item has this name",
    "auto": "sure enough to be taken",
    "review": "likely, to be looked at",
    "ambiguous": "several items have this name",
    "none": "nothing resembles it enough",
}
MEANING_OF_CODES = {
    "exact": "valid on that day",
    "auto": "one code replaced it",
    "review": "ended, and nothing replaced it; or not yet valid",
    "ambiguous": "several codes replaced it",
    "none": "no code of this version, or of another level",
}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1, h2, h3 { line-height: 1.2 }
table { border-collapse: collapse; margin: 1rem 0; width: 100% }
caption { text-align: start; font-weight: 600; padding: .3rem 0 }
th, td { text-align: start; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top }
td.n, th.n { text-align: end; font-variant-numeric: tabular-nums }
td { overflow-wrap: anywhere; unicode-bidi: isolate }
dt { font-weight: 600 } dd { margin: 0 0 .4rem; overflow-wrap: anywhere }
.bar { display: flex; height: 1rem; margin: .5rem 0 } .bar i { display: block; height: 100% }
.exact { background: #1b7837 } .auto { background: #7fbf7b } .review { background: #fdb863 }
.ambiguous { background: #e08214 } .none { background: #b2182b }
""".strip()
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report_html(report: Report) -> str:
    """The page; it needs no script, and no address outside."""
    source = report.source
    title = f"{source.file}: what became of its columns"
    body = "".join(_column(column, report) for column in report.columns)
    read = [
        ("File", source.file),
        ("SHA-256", source.sha256),
        ("Rows", f"{source.rows:,}"),
        ("Sheet", source.sheet),
        ("Encoding", source.encoding),
        ("Separator", source.delimiter),
        ("Header in row", str(source.header_row) if source.header_row else None),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>{_facts(read)}{body}</body></html>\n"
    )


def _column(column: ColumnReport, report: Report) -> str:
    plan = column.plan
    heading = f"{plan.column}: {'codes' if plan.role == 'code' else 'names'} of {plan.referential}"
    facts = [
        ("Version", plan.version),
        ("On", report.recipe.at.isoformat()),
        ("Within", plan.within_column),
        ("Levels", ", ".join(plan.levels) or None),
        ("Scores are", _support(column)),
        ("Content root", plan.content_root),
        ("Key version", plan.key_version),
    ]
    return (
        f"<h2>{escape(heading)}</h2>{_facts(facts)}{_bar(column)}{_outcomes(column)}"
        f"{_parents(column)}{_values(column)}"
    )


def _support(column: ColumnReport) -> str:
    if column.support == "estimated":
        return "estimates: no labelled file stands behind them"
    return f"probabilities, {column.plan.calibration}"


def _facts(facts: Iterable[tuple[str, str | None]]) -> str:
    told = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts if value is not None
    )
    return f"<dl>{told}</dl>"


def _bar(column: ColumnReport) -> str:
    total = column.total.rows or 1
    parts = "".join(
        f'<i class="{outcome}" style="width:{100 * count.rows / total:.2f}%" title="{outcome}"></i>'
        for outcome, count in column.by_outcome.items()
    )
    return f'<div class="bar" role="img" aria-label="Shares of rows by outcome">{parts}</div>'


def _outcomes(column: ColumnReport) -> str:
    total = column.total.rows or 1
    meaning = MEANING_OF_CODES if column.plan.role == "code" else MEANING
    rows = [
        (outcome, f"{count.rows:,}", f"{count.rows / total:.1%}", f"{count.values:,}", meaning[outcome])
        for outcome, count in column.by_outcome.items()
    ]
    rows.append(("in all", f"{column.total.rows:,}", "", f"{column.total.values:,}", ""))
    if column.blank.rows:
        rows.append(("blank", f"{column.blank.rows:,}", "", "", "without a text, and none"))
    if column.chosen.rows:
        rows.append(("chosen", f"{column.chosen.rows:,}", "", f"{column.chosen.values:,}", "settled before"))
    return _table("Outcomes", ["Outcome", "Rows", "Share", "Distinct values", "Meaning"], rows, (1, 2, 3))


def _parents(column: ColumnReport) -> str:
    rows = []
    for within, counts in list(column.by_within.items())[:SHOWN_PARENTS]:
        every = sum(count.rows for count in counts.values())
        still_open = every - sum(counts[outcome].rows for outcome in SETTLED)
        if still_open:
            rows.append((within, f"{still_open:,}", f"{every:,}", f"{1 - still_open / every:.1%}"))
    if not rows:
        return ""
    caption = f"Where most rows are open ({len(rows):,} of {column.withins:,} parents)"
    return _table(caption, [column.plan.within_column or "", "Open", "Rows", "Settled"], rows, (1, 2, 3))


def _values(column: ColumnReport) -> str:
    shown = column.open_values[:SHOWN_VALUES]
    if not shown:
        return "<p>Nothing is left to look at.</p>"
    caption = f"What somebody should look at ({len(shown):,} of {column.open_total:,}), most worth first"
    titles = ["Value", "Within", "Rows", "Outcome", "Likeliest", "Score", "By the name", "Second"]
    return _table(caption, titles, [_value(each) for each in shown], (2, 5))


def _value(value: OpenValue) -> Sequence[str]:
    likeliest = f"{value.code} {value.name}" if value.code is not None else ""
    score = f"{value.score:.2f}" if value.score is not None else ""
    return (
        *(value.text, value.within or "", f"{value.rows:,}", value.outcome),
        *(likeliest, score, value.matched_name or "", value.second_code or ""),
    )


def _table(caption: str, titles: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int]) -> str:
    kinds = [' class="n"' if at in numbers else "" for at in range(len(titles))]
    head = "".join(
        f'<th scope="col"{kind}>{escape(title)}</th>' for title, kind in zip(titles, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<td dir="auto"{kind}>{escape(cell)}</td>' for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )
