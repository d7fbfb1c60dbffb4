"""`marjaa calibrate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matching.calibration import read_calibration


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.csv"
    path.write_text("name,code\nOulad Tayb,01.100.07\nTafraout,02.300.01\nGueldaman,01.200.10\nX,\n")
    return path


def calibrate(marjaa, target: Path, *more: str):
    few = ("--noise", "200", "--absents", "100", "-o", str(target), "--at", "2025-01-01")
    return marjaa("calibrate", "place-names", "-r", "units", *few, *more)


def test_figures_are_written_with_what_they_rest_on(marjaa, labelled: Path, tmp_path: Path):
    target, plot = tmp_path / "made" / "place-names.json", tmp_path / "plot.svg"
    answer = calibrate(
        marjaa, target, "--labelled", str(labelled), "name", "code", "-", "--seed", "3", "--plot", str(plot)
    )
    assert answer.exit_code == 0, answer.stderr
    assert "labelled, fitted on units" in answer.stdout
    found = read_calibration("place-names", target.read_bytes())
    assert (found.support, found.seed, found.absents_prior) == ("labelled", 3, 0.05)
    assert plot.read_text().startswith("<svg")


def test_without_labelled_files_the_support_is_synthetic(marjaa, tmp_path: Path):
    target = tmp_path / "place-names.json"
    assert calibrate(marjaa, target).exit_code == 0
    assert json.loads(target.read_text())["support"] == "synthetic"


def test_another_profile_than_the_referentials_is_refused(marjaa):
    answer = marjaa("calibrate", "codes", "-r", "units")
    assert answer.exit_code == 2
    assert "place-names" in answer.stderr
    assert marjaa("calibrate", "poems", "-r", "units").exit_code == 2
