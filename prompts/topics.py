"""The topics that callers can hear: their groups, order and English scripts, as prompts of the catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prompts.errors import CatalogueError
from prompts.reading import read_yaml

FILE: Final = "topics.yaml"
SCRIPT_S: Final = 25
TITLE_S: Final = 5


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, or a part of one.

    Attributes:
        group: The key of its group in the prompt topics_groups; the one of the whole topic for a part.
        categories: The kinds of concern it is about, as the taxonomy names them.
        parts: Short pieces that can be heard in order; most topics have none.
        part_of: The topic that it is a piece of.
    """

    id: str
    group: str
    title: str
    script: str
    version: int
    categories: tuple[str, ...]
    parts: tuple[str, ...] = ()
    part_of: str | None = None


def load_topics(folder: Path) -> dict[str, Topic]:
    """Return every topic of a folder by its id, in the order of the menus, each followed by its parts.

    Raises:
        CatalogueError: the file does not say what it must say.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    source = read_yaml(path)
    try:
        topics = {topic.id: topic for topic in _topics(source)}
    except (KeyError, TypeError, AttributeError) as error:
        raise CatalogueError(f"{FILE} lacks something: {error}") from error
    unused = {entry["id"] for entry in [*source["topics"], *source["parts"]]} - topics.keys()
    if unused:
        raise CatalogueError(f"{FILE}: no menu leads to {', '.join(sorted(unused))}.")
    return topics


def texts_of(section: Mapping[str, Any]) -> dict[str, str]:
    """Return the prompts that the `topics:` section of a language gives texts for.

    Raises:
        CatalogueError: a topic lacks its title or its script.
    """
    texts: dict[str, str] = {}
    for topic, words in section.items():
        try:
            texts |= {script_prompt(topic): words["script"], title_prompt(topic): words["title"]}
        except (KeyError, TypeError) as error:
            raise CatalogueError(f"The topic {topic!r} needs a title and a script.") from error
    return texts


def script_prompt(topic: str) -> str:
    """Return the prompt that says a topic."""
    return f"topic_{topic}"


def title_prompt(topic: str) -> str:
    """Return the prompt, and the clip, that names a topic in a list."""
    return f"topic_{topic}_title"


def _topics(source: Mapping[str, Any]) -> Iterator[Topic]:
    entries = {entry["id"]: entry for entry in source["topics"]}
    parts = {entry["id"]: entry for entry in source["parts"]}
    for key, group in enumerate(source["menu_groups"], 1):
        for topic_id in group["topics"]:
            entry = entries[topic_id]
            whole = _topic(entry, str(key), tuple(entry["related_categories"]))
            yield whole
            for part_id in whole.parts:
                yield _topic(parts[part_id], whole.group, whole.categories, part_of=topic_id)


def _topic(
    entry: Mapping[str, Any], group: str, categories: tuple[str, ...], part_of: str | None = None
) -> Topic:
    return Topic(
        id=entry["id"],
        group=group,
        title=entry["title"],
        script=entry["script"].strip(),
        version=entry.get("version", 1),
        categories=categories,
        parts=tuple(entry.get("parts", ())),
        part_of=part_of,
    )
