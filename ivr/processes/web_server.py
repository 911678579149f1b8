"""The web service on granian: `python -m ivr.processes.web_server`."""

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from ivr.addresses import host_and_port
from ivr.settings import Settings, SettingsError

APP = "ivr.app"
FACTORY = f"{APP}:wsgi"
WORKERS = 2

# SQLite has one writer at a time, so a second thread would only wait; a PostgreSQL commit is waited for
# elsewhere, and meanwhile others can work.
THREADS_ON_SQLITE, THREADS_ON_POSTGRESQL = 1, 4

LONGEST_END_S = 5


def serve(settings: Settings, *, workers: int = WORKERS) -> None:
    """Answer requests until SIGTERM or SIGINT.

    Args:
        settings: of the service; every worker reads them again from the environment.
        workers: processes that answer.
    """
    host, port = host_and_port(settings.bind)
    _count_together(settings.data_dir / "run" / "counts")
    # Read once here, it is in every worker that is forked from here.
    import_module(APP)
    Granian(
        FACTORY,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=_threads(settings),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=LONGEST_END_S,
        log_level=LogLevels.warning,
        # Addresses hold what callers chose, so no request is ever written down.
        log_access=False,
    ).serve()


def _count_together(folder: Path) -> None:
    """Let all processes of this service add up their counts in one folder, empty at the start."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _threads(settings: Settings) -> int:
    is_sqlite = settings.resolved_database_url.startswith("sqlite")
    return THREADS_ON_SQLITE if is_sqlite else THREADS_ON_POSTGRESQL


def main() -> int:
    """Serve with the settings of the environment; return the exit status."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
