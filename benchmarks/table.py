"""The speed table as text, as JSON, and the computer that it was measured on."""

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Row

WIDTH = 74


def machine() -> dict[str, object]:
    """Describe the computer, and how busy it was with other things."""
    return {
        "cores": os.cpu_count(),
        "processor": _processor(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
    }


def heading() -> str:
    """Return the line above the figures."""
    return f"{'what':{WIDTH}} {'median':>10} {'min':>10} {'max':>10} {'runs':>4} {'unit':5} {'target':>8}"


def line(row: Row) -> str:
    """Return a row as a line of text; what does not fit is said in full all the same."""
    figures = f"{_short(row.median):>10} {_short(min(row.measured)):>10} {_short(max(row.measured)):>10}"
    target = "" if row.target is None else str(row.target)
    said = f"{row.what:{WIDTH}} {figures} {len(row.measured):4} {row.unit:5} {target:>8}  {row.verdict}"
    return said.rstrip() + (f"\n    ({row.remark})" if row.remark else "")


def write_json(file: Path, about: dict[str, object], rows: Sequence[Row]) -> None:
    """Write table and machine for another program."""
    found = {"machine": about, "rows": [row.as_json() for row in rows]}
    file.write_text(json.dumps(found, indent=2) + "\n")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _processor() -> str:
    """Return the processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        return platform.processor()
    return next((text.partition(":")[2].strip() for text in lines if text.startswith("model name")), "")
