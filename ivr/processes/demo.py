"""The settings of a demonstration: what the environment says, and invented ones where it says nothing."""

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path

from ivr.domain.errors import PeerlineError
from ivr.persistence.sealing import new_key

BIND = "127.0.0.1:8080"
SIMULATOR_BIND = "127.0.0.1:8081"
DATA_DIR = "var"
HOTLINE_NUMBER = "+12025550123"
SIMULATOR = "simulator"


class RealCarrierError(PeerlineError):
    """The environment names a real telephone company."""

    def __init__(self, carrier: str) -> None:
        super().__init__(
            f"PEERLINE_CARRIER is {carrier}: the demonstration would put sample data beside real data. "
            "Run `peerline up`, or the demonstration without that setting."
        )


def settings_for_demo(environment: Mapping[str, str | None]) -> dict[str, str]:
    """Return what a demonstration needs: as the environment has it, or invented.

    Raises:
        RealCarrierError: a real telephone company is set.
    """
    carrier = environment.get("PEERLINE_CARRIER") or SIMULATOR
    if carrier != SIMULATOR:
        raise RealCarrierError(carrier)
    phone = environment.get("PEERLINE_SIMULATOR_BIND") or SIMULATOR_BIND
    invented = {
        "PEERLINE_CARRIER": SIMULATOR,
        "PEERLINE_CARRIER_API_URL": f"http://{phone}",
        "PEERLINE_CARRIER_ACCOUNT": "AC" + secrets.token_hex(16),
        "PEERLINE_CARRIER_TOKEN": secrets.token_hex(16),
        "PEERLINE_HOTLINE_NUMBER": HOTLINE_NUMBER,
        "PEERLINE_SIMULATOR_BIND": phone,
        "PEERLINE_SIMULATOR_URL": f"http://{phone}",
        "PEERLINE_PUBLIC_URL": "http://" + (environment.get("PEERLINE_BIND") or BIND),
        **_key(environment),
    }
    return {name: environment.get(name) or value for name, value in invented.items()}


def as_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables of the environment as fields of `Settings`."""
    return {name.removeprefix("PEERLINE_").lower(): value for name, value in environment.items()}


def _key(environment: Mapping[str, str | None]) -> dict[str, str]:
    """Return a master key of the demonstration's own, drawn the first time, if none is set."""
    if environment.get("PEERLINE_MASTER_KEY") or environment.get("PEERLINE_MASTER_KEY_FILE"):
        return {}
    file = Path(environment.get("PEERLINE_DATA_DIR") or DATA_DIR) / "master.key"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_text(base64.b64encode(new_key()).decode() + "\n")
    return {"PEERLINE_MASTER_KEY_FILE": str(file)}
