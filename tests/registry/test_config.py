"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.config import SETTINGS, Settings
from registry.errors import BadSetting


def test_without_any_variable_everything_has_a_default() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8000, Path("var"))
    assert settings.database_url == "sqlite:///var/marjaa.sqlite"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.snapshots == Path("var/snapshots")


def test_an_empty_variable_means_its_default() -> None:
    assert Settings.from_environment({"MARJAA_PORT": ""}).port == 8000


def test_the_database_is_in_the_data_folder_unless_named() -> None:
    assert Settings.from_environment({"MARJAA_DATA": "/srv"}).database_url == "sqlite:////srv/marjaa.sqlite"
    named = Settings.from_environment({"MARJAA_DATABASE_URL": "postgresql+psycopg:///marjaa"})
    assert named.database_url == "postgresql+psycopg:///marjaa"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARJAA_PORT", "http"),
        ("MARJAA_PORT", "0"),
        ("MARJAA_PORT", "65536"),
        ("MARJAA_PORT", "٨٠"),
        ("MARJAA_WORKERS", "-1"),
        ("MARJAA_MAX_BODY", "10"),
        ("MARJAA_HOST", " "),
        ("MARJAA_TIMEZONE", "Casablanca"),
        ("MARJAA_TIMEZONE", "../../etc/passwd"),
        ("MARJAA_PUBLIC_URL", "example.org"),
        ("MARJAA_PUBLIC_URL", "ftp://example.org"),
        ("MARJAA_DATABASE_URL", "mysql://localhost/marjaa"),
        ("MARJAA_DATABASE_URL", "postgresql+psycopg2:///marjaa"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_expected(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"{name}=.*expected"):
        Settings.from_environment({name: value})


def test_a_provider_is_configured_whole_or_not_at_all() -> None:
    whole = {
        f"MARJAA_OIDC_{name}": "https://id.example.org" for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    }
    assert Settings.from_environment(whole).oidc_issuer == "https://id.example.org"
    for missing in whole:
        with pytest.raises(BadSetting, match=missing):
            Settings.from_environment({name: text for name, text in whole.items() if name != missing})


def test_today_is_the_day_in_the_configured_zone() -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # 25 hours apart: never the same day
    days = [Settings.from_environment({"MARJAA_TIMEZONE": zone}).today() for zone in zones]
    assert days[0] > days[1]


def test_every_setting_says_what_it_is_for() -> None:
    assert all(setting.help.endswith(".") for setting in SETTINGS.values())
    assert {name.removeprefix("MARJAA_").lower() for name in SETTINGS} == set(Settings.__slots__)
