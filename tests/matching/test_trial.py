"""A compiled version is tried on noisy names of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from matching import places, support, trial
from matching.calibration import Calibration, calibration_bytes
from matching.fitting import calibration_of, sample_of
from matching.matcher import match_many
from matching.sources import absent_source, noise_source
from matching.store import Store, open_store
from matching.support import TRIAL, read_trial, support_of
from matching.trial import try_and_record, try_out
from tests.matching.samples import TODAY, country, row, stored


@pytest.fixture(scope="module")
def calibration(store: Store) -> Calibration:
    sources = [noise_source(store, 300, at=TODAY, seed=1), absent_source(store, 60, at=TODAY, seed=2)]
    samples = [sample_of(store, source, at=TODAY) for source in sources]
    made = calibration_of("place-names", samples, source="country", seed=1, absents_prior=0.05)
    return replace(made.calibration, support="labelled")


@pytest.fixture
def fresh(tmp_path: Path, calibration: Calibration, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store that has not been tried, where only place names are calibrated."""
    known = {"place-names": calibration}
    for module in (trial, support, places):
        monkeypatch.setattr(module, "calibration_for", known.get)
    more = [row(f"03.{number}", "commune", "01.1", f"Douar {name}") for number, name in enumerate(PLACES)]
    return stored(tmp_path / "search", [*country(), *more])


PLACES = (
    "Tizniten",
    "Boulmane",
    "Khaloufa",
    "Serghina",
    "Mdakra",
    "Zguit",
    "Lahouara",
    "Msemrir",
    "Tounfite",
)


def test_a_trial_is_kept_beside_the_manifest_and_is_the_same_at_every_run(fresh: Store):
    made = try_and_record(fresh)
    assert made is not None
    assert (made.queries, made.calibration) == (2 * fresh.size, trial.calibration_for("place-names").digest)
    assert made.right <= made.accepted <= made.queries
    assert read_trial(fresh.folder) == made == try_out(fresh, trial.calibration_for("place-names"))


def test_a_version_that_passed_is_supported_as_its_calibration_is(fresh: Store):
    made = try_and_record(fresh)
    passed = replace(made, passed=True)
    (fresh.folder / TRIAL).write_text(trial.json.dumps(trial.asdict(passed)))
    assert support_of(open_store(fresh.folder)) == "labelled"
    (fresh.folder / TRIAL).write_text(trial.json.dumps(trial.asdict(replace(made, passed=False))))
    assert support_of(open_store(fresh.folder)) == "synthetic"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"passed": true}'])
def test_without_a_trial_that_can_be_read_support_is_synthetic(fresh: Store, content: str):
    assert support_of(fresh) == "synthetic"
    (fresh.folder / TRIAL).write_text(content)
    assert support_of(open_store(fresh.folder)) == "synthetic"


def test_a_trial_of_another_calibration_says_nothing(fresh: Store, calibration: Calibration):
    made = replace(try_and_record(fresh), passed=True, calibration="of another release")
    (fresh.folder / TRIAL).write_text(trial.json.dumps(trial.asdict(made)))
    assert support_of(open_store(fresh.folder)) == "synthetic"
    other = replace(calibration, auto_from=0.99999)
    assert calibration_bytes(other) != calibration_bytes(calibration)
    assert other.digest != calibration.digest


def test_where_nothing_is_calibrated_scores_are_estimates(fresh: Store, tmp_path: Path):
    codes = stored(tmp_path / "codes", country(), profile="codes")
    assert try_and_record(codes) is None
    assert support_of(codes) is None
    assert not (codes.folder / TRIAL).exists()


def test_a_few_names_are_not_tried(fresh: Store, tmp_path: Path):
    assert try_and_record(stored(tmp_path / "few", country()[:5])) is None


def test_where_nothing_labelled_supports_a_version_a_high_score_alone_is_not_taken(
    fresh: Store, calibration: Calibration, monkeypatch: pytest.MonkeyPatch
):
    eager = replace(calibration, auto_from=calibration.review_from)
    monkeypatch.setattr(places, "calibration_for", lambda _profile: eager)
    queries = noise_source(fresh, 200, at=TODAY, seed=9).queries
    untried = match_many(fresh, queries, at=TODAY)
    trusted = match_many(fresh, queries, at=TODAY, calibration=eager)
    differing = {
        (own.outcome, other.outcome)
        for own, other in zip(untried, trusted, strict=True)
        if own.outcome != other.outcome
    }
    assert differing == {("review", "auto")}
    assert "auto" in {each.outcome for each in untried}
    assert [each.candidates for each in untried] == [each.candidates for each in trusted]
