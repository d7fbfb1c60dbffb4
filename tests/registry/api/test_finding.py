"""Match and suggest over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

UNITS = "/api/v1/referentials/units"


def test_a_misspelt_name_finds_its_item(client: FlaskClient) -> None:
    found = client.get(f"{UNITS}/match?q=Ouled+Taieb&within=Fes&level=commune").get_json()
    (result,) = found["results"]
    assert result["candidates"][0]["code"] == "01.100.07"
    assert (found["version"], found["at"]) == ("2024", "2026-03-15")
    assert found["content_root"]
    assert found["key_version"]
    assert found["calibration"]["support"] in ("labelled", "synthetic", "estimated")


def test_many_texts_get_the_results_that_they_get_alone(client: FlaskClient) -> None:
    texts = ["Ouled Tayeb", "تازة", "zzzz", "Tafraoute"]
    body = {"queries": [{"text": text} for text in texts], "limit": 3}
    many = client.post(f"{UNITS}/match", json=body).get_json()["results"]
    alone = [
        client.get(f"{UNITS}/match", query_string={"q": text, "limit": 3}).get_json()["results"][0]
        for text in texts
    ]
    assert many == alone


def test_the_answer_to_one_body_is_never_that_to_another(client: FlaskClient) -> None:
    first = client.post(f"{UNITS}/match", json={"queries": [{"text": "Taza"}]})
    assert first.headers["Cache-Control"] == "no-store"
    assert "ETag" not in first.headers
    again = client.post(
        f"{UNITS}/match", json={"queries": [{"text": "Tiznit"}]}, headers={"If-None-Match": "*"}
    )
    assert (again.status_code, again.get_json()["results"][0]["candidates"][0]["code"]) == (200, "02.300")


def test_as_many_texts_as_a_body_may_have_are_answered(client: FlaskClient) -> None:
    body = {"queries": [{"text": "Taza".ljust(200)}] * 100}
    assert len(client.post(f"{UNITS}/match", json=body).get_json()["results"]) == 100
    document = client.get("/api/v1/openapi.json").get_json()
    queries = document["components"]["schemas"]["MatchBody"]["properties"]["queries"]
    assert (queries["maxItems"], "20,000" in queries["description"]) == (100, True)


def test_a_match_can_look_at_an_older_version(client: FlaskClient) -> None:
    found = client.get(f"{UNITS}/match?q=Oulad+Tayeb&version=2014").get_json()
    assert found["results"][0]["candidates"][0]["code"] == "01.100.05"
    assert found["at"] == "2014-09-01"


def test_a_beginning_suggests_names(client: FlaskClient) -> None:
    found = client.get(f"{UNITS}/suggest?q=meknas&limit=2").get_json()
    assert {candidate["code"] for candidate in found["candidates"]} == {"01.200.31", "01.200.32"}
    arabic = client.get(f"{UNITS}/suggest?q=تاف").get_json()
    assert arabic["candidates"][0]["code"] == "02.300.01"


def test_answers_that_depend_on_the_index_are_not_kept_for_ever(client: FlaskClient) -> None:
    for query in ("match?q=fes&version=2014", "suggest?q=fes&version=2014"):
        assert client.get(f"{UNITS}/{query}").headers["Cache-Control"] == "public, max-age=60"


def test_candidates_are_named_in_the_language_asked_for_whichever_matched(client: FlaskClient) -> None:
    found = client.get(f"{UNITS}/match?q=Oulad+Taieb&within=Fes&level=commune&lang=ar").get_json()
    best = found["results"][0]["candidates"][0]
    assert found["language"] == "ar"
    assert (best["name"], best["name_language"]) == ("أولاد الطيب", "ar")
    assert (best["matched_name"], best["language"]) == ("Oulad Tayeb", "fr")


def test_a_candidate_without_a_name_in_the_language_falls_back_and_says_so(client: FlaskClient) -> None:
    found = client.get(f"{UNITS}/suggest?q=Gueldamane+Bab&lang=ar-MA").get_json()
    best = found["candidates"][0]
    assert found["language"] == "ar"
    assert (best["name"], best["name_language"]) == ("Gueldamane Bab Marzouka", "fr")


def test_many_texts_are_answered_in_one_language_too(client: FlaskClient) -> None:
    body = {"queries": [{"text": "Taza"}, {"text": "zzzz"}]}
    found = client.post(f"{UNITS}/match?lang=ar", json=body).get_json()
    alone = client.get(f"{UNITS}/match?q=Taza&lang=ar").get_json()
    assert found["results"][0] == alone["results"][0]
    assert found["results"][0]["candidates"][0]["name"] == "تازة"


def test_a_language_changes_neither_outcomes_nor_scores(client: FlaskClient) -> None:
    def told(lang: str) -> object:
        (result,) = client.get(f"{UNITS}/match?q=Meknassa{lang}").get_json()["results"]
        return result["outcome"], [(each["code"], each["score"]) for each in result["candidates"]]

    assert told("&lang=ar") == told("")


def test_an_unknown_language_is_refused_wherever_names_are_told(client: FlaskClient) -> None:
    for query in ("match?q=fes", "suggest?q=fes", "items/01/history?", "items/01?"):
        answer = client.get(f"{UNITS}/{query}&lang=xx")
        assert answer.status_code == 400
        assert answer.get_json()["errors"][0]["name"] == "lang"
