"""Scores become probabilities by figures that were fitted before."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.calibration import (
    BadCalibration,
    Calibration,
    calibration_bytes,
    calibration_for,
    design,
    read_calibration,
)
from matching.deciding import FEATURES
from matching.evaluation import Labelled
from matching.fitting import NothingToFit, Sample, calibration_of, fitted, sample_of
from matching.keys import KEY_VERSION
from matching.matcher import examine
from matching.profiles import PROFILES
from matching.sources import absent_source, labelled_sources, noise_source
from matching.store import Store
from tests.matching.samples import TODAY, untimed


@pytest.fixture(scope="module")
def samples(store: Store) -> list[Sample]:
    rows = [Labelled("Ouled Zbair", "01.1.2", "Taza"), Labelled("Ajdir", "01.2.1"), Labelled("???", "99")]
    sources = [
        noise_source(store, 300, at=TODAY, seed=1),
        absent_source(store, 60, at=TODAY, seed=2),
        *labelled_sources(store, "file", rows, at=TODAY, levels=(), seed=3),
    ]
    return [sample_of(store, source, at=TODAY) for source in sources]


@pytest.fixture(scope="module")
def calibration(samples: list[Sample]) -> Calibration:
    made = calibration_of("place-names", samples, source="country", seed=1, absents_prior=0.05)
    return made.calibration


def test_terms_are_products_of_features_and_hinges():
    features = np.array([[0.5, 2.0], [0.9, 4.0]])
    found = design(features, ("text", "length"), ("text", "text>0.6", "length<3", "text*length>1"))
    assert found.tolist() == [[0.5, 0.0, 1.0, 0.5], pytest.approx([0.9, 0.3, 0.0, 2.7])]
    with pytest.raises(ValueError, match="no feature 'colour'; there are text, length"):
        design(features, ("text", "length"), ("colour>1",))


def test_what_is_right_more_often_is_more_probable(samples: list[Sample], calibration: Calibration):
    [noise, absent, *_] = samples
    probable = calibration.probabilities(noise.features)
    assert probable[noise.right & noise.leading].mean() > 0.8
    assert probable[~noise.right].mean() < 0.2
    assert calibration.probabilities(absent.features)[absent.leading].mean() < 0.6


@untimed
@given(arrays(np.float32, (3, len(FEATURES)), elements=st.floats(0, 30, width=32)))
def test_probabilities_lie_between_0_and_1_whatever_the_features(calibration: Calibration, features):
    probable = calibration.probabilities(features)
    assert probable.shape == (3,)
    assert ((probable >= 0) & (probable <= 1)).all()


def test_other_columns_than_those_fitted_on_are_refused(calibration: Calibration):
    with pytest.raises(ValueError, match="are not the"):
        calibration.probabilities(np.zeros((2, len(FEATURES) + 1)))


def test_the_fit_is_the_same_at_every_run(samples: list[Sample], calibration: Calibration):
    again = calibration_of("place-names", samples, source="country", seed=1, absents_prior=0.05)
    assert calibration_bytes(again.calibration) == calibration_bytes(calibration)


def test_what_is_written_is_read_again(calibration: Calibration):
    written = calibration_bytes(calibration)
    read = read_calibration("place-names", written)
    assert calibration_bytes(read) == written
    assert read.support == "labelled"
    assert read.key_version == KEY_VERSION
    assert {each.source for each in read.held_out} >= {"noise", "absent", "file, no parent"}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"profile": "place-names"}'])
def test_figures_that_cannot_be_read_are_refused(data: bytes):
    with pytest.raises(BadCalibration, match="calibration of place-names"):
        read_calibration("place-names", data)


def test_figures_of_another_profile_or_unknown_terms_are_refused(calibration: Calibration):
    with pytest.raises(BadCalibration, match="of another profile"):
        read_calibration("codes", calibration_bytes(calibration))
    odd = replace(calibration, terms=("colour", *calibration.terms[1:]))
    with pytest.raises(BadCalibration, match="no feature 'colour'"):
        read_calibration("place-names", calibration_bytes(odd))


def test_the_more_absents_there_are_the_less_probable_everything_is(samples: list[Sample]):
    few, many = fitted(samples, 0.02), fitted(samples, 0.4)
    doubtful = samples[0].features[samples[0].leading & ~samples[0].exact]
    assert many.probabilities(doubtful).mean() < few.probabilities(doubtful).mean()


def test_without_absents_or_without_right_ones_nothing_is_fitted(samples: list[Sample]):
    with pytest.raises(NothingToFit):
        calibration_of("place-names", samples[:1], source="country", seed=1, absents_prior=0.05)
    with pytest.raises(NothingToFit):
        calibration_of("place-names", samples[1:2], source="country", seed=1, absents_prior=0.05)


def test_generated_noise_alone_is_synthetic_support(samples: list[Sample]):
    made = calibration_of("place-names", samples[:2], source="country", seed=1, absents_prior=0.05)
    assert made.calibration.support == "synthetic"


def test_absent_names_are_names_of_no_row(store: Store):
    source = absent_source(store, 60, at=TODAY, seed=2)
    assert len(source.queries) > 20
    assert source.absent
    found = examine(store, source.queries, at=TODAY)
    assert not found.features[:, FEATURES.index("equal")].any()


def test_labelled_values_are_asked_with_and_without_a_parent(store: Store):
    rows = [
        Labelled("Ouled Zbair", "01.1.2", "Taza"),
        Labelled("Rhafsay", "01.2.2"),
        Labelled("Тиза", "01.1"),
    ]
    known, without = labelled_sources(store, "file", rows, at=TODAY, levels=(), seed=3)
    assert [query.within for query in known.queries] == ["Taza", "Taounate"]
    assert [query.within for query in without.queries] == [None, None]
    assert known.group == without.group == "file"


@pytest.mark.parametrize("profile", PROFILES)
def test_the_committed_figures_fit_what_matching_works_out(profile: str):
    found = calibration_for(profile)
    if found is not None:
        assert found.features == FEATURES
        assert found.auto_from >= 0.9
        assert found.review_from < found.auto_from
