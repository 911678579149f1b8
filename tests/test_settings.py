"""Settings that cannot be used: all that is wrong is said at once, and no secret with it."""

from pathlib import Path

import pytest

from ivr.settings import Settings, SettingsError
from tests.practice_line import MASTER_KEY, practice_settings


def test_everything_that_is_wrong_with_the_settings_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        practice_settings(
            tmp_path,
            "mysql://somewhere",
            bind="8080",
            public_url="line.example.org",
            carrier="pigeons",
            carrier_account="",
            carrier_token="",
            hotline_number="112",
            media_url="s3://bucket",
        )

    names = [line.split(":")[0].split(" ")[0] for line in caught.value.wrong]
    assert sorted(names) == [
        "PEERLINE_BIND",
        "PEERLINE_CARRIER",
        "PEERLINE_CARRIER_ACCOUNT",
        "PEERLINE_CARRIER_TOKEN",
        "PEERLINE_DATABASE_URL",
        "PEERLINE_HOTLINE_NUMBER",
        "PEERLINE_MEDIA_URL",
        "PEERLINE_PUBLIC_URL",
    ]


@pytest.mark.parametrize("name", ["PEERLINE_CARRIER", "PEERLINE_CARRIER_ACCOUNT", "PEERLINE_HOTLINE_NUMBER"])
def test_what_is_not_set_at_all_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsError, match=f"{name} is not set"):
        Settings.load(_env_file=None)


@pytest.mark.parametrize("key", ["", "short", MASTER_KEY[:-4], MASTER_KEY + "AAAA", "not base64 at all!"])
def test_a_master_key_that_is_none_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError) as caught:
        practice_settings(tmp_path, "sqlite:///x", master_key=key)

    assert "PEERLINE_MASTER_KEY" in str(caught.value)
    assert len(key) < 6 or key not in str(caught.value)


def test_a_master_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(MASTER_KEY)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="can be read by others"):
        practice_settings(tmp_path, "sqlite:///x", master_key=None, master_key_file=file)

    file.chmod(0o600)
    settings = practice_settings(tmp_path, "sqlite:///x", master_key=None, master_key_file=file)

    assert len(settings.read_master_key()) == 32
