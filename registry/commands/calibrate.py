"""`marjaa calibrate`: fit the figures by which scores become probabilities; for contributors."""

from __future__ import annotations

from pathlib import Path

import click

from matching.calibration import calibration_bytes
from matching.drawing import diagram
from matching.fitting import calibration_of, sample_of
from matching.profiles import PROFILES
from matching.sources import absent_source, labelled_sources, noise_source
from referentials.snapshot import write_whole
from registry.commands.calibration_summaries import print_calibration
from registry.commands.options import level_option, open_library, open_moment, reading
from registry.errors import BadValue
from registry.harmonising.labelled import read_labelled

FOLDER = Path(__file__).parents[2] / "matching" / "calibrations"
NO_COLUMN = "-"

EPILOG = """\b
Example:
  marjaa calibrate place-names -r administrative-units --level commune --level arrondissement \\
      --labelled centres.csv commune code delegation --labelled variants.csv query code -
"""


@click.command(epilog=EPILOG)
@click.argument("profile")
@click.option(
    "-r", "--referential", required=True, metavar="ID", help="Referential of that profile, to fit on."
)
@click.option(
    "--labelled",
    type=(click.Path(path_type=Path), str, str, str),
    multiple=True,
    metavar="FILE TEXT CODE WITHIN",
    help="File with known codes, and its columns (`-`: it does not say what texts lie in); repeatable.",
)
@level_option
@click.option(
    "--noise",
    type=click.IntRange(100, 100_000),
    default=6_000,
    show_default=True,
    help="Noisy names to generate.",
)
@click.option(
    "--absents",
    type=click.IntRange(100, 100_000),
    default=3_000,
    show_default=True,
    help="Absent names to generate.",
)
@click.option(
    "--absents-prior",
    type=click.FloatRange(0.0, 1.0, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of texts that mean nothing, in a file as people hand it in.",
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of all that is drawn."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File to write; by default the profile's own in the source tree.",
)
@click.option(
    "--plot",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.svg",
    help="Write the reliability diagram, and precision over coverage, as SVG.",
)
@reading
def calibrate(
    profile: str,
    referential: str,
    labelled: tuple[tuple[Path, str, str, str], ...],
    levels: tuple[str, ...],
    noise: int,
    absents: int,
    absents_prior: float,
    seed: int,
    output: Path | None,
    plot: Path | None,
    version: str | None,
    at: str | None,
    snapshots: Path | None,
) -> None:
    """Fit PROFILE's calibration and write it, with what it came to on each source that was held out.

    It is fitted on noisy names of a referential, on names that are in no list, and on labelled files. For
    contributors: a release brings its figures, and an installation never fits its own.
    """
    if plot is not None and plot.suffix.lower() != ".svg":
        raise BadValue("plot", plot, "a file name that ends in .svg")
    if profile not in PROFILES:
        raise BadValue("profile", profile, f"one of {', '.join(PROFILES)}")
    snapshot, moment = open_moment(open_library(snapshots), referential, version, at)
    store = snapshot.store
    if store.profile != profile:
        raise BadValue("profile", profile, f"the profile of {referential}, which is {store.profile}")
    day = moment.number
    sources = [
        noise_source(store, noise, at=day, levels=levels, seed=seed),
        absent_source(store, absents, at=day, levels=levels, seed=seed + 1),
    ]
    for path, text, code, within in labelled:
        rows = read_labelled(
            path,
            text_column=text,
            code_column=code,
            within_column=None if within == NO_COLUMN else within,
            blank_is_absent=False,
        )
        sources += labelled_sources(store, path.name, rows, at=day, levels=levels, seed=seed + 2)
    fitted = calibration_of(
        profile,
        [sample_of(store, source, at=day) for source in sources],
        source="; ".join([f"{referential} {snapshot.version.label}", *(path.name for path, *_ in labelled)]),
        seed=seed,
        absents_prior=absents_prior,
    )
    target = output or FOLDER / f"{profile}.json"
    target.parent.mkdir(exist_ok=True)
    write_whole(target, calibration_bytes(fitted.calibration))
    if plot is not None:
        title = f"{profile}: each source judged by what was fitted on the others"
        write_whole(plot, diagram(title, fitted.calibration.bins, fitted.curve).encode())
    print_calibration(fitted.calibration, target)
