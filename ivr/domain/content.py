"""What callers can be told: open topics and checked telephone numbers, and the lists they choose from."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from prompts.names import name_clip
from prompts.topics import script_prompt, title_prompt

MOVING: Final = "i_am_moving"
"""The topic that asks for the country she goes to, and not for the one she is in."""

OTHER_COUNTRY: Final = "other"
"""What a caller chooses whose country was not offered: no service is there."""

IN_DANGER: Final = "emergency", "police"
"""The kinds whose number is read out to a caller in danger, the better one first."""

IsRecorded = Callable[[str, str], bool]
"""Says whether a clip is recorded: language and clip."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic that is open, or a part of one.

    Attributes:
        group: The key of its group.
        kinds: The kinds of service that fit it, in the order of offering.
        parts: Its short pieces, in order.
        part_of: The topic it is a piece of.
        languages: In which all of it is recorded.
    """

    slug: str
    group: str
    kinds: tuple[str, ...]
    parts: tuple[str, ...] = ()
    part_of: str | None = None
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Service:
    """One number that a person has checked.

    Attributes:
        digits: As people in that country dial and know it, in groups.
        is_state_run: Whether a state body answers, or may answer.
        names: Language -> the clip that says what it is.
    """

    slug: str
    country: str
    kind: str
    digits: str
    is_state_run: bool
    records_calls: bool
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class Content:
    """All of an organisation that callers can be told now."""

    topics: tuple[Topic, ...] = ()
    services: tuple[Service, ...] = ()

    def topic(self, slug: str) -> Topic | None:
        """Return an open topic, or a part of one."""
        return next((topic for topic in self.topics if topic.slug == slug), None)

    def services_for(self, topic_slug: str, country: str, language: str) -> tuple[Service, ...]:
        """Return the numbers for a topic in the order of offering: what no state runs comes first."""
        topic = self.topic(topic_slug)
        kinds = () if topic is None else topic.kinds
        fitting = (one for one in self.services if one.country == country and one.kind in kinds)
        in_language = (one for one in fitting if language in one.names)
        return tuple(sorted(in_language, key=lambda one: (one.is_state_run, kinds.index(one.kind))))

    def emergency_number(self, country: str) -> str | None:
        """Return the number for danger in a country."""
        here = [one for one in self.services if one.country == country and one.kind in IN_DANGER]
        best = min(here, key=lambda one: IN_DANGER.index(one.kind), default=None)
        return None if best is None else best.digits

    def as_recorded(self, languages: Iterable[str], is_recorded: IsRecorded) -> "Content":
        """Return the same with what is recorded of it in these languages."""
        asked = tuple(languages)
        topics = tuple(_topic_as_recorded(topic, asked, is_recorded) for topic in self.topics)
        services = tuple(_service_as_recorded(service, asked, is_recorded) for service in self.services)
        return Content(topics, services)

    def lists(
        self, home: str, languages: Iterable[str], is_recorded: IsRecorded
    ) -> Mapping[str, tuple[str, ...]]:
        """Return what callers can choose from, by the list's name.

        `topics/<group>/<language>`, `parts/<topic>/<language>` and `countries/<topic>/<language>`, the
        country of the hotline (`home`) first. An empty list is left out.
        """
        having = {service.country for service in self.services}
        countries = (*sorted(having, key=lambda country: (country != home, country)), OTHER_COUNTRY)
        found: dict[str, tuple[str, ...]] = {}
        for language in languages:
            named = [one for one in countries if is_recorded(language, name_clip("country", one))]
            found |= dict(self._lists(language, named))
        return MappingProxyType({name: things for name, things in found.items() if things})

    def _lists(self, language: str, countries: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        heard = [topic for topic in self.topics if language in topic.languages]
        for group in {topic.group for topic in heard}:
            whole = (topic for topic in heard if topic.group == group and topic.part_of is None)
            yield f"topics/{group}/{language}", tuple(topic.slug for topic in whole)
        for topic in heard:
            yield f"parts/{topic.slug}/{language}", topic.parts
            having = tuple(one for one in countries if self.services_for(topic.slug, one, language))
            other = tuple(one for one in countries if one == OTHER_COUNTRY and having)
            yield f"countries/{topic.slug}/{language}", having + other


NOTHING: Final = Content()


def _topic_as_recorded(topic: Topic, languages: Iterable[str], is_recorded: IsRecorded) -> Topic:
    """Note the languages in which the topic and every part of it is recorded."""
    pieces = (topic.slug, *topic.parts)
    clips = [clip for piece in pieces for clip in (script_prompt(piece), title_prompt(piece))]
    spoken = (language for language in languages if all(is_recorded(language, clip) for clip in clips))
    return replace(topic, languages=frozenset(spoken))


def _service_as_recorded(service: Service, languages: Iterable[str], is_recorded: IsRecorded) -> Service:
    """Note how the service is named in each language: by its own recorded name, else by its kind."""
    names: dict[str, str] = {}
    for language in languages:
        for clip in (name_clip("kind", service.kind), f"service_{service.slug}"):
            if is_recorded(language, clip):
                names[language] = clip
    return replace(service, names=MappingProxyType(names))
