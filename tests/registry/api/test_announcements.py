"""Feeds and the list for mirrors, over a small published library with a log."""

from __future__ import annotations

from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient

from registry.app import create_app
from registry.catalogue import Catalogue, read_catalogue, write_catalogue
from tests.registry.small_library import build_library, settings
from tests.registry.small_log import write_small_log


@pytest.fixture(scope="module")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a service with the small library and a log of its versions."""
    data = tmp_path_factory.mktemp("announced")
    build_library(data / "snapshots")
    write_small_log(data / "snapshots")
    return data


@pytest.fixture
def mirror(announced: Path) -> FlaskClient:
    return create_app(settings(announced)).test_client()


def test_a_reader_of_feeds_sees_each_version_with_the_newest_first(mirror: FlaskClient) -> None:
    answer = mirror.get("/api/v1/feed.atom")
    assert answer.content_type == "application/atom+xml"
    read = feedparser.parse(answer.data)
    assert not read.bozo
    assert [entry.title for entry in read.entries] == ["Units 2024", "Units 2014", "Activities 4"]
    assert read.entries[0].link.endswith("/api/v1/referentials/units/versions/2024")
    assert read.feed.title == "Marjaa: Versions publiées"


def test_a_feed_of_one_referential_has_only_its_versions(mirror: FlaskClient) -> None:
    read = feedparser.parse(mirror.get("/api/v1/referentials/activities/feed.atom?lang=en").data)
    assert [entry.title for entry in read.entries] == ["Activities 4"]
    assert read.feed.title == "Activities: Published versions"
    assert mirror.get("/api/v1/referentials/nothing/feed.atom").status_code == 404
    assert mirror.get("/api/v1/feed.atom?lang=xx").status_code == 400


def test_a_feed_that_has_not_changed_is_not_sent_again(mirror: FlaskClient) -> None:
    first = mirror.get("/api/v1/feed.atom")
    again = mirror.get("/api/v1/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_mirror_follows_the_log_page_by_page_and_misses_nothing(mirror: FlaskClient) -> None:
    whole = mirror.get("/api/v1/changes").json
    assert whole["next"] is None
    followed, after = [], -1
    while True:
        page = mirror.get(f"/api/v1/changes?after={after}&limit=1").json
        followed += page["items"]
        after = page["last"]
        if page["next"] is None:
            break
    assert followed == whole["items"]
    assert [each["position"] for each in followed] == list(range(len(followed)))
    assert mirror.get(f"/api/v1/changes?after={after}").json == {"items": [], "next": None, "last": after}


def test_what_is_announced_can_be_read(mirror: FlaskClient) -> None:
    for each in mirror.get("/api/v1/changes").json["items"]:
        version = mirror.get(f"/api/v1/referentials/{each['referential']}/versions/{each['version']}").json
        assert version["content_root"] == each["content_root"]


def test_a_version_that_is_not_on_the_shelf_yet_is_not_announced_nor_what_follows(tmp_path: Path) -> None:
    root = tmp_path / "snapshots"
    build_library(root)
    write_small_log(root)
    whole = create_app(settings(tmp_path)).test_client().get("/api/v1/changes").json["items"]
    late = whole[-1]["referential"]
    catalogue = read_catalogue(root)
    kept = {id: entry for id, entry in catalogue.referentials.items() if id != late}
    write_catalogue(root, Catalogue(kept, catalogue.correspondences))
    shown = create_app(settings(tmp_path)).test_client().get("/api/v1/changes").json["items"]
    first = next(at for at, each in enumerate(whole) if each["referential"] == late)
    assert shown == whole[:first]


@pytest.mark.parametrize("query", ["after=x", "after=-2", "limit=0", "limit=5000", "since=1"])
def test_a_query_that_cannot_be_read_is_refused(mirror: FlaskClient, query: str) -> None:
    answer = mirror.get(f"/api/v1/changes?{query}")
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/bad-value")
