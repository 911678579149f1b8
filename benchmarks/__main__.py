"""`python -m benchmarks [NAME ...]`: measures the speed table, or some of it, and prints it."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks import table
from benchmarks.rows import Row

NAMES = ("turns", "durable", "whole_calls", "transcription", "message_way", "start", "guesses")
"""Modules beside this one; each has `rows()`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for; return 1 if a target was missed."""
    asked = _parser().parse_args(arguments)
    about = table.machine()
    print("  ".join(f"{name} {value}" for name, value in about.items()))
    print(table.heading())
    measured = [_measured(name) for name in asked.names or NAMES]
    rows = [row for some in measured for row in some or ()]
    if asked.json is not None:
        table.write_json(asked.json, about, rows)
    return int(None in measured or any(row.verdict == "NOT met" for row in rows))


def _measured(name: str) -> list[Row] | None:
    """Measure one part and print it; None if that failed, which must not cost the other parts."""
    print(f"-- {name} (load average {os.getloadavg()[0]:.1f})", flush=True)
    try:
        rows: list[Row] = import_module(f"benchmarks.{name}").rows()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(f"    could not be measured: {type(error).__name__}: {error}", flush=True)
        return None
    for row in rows:
        print(table.line(row), flush=True)
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all if none")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file as well")
    return parser


if __name__ == "__main__":
    sys.exit(main())
