"""Settings: which source decides, what is refused and how it is named, and that no password is shown."""

from pathlib import Path

import pytest

from fleet.model import ErrorCode, InputError
from fleet.service.config import Config, Source, environment_of, load_settings, shown


def refusals(error: InputError) -> set[tuple[str, str]]:
    return {(problem.code, problem.where) for problem in error.problems}


def test_a_flag_goes_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fleet.toml").write_text('port = 1\nworkers = 2\nzone = "Asia/Urumqi"\n', encoding="utf-8")
    monkeypatch.setenv("FLEET_PORT", "3")
    monkeypatch.setenv("FLEET_WORKERS", "4")
    settings = load_settings(flags={"port": "5", "host": None})
    config, sources = settings.config, settings.sources
    assert (config.port, config.workers, config.zone, config.host) == (5, 4, "Asia/Urumqi", "127.0.0.1")
    assert [sources[name] for name in ("port", "workers", "zone", "host")] == [
        Source.FLAG,
        Source.ENVIRONMENT,
        Source.FILE,
        Source.DEFAULT,
    ]
    assert set(sources) == set(Config.model_fields)


def test_nothing_is_read_where_settings_are_handed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fleet.toml").write_text("port = 1\n", encoding="utf-8")
    monkeypatch.setenv("FLEET_PORT", "3")
    assert Config().port == 8080


@pytest.mark.parametrize("way", ["flag", "variable"])
def test_a_named_file_is_read_instead_of_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (tmp_path / "fleet.toml").write_text("port = 1\n", encoding="utf-8")
    (tmp_path / "other.toml").write_text("port = 2\n", encoding="utf-8")
    if way == "variable":
        monkeypatch.setenv("FLEET_CONFIG", "other.toml")
    settings = load_settings(file="other.toml" if way == "flag" else None)
    assert (settings.config.port, settings.file) == (2, Path("other.toml"))


def test_workers_are_told_everything_by_their_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.toml").write_text(
        'roads = "oasis.roads"\nzone = "Asia/Urumqi"\njob_days = 1.5\nlost_after_s = 9\npersonal_days = 30\n',
        encoding="utf-8",
    )
    config = load_settings(file="other.toml", flags={"database": "sqlite:///other.db"}).config
    for name, value in environment_of(config).items():
        monkeypatch.setenv(name, value)
    assert load_settings().config == config != Config()


def test_an_empty_variable_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLEET_ROADS", "")
    settings = load_settings()
    assert (settings.config.roads, settings.sources["roads"]) == (None, Source.DEFAULT)


def test_every_wrong_setting_is_named_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fleet.toml").write_text('zone = "Asia/Nowhere"\nprot = 1\n', encoding="utf-8")
    monkeypatch.setenv("FLEET_WORKERS", "0")
    monkeypatch.setenv("FLEET_PUBLIC_URL", "fleet.example")
    with pytest.raises(InputError) as refused:
        load_settings(flags={"port": "http"})
    assert refusals(refused.value) == {
        (ErrorCode.WRONG_TYPE, "--port"),
        (ErrorCode.VALUE_TOO_SMALL, "FLEET_WORKERS"),
        (ErrorCode.VALUE_NOT_ALLOWED, "FLEET_PUBLIC_URL"),
        (ErrorCode.ZONE_UNKNOWN, "fleet.toml: zone"),
        (ErrorCode.UNKNOWN_KEY, "fleet.toml: prot"),
    }


@pytest.mark.parametrize("address", ["http://here:port", "http://here:0", "http://[::1", "http://"])
def test_a_public_address_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(InputError) as refused:
        load_settings(flags={"public_url": address})
    assert refusals(refused.value) == {(ErrorCode.VALUE_NOT_ALLOWED, "--public-url")}


def test_a_file_that_is_missing_or_no_toml_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError) as refused:
        load_settings(file="nothing.toml")
    assert refusals(refused.value) == {(ErrorCode.FILE_NOT_FOUND, "--config")}
    monkeypatch.setenv("FLEET_CONFIG", "nothing.toml")
    with pytest.raises(InputError) as refused:
        load_settings()
    assert refusals(refused.value) == {(ErrorCode.FILE_NOT_FOUND, "FLEET_CONFIG")}
    for content in (b"port 1", b"\xff\xfe", b"port = 1\nport = 2\n"):
        (tmp_path / "bad.toml").write_bytes(content)
        with pytest.raises(InputError) as refused:
            load_settings(file="bad.toml")
        assert refusals(refused.value) == {(ErrorCode.CONFIG_MALFORMED, "")}
        assert refused.value.file == "bad.toml"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("sqlite:///fleet.db", "sqlite:///fleet.db"),
        ("postgresql+psycopg://u:secret@h:5/n", "postgresql+psycopg://u:***@h:5/n"),
        (
            "postgresql+psycopg://u@h/n?password=secret&sslmode=require",
            "postgresql+psycopg://u@h/n?sslmode=require",
        ),
        ("postgresql+psycopg://u:secret@h:port/n", "***"),
        ("secret", "***"),
    ],
)
def test_a_password_is_not_shown(url: str, wanted: str) -> None:
    assert shown(Config(database=url), "database") == wanted


def test_what_may_be_a_password_is_in_no_error(tmp_path: Path) -> None:
    (tmp_path / "fleet.toml").write_text(
        'databse = "postgresql+psycopg://u:secret@h/n"\ndatabase = ["secret"]\n', encoding="utf-8"
    )
    with pytest.raises(InputError) as refused:
        load_settings()
    assert len(refused.value.problems) == 2
    assert "secret" not in repr(refused.value.problems)
