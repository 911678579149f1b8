"""Deeds of the paths of information: topics and numbers, all read from memory."""

from collections.abc import Sequence
from dataclasses import replace

from flows.model import Outcome
from ivr.domain.content import MOVING, Service, Topic
from ivr.services.promise import Promise, Values

AGREED_BY_KEY = ("consent", "consent_more")
"""The steps at which a caller agrees by pressing 1."""


def look_for_topics(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Say whether there is any topic in the caller's language."""
    language = promise.position.language
    return "some" if any(language in topic.languages for topic in promise.hotline.content.topics) else "none"


def open_topic(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Say how the chosen topic is told; it may have been closed since it was offered."""
    topic = _topic(promise)
    if topic is None:
        return "closed"
    if topic.slug == MOVING:
        return "moving"
    return "parts" if topic.parts else "topic"


def next_part(promise: Promise, values: Values) -> Outcome:  # noqa: ARG001 - every promise has one shape
    """Go on to the next part of a topic; from the topic itself to its first."""
    topic = _topic(promise)
    whole = topic if topic is None or topic.part_of is None else promise.hotline.content.topic(topic.part_of)
    if topic is None or whole is None:
        return Outcome("none")
    pieces = (whole.slug, *whole.parts)
    following = pieces[pieces.index(topic.slug) + 1 :][:1]
    return Outcome("part", choices=(("topic", following[0]),)) if following else Outcome("none")


def take_topic(promise: Promise, values: Values) -> Outcome:  # noqa: ARG001 - every promise has one shape
    """Let the topic go with the call, for the message that follows."""
    return Outcome("taken", choices=(("about", promise.position.choices.get("topic", "")),))


def know_subject(promise: Promise, values: Values) -> str:  # noqa: ARG001 - every promise has one shape
    """Say whether the caller is to be asked what her message is about.

    Not if she has told already, by a topic, and not if she agreed by her voice: she may have no keys.
    """
    has_keys = "1" in {promise.position.choices.get(step) for step in AGREED_BY_KEY}
    return "unknown" if has_keys and topic_of_message(promise) is None else "known"


def topic_of_message(promise: Promise) -> str | None:
    """Return the topic that the caller wanted to speak about."""
    slug = promise.position.choices.get("about", "")
    return None if promise.hotline.content.topic(slug) is None else slug


def find_service(promise: Promise, values: Values) -> Outcome:
    """Find the first number for the topic in the chosen country."""
    return _offered(promise, _services(promise), values)


def next_service(promise: Promise, values: Values) -> Outcome:
    """Find the number after the one that was offered; after one that was withdrawn, none."""
    services = _services(promise)
    slugs = [service.slug for service in services]
    now = promise.position.choices.get("service", "")
    return _offered(promise, services[slugs.index(now) + 1 :] if now in slugs else (), values)


def say_service(promise: Promise, values: Values) -> Outcome:
    """Say the number that was offered, whoever runs it, once more or after the warning."""
    now = promise.position.choices.get("service", "")
    found = [service for service in _services(promise) if service.slug == now]
    return _said(promise, found[0], values) if found else Outcome("none")


def find_emergency_number(promise: Promise, values: Values) -> str:  # noqa: ARG001 - hotline values hold the number
    """Say whether there is a checked number for danger."""
    return "known" if promise.hotline.emergency_number else "unknown"


def _topic(promise: Promise) -> Topic | None:
    topic = promise.hotline.content.topic(promise.position.choices.get("topic", ""))
    return topic if topic is not None and promise.position.language in topic.languages else None


def _services(promise: Promise) -> tuple[Service, ...]:
    choices = promise.position.choices
    topic, country = choices.get("topic", ""), choices.get("country", "")
    return promise.hotline.content.services_for(topic, country, promise.position.language)


def _offered(promise: Promise, services: Sequence[Service], values: Values) -> Outcome:
    """Offer the first of these; a number that the state answers is not said before the caller was warned."""
    if not services:
        return Outcome("none")
    choices = (("service", services[0].slug),)
    if services[0].is_state_run:
        return Outcome("state_run", choices=choices)
    return replace(_said(promise, services[0], values), choices=choices)


def _said(promise: Promise, service: Service, values: Values) -> Outcome:
    values["service"] = service.names[promise.position.language]
    values["service_digits"] = service.digits
    return Outcome("recorded" if service.records_calls else "service")
