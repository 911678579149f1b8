"""The handbook tells the truth about what can be looked up: links, commands, settings, tests."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli import app
from ivr.settings import Settings
from ivr.simulator.settings import SimulatorSettings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FOLDERS = ("docs", "benchmarks", "flows", "ivr", "prompts", "tests", "transcription", "workers")
PAGES = sorted([*ROOT.glob("*.md"), *(page for folder in FOLDERS for page in (ROOT / folder).rglob("*.md"))])
LEAST_PROMISES = 30

CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?:\]\(|<img src=\")([^)\"\s]+)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
COMMAND = re.compile(r"\bpeerline((?: [a-z][a-z-]*)+)")
SETTING = re.compile(r"\bPEERLINE_[A-Z_]*[A-Z]\b")
NAMED_TEST = re.compile(r"\b(tests/[\w/]+\.py)::(test_\w+)")


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for link in LINK.findall(CODE.sub("", page.read_text())):
            if "://" not in link and not link.startswith("mailto:"):
                yield str(page.relative_to(ROOT)), link


def commands() -> list[str]:
    found = {words.strip() for page in PAGES for words in COMMAND.findall(page.read_text())}
    return sorted(found)


def named_tests(page: Path) -> list[tuple[str, str]]:
    return NAMED_TEST.findall(page.read_text())


def settings_named_in(page: str) -> set[str]:
    return set(SETTING.findall((DOCS / page).read_text()))


def settings_of(kind: type[Settings] | type[SimulatorSettings]) -> set[str]:
    return {f"PEERLINE_{name.upper()}" for name in kind.model_fields}


@cache
def headings(page: Path) -> set[str]:
    """Return the anchors of a page, as forges make them of its headings."""
    titles = HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@cache
def functions_of(file: str) -> set[str]:
    path = ROOT / file
    if not path.is_file():
        return set()
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("page", "link"), sorted(set(links())))
def test_a_link_leads_to_a_page_that_is_there(page: str, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / path if path else ROOT / page

    assert target.exists()
    assert not anchor or anchor in headings(target)


@pytest.mark.parametrize("words", commands())
def test_a_command_that_is_named_exists(words: str) -> None:
    result = CliRunner().invoke(app, [*words.split(), "--help"])

    assert result.exit_code == 0, result.output


def test_every_setting_is_explained_and_none_is_invented() -> None:
    assert settings_named_in("running.md") == settings_of(Settings)


def test_every_setting_of_the_practice_company_is_explained() -> None:
    known = settings_of(Settings)

    assert settings_named_in("simulator.md") - known == settings_of(SimulatorSettings) - known


def test_every_test_that_stands_behind_a_promise_exists() -> None:
    promised = named_tests(DOCS / "safety.md")

    assert [name for file, name in promised if name not in functions_of(file)] == []
    assert len(promised) >= LEAST_PROMISES
