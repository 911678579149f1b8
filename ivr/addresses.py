"""Where the programs of one computer find each other, worked out from the settings alone."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path

from ivr.settings import Settings

LONGEST_SOCKET_PATH_BYTES = 103
"""What a socket's address holds on macOS; Linux allows 107."""


def redis_url(settings: Settings) -> str:
    """Return the Redis of the settings, or the embedded one of the data folder."""
    return settings.redis_url or f"unix://{redis_socket(settings.data_dir)}"


def redis_socket(data_dir: Path) -> Path:
    """Return where the embedded Redis listens.

    The same data folder always gives the same place, so that programs started apart meet. A folder whose
    path is too long for a socket gets a short one of its own among the temporary files.
    """
    path = data_dir.absolute() / "run" / "v.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH_BYTES:
        return path
    mark = hashlib.blake2b(os.fsencode(data_dir.absolute()), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"peerline-{os.getuid()}-{mark}" / "v.sock"


def host_and_port(bind: str) -> tuple[str, int]:
    """Return the two parts of HOST:PORT, an IPv6 host without its brackets."""
    host, _, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def is_port_free(bind: str) -> bool:
    """Tell whether a server could listen at HOST:PORT now."""
    host, port = host_and_port(bind)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose last connections are only fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
