"""Runs the telephone company as a process of its own: `python -m ivr.simulator`."""

import signal
import sys
import threading

from pydantic import ValidationError

from ivr.simulator.open_company import OpenCompany
from ivr.simulator.settings import SimulatorSettings


def main() -> int:
    """Serve until told to stop; return the exit status."""
    try:
        settings = SimulatorSettings()  # type: ignore[call-arg]  # the environment gives what has no default
    except ValidationError as error:
        sys.stderr.write(_what_is_wrong(error))
        return 2
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    company = OpenCompany(settings.company)
    with company.serving(settings.host, settings.port) as base_url:
        company.desk.base_url = settings.carrier_api_url.rstrip("/") or base_url
        sys.stdout.write(f"The practice phone is at {base_url}/phone\n")
        sys.stdout.flush()
        stop.wait()
    return 0


def _what_is_wrong(error: ValidationError) -> str:
    lines = (f"  PEERLINE_{str(each['loc'][0]).upper()}: {each['msg']}\n" for each in error.errors())
    return "The telephone company cannot start:\n" + "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
