"""All that comes from the environment, checked at the start, all that is wrong said at once."""

import base64
import binascii
import stat
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.domain.errors import PeerlineError
from ivr.domain.telephone_number import NotInternationalError, international

CarrierName = Literal["twilio", "somleng", "signalwire", "simulator"]

MASTER_KEY_BYTES = 32
BUNDLED_MODELS_DIR = Path(__file__).parent.parent / "transcription" / "models"


class SettingsError(PeerlineError):
    """The settings cannot be used; says everything that is wrong, a line each."""

    def __init__(self, wrong: list[str]) -> None:
        self.wrong = wrong
        super().__init__("The settings need a change:\n" + "\n".join(f"  - {line}" for line in wrong))


def _blank_is_unset(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Unset = BeforeValidator(_blank_is_unset)


SIMULATOR_URL = "http://127.0.0.1:8081"
"""Where the practice company is unless it was told otherwise."""

_SOURCES = SettingsConfigDict(
    env_prefix="PEERLINE_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
)


class _MasterKey(BaseSettings):
    """Where the master key is; looked at apart, so that its absence is said beside all else."""

    model_config = _SOURCES

    master_key: Annotated[SecretStr | None, Unset] = None
    master_key_file: Annotated[Path | None, Unset] = None

    @model_validator(mode="after")
    def _has_one_master_key(self) -> Self:
        if (self.master_key is None) == (self.master_key_file is None):
            raise ValueError(
                "set PEERLINE_MASTER_KEY or PEERLINE_MASTER_KEY_FILE (one of the two); "
                "`peerline keys new` makes a key"
            )
        return self


class Settings(_MasterKey):
    """What an operator sets by environment or `.env`, each as `PEERLINE_<NAME>`."""

    data_dir: Path = Path("var")
    database_url: Annotated[str | None, Unset] = None
    redis_url: Annotated[str | None, Unset] = None
    media_url: Annotated[str | None, Unset] = None
    bind: str = "127.0.0.1:8080"
    public_url: Annotated[str | None, Unset] = None
    carrier: CarrierName
    carrier_api_url: Annotated[str | None, Unset] = None
    carrier_account: str = Field(min_length=1)
    carrier_token: SecretStr = Field(min_length=1)
    carrier_signing_key: Annotated[SecretStr | None, Unset] = None
    hotline_number: str
    models_dir: Annotated[Path | None, Unset] = None
    simulator_url: Annotated[str | None, Unset] = SIMULATOR_URL
    metrics_token: Annotated[SecretStr | None, Unset] = None
    sqlite_synchronous: Literal["FULL", "NORMAL"] = "FULL"

    @field_validator("bind")
    @classmethod
    def _bind_is_host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 - the highest port
            raise ValueError("must be HOST:PORT, for example 127.0.0.1:8080")
        return value

    @field_validator("public_url", "carrier_api_url", "simulator_url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be a web address such as https://line.example.org")
        if parts.username or parts.query or parts.fragment:
            raise ValueError("must hold no user name, no question mark and no number sign")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if value.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + value.split("://", 1)[1]
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("hotline_number")
    @classmethod
    def _is_international_number(cls, value: str) -> str:
        try:
            return international(value)
        except NotInternationalError:
            raise ValueError("must be an international number that begins with +") from None

    @field_validator("media_url")
    @classmethod
    def _is_folder(cls, value: str | None) -> str | None:
        if value is not None and "://" in value and not value.startswith("file:///"):
            raise ValueError("must be a folder; object storage is not built yet")
        return value

    @classmethod
    def load(cls, **values: object) -> "Settings":
        """Read the environment and `.env`.

        Raises:
            SettingsError: something is missing or wrong; every finding is in it.
        """
        try:
            settings = cls(**values)  # type: ignore[arg-type]
        except ValidationError as error:
            found = _findings(error)
            raise SettingsError(list(dict.fromkeys(found + _master_key_findings(values)))) from None
        settings.read_master_key()
        return settings

    def read_master_key(self) -> bytes:
        """Return the 32 bytes that wrap every other key.

        Raises:
            SettingsError: the key is missing, readable by others, or not 32 bytes of base64.
        """
        if self.master_key is not None:
            return _key_bytes(self.master_key.get_secret_value(), "PEERLINE_MASTER_KEY")
        assert self.master_key_file is not None  # noqa: S101 - the validator above says so
        return _key_bytes(_owner_only_text(self.master_key_file), "PEERLINE_MASTER_KEY_FILE")

    @property
    def resolved_database_url(self) -> str:
        """The database: the one that was set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'peerline.sqlite3'}"

    @property
    def resolved_public_url(self) -> str:
        """Where the carrier finds this service."""
        return self.public_url or f"http://{self.bind}"

    @property
    def media_dir(self) -> Path:
        """Where sealed recordings lie."""
        if self.media_url is None:
            return self.data_dir / "media"
        return Path(self.media_url.removeprefix("file://"))

    @property
    def model_dirs(self) -> tuple[Path, ...]:
        """Where models are looked for, installed ones before the bundled one."""
        return (self.models_dir or self.data_dir / "models", BUNDLED_MODELS_DIR)


def _master_key_findings(values: dict[str, object]) -> list[str]:
    try:
        _MasterKey(**values)  # type: ignore[arg-type]
    except ValidationError as error:
        return _findings(error)
    return []


def _findings(error: ValidationError) -> list[str]:
    return [
        _finding(str(item["loc"][0]) if item["loc"] else "", item["type"], item["msg"])
        for item in error.errors()
    ]


def _finding(field: str, kind: str, message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not field:
        return message
    name = f"PEERLINE_{field.upper()}"
    if kind in {"missing", "string_too_short", "too_short"}:
        return f"{name} is not set"
    return f"{name}: {message}"


def _owner_only_text(path: Path) -> str:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError([f"PEERLINE_MASTER_KEY_FILE can be read by others: chmod 600 {path.name}"])
        return path.read_text()
    except OSError as error:
        raise SettingsError([f"PEERLINE_MASTER_KEY_FILE cannot be read: {error.strerror}"]) from None


def _key_bytes(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise SettingsError([f"{name} must be 32 bytes in base64; `peerline keys new` makes one"])
    return key
