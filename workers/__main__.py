"""`python -m workers` runs the warm worker, `python -m workers clock` the clock."""

import argparse
import os
import signal
import sys

# Before numpy is loaded: its own threads gain nothing here, and no thread may exist when we fork.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from ivr.logs import configure_logs
from ivr.settings import Settings, SettingsError
from workers import workplace

ENDINGS = (signal.SIGTERM, signal.SIGINT)


def main(arguments: list[str] | None = None) -> int:
    """Run one of the two until SIGTERM or Ctrl-C."""
    asked = _parser().parse_args(arguments)
    try:
        settings = Settings.load()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    configure_logs()
    workplace.prepare(settings)
    if asked.what == "clock":
        _run_clock()
    else:
        _run_worker(settings, asked.transcribers)
    return 0


def _run_worker(settings: Settings, transcribers: int | None) -> None:
    from workers import warm  # noqa: PLC0415 - the clock needs no recogniser, which is half of the memory

    warm.run(settings, transcribers=transcribers)


def _run_clock() -> None:
    from workers.clock import Clock  # noqa: PLC0415 - as above, the other way round
    from workers.schedule import beats  # noqa: PLC0415

    clock = Clock(beats(workplace.here()))
    # Held back from every thread, so that only the wait below gets them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    clock.start()
    signal.sigwait(ENDINGS)
    clock.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("work", "clock"), default="work")
    parser.add_argument(
        "--transcribers", type=int, help="recordings listened to at once (default: one a core)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
