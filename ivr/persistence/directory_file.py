"""Reading a directory of services from a YAML file; what is wrong is said with file, line and a sentence."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from ivr.domain.directory import Entry, WrongEntryError

STARTER: Final = Path(__file__).parent / "starter" / "directory.yaml"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DirectoryFileError(WrongEntryError):
    """A directory file cannot be used."""

    def __init__(self, path: Path, line: int, sentence: str) -> None:
        super().__init__(f"{path.name}:{line}: {sentence}")


@functools.cache
def starter_entries() -> tuple[Entry, ...]:
    """Return what every organisation begins with."""
    return tuple(read_entries(STARTER))


def read_entries(path: Path) -> list[Entry]:
    """Return every number of a directory file, each as an entry of its own.

    Raises:
        DirectoryFileError: the file is no directory, or an entry cannot be read out or found again.
    """
    text = path.read_text("utf-8")
    try:
        rows = yaml.load(text, Loader=_LOADER)["entries"]  # noqa: S506 - the C form of the safe loader
        lines = _lines(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DirectoryFileError(path, line, f"this is not YAML: {error.problem}") from None
    except (KeyError, TypeError):
        raise DirectoryFileError(path, 1, "a directory has its services under 'entries'") from None
    return [entry for row, line in zip(rows, lines, strict=True) for entry in _checked(path, line, row)]


def _lines(text: str) -> list[int]:
    """Return on which line each entry begins."""
    root = yaml.compose(text, Loader=_LOADER)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - it was read as a mapping just now
    (entries,) = (value for key, value in root.value if key.value == "entries")
    return [node.start_mark.line + 1 for node in entries.value]


def _checked(path: Path, line: int, row: Mapping[str, Any]) -> Iterator[Entry]:
    try:
        for entry in _entries(row):
            entry.check()
            yield entry
    except WrongEntryError as error:
        raise DirectoryFileError(path, line, str(error)) from None
    except (KeyError, TypeError, AttributeError) as error:
        raise DirectoryFileError(path, line, f"this entry lacks something: {error}") from None


def _entries(row: Mapping[str, Any]) -> Iterator[Entry]:
    for number, phone in enumerate(row["phones"], 1):
        yield Entry(
            slug=row["id"] if number == 1 else f"{row['id']}-{number}",
            name=row["name"],
            country=row["country"],
            kind=row["kind"],
            serves=row["serves"],
            phone=str(phone["local"]),
            phone_type=phone["type"],
            hours=row.get("hours"),
            languages=",".join(row["languages"]),
            cost=row.get("cost"),
            read_out=row["read_out"],
            is_state_run=row["state_run"],
            records=row["records"],
            caution=_caution(row, phone),
            source=",".join(row["source"]),
        )


def _caution(row: Mapping[str, Any], phone: Mapping[str, Any]) -> str | None:
    words = [word for word in (row.get("caution"), phone.get("note")) if word]
    return " ".join(f"{word[0].upper()}{word[1:].rstrip('.')}." for word in words) or None
