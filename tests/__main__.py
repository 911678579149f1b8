"""Runs every check, or with --lint only those that read the code; says by name what is left out."""

import os
import shutil
import subprocess
import sys
import time

PYTHON = sys.executable
CODE = ("ivr", "flows", "prompts", "transcription", "workers", "tests", "benchmarks")
READING = (
    ("style", (PYTHON, "-m", "ruff", "check", "--quiet", ".")),
    ("format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", ".")),
    ("types", (PYTHON, "-m", "mypy")),
    ("layers", (PYTHON, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")),
    ("spelling", (PYTHON, "-m", "codespell_lib", *CODE, "docs", "README.md", "CHANGELOG.md")),
)
RUNNING = ("tests", (PYTHON, "-m", "pytest", "-q", "-n", str(os.cpu_count() or 2), "--dist", "worksteal"))


def main() -> int:
    """Run the checks one after the other; returns 0 if all of them passed."""
    checks = READING if "--lint" in sys.argv else (*READING, RUNNING)
    failed = [name for name, command in checks if not _passes(name, command)]
    for absent in _left_out():
        print(f"left out: {absent}")
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _passes(name: str, command: tuple[str, ...]) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, check=False)
    outcome = "passed" if done.returncode == 0 else "FAILED"
    print(f"{name}: {outcome} in {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


def _left_out() -> list[str]:
    absent = []
    if not os.environ.get("PEERLINE_TEST_POSTGRES_URL"):
        absent.append("everything on PostgreSQL (set PEERLINE_TEST_POSTGRES_URL to the address of a server)")
    if not shutil.which("chromium"):
        absent.append("everything in a browser (install chromium)")
    return absent


if __name__ == "__main__":
    sys.exit(main())
