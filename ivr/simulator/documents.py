"""Reads a TwiML document: XML into verbs, with the carrier's error codes (fact sheet, section 1.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from ivr.simulator.grammar import (
    ALL_KEYS,
    Attributes,
    Gather,
    Hangup,
    Pause,
    Play,
    Record,
    Redirect,
    Reject,
    Say,
    Unknown,
    Verb,
)

MAX_SIZE_BYTES = 64 * 1024
Warnings = list[tuple[int, str]]


class DocumentError(Exception):
    """A document cannot be carried out.

    Attributes:
        code: The carrier's error code.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class Document:
    """What an app wants done, in order.

    Attributes:
        verbs: The verbs.
        warnings: Code and sentence for what was skipped.
        url: Where it came from; None when it was handed over as text.
    """

    verbs: tuple[Verb, ...]
    warnings: tuple[tuple[int, str], ...] = ()
    url: str | None = None


def read_document(body: bytes, url: str | None) -> Document:
    """Return the verbs of a document.

    Raises:
        DocumentError: 11750 too big, 12100 not well-formed, 12102 another root.
    """
    if len(body) > MAX_SIZE_BYTES:
        raise DocumentError(11750, "The document is over 64 kB.")
    warnings: Warnings = []
    verbs = tuple(_read_verb(child, warnings) for child in _root(body))
    return Document(verbs, tuple(warnings), url)


def _root(body: bytes) -> ET.Element:
    try:
        root = ET.fromstring(body)  # noqa: S314  (from the app under test; expat limits entity growth)
    except ET.ParseError as error:
        raise DocumentError(12100, "The document is not well-formed XML.") from error
    if root.tag != "Response":
        raise DocumentError(12102, "The root of the document is not Response.")
    return root


def _read_verb(element: ET.Element, warnings: Warnings) -> Verb:
    reader = READERS.get(element.tag)
    if reader is None:
        warnings.append((12200, f"{element.tag} is no verb here"))
        return Unknown(element.tag)
    attributes = Attributes(element.tag, element.attrib, warnings)
    verb = reader(element, attributes)
    attributes.warn_of_unknown()
    return verb


def _text(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _play(element: ET.Element, attributes: Attributes) -> Play:
    return Play(
        _text(element),
        attributes.number("loop", 1, 13410, at_most=1000),
        attributes.text("digits"),
    )


def _say(element: ET.Element, attributes: Attributes) -> Say:
    attributes.text("voice")
    return Say(_text(element), attributes.text("language"), attributes.number("loop", 1, 13510, at_most=1000))


def _pause(_: ET.Element, attributes: Attributes) -> Pause:
    return Pause(attributes.number("length", 1, 13910, at_least=1))


def _gather(element: ET.Element, attributes: Attributes) -> Gather:
    nested = tuple(_nested(child, attributes.warnings) for child in element)
    for name in ("input", "language", "hints", "speechTimeout", "speechModel", "profanityFilter"):
        attributes.text(name)
    return Gather(
        nested=tuple(verb for verb in nested if isinstance(verb, Play | Say | Pause)),
        action=attributes.optional("action"),
        method=attributes.method("method", 13312),
        num_digits=attributes.number("numDigits", 0, 13314, at_least=1) or None,
        finish_on_key=attributes.keys("finishOnKey", "#", 13310, "[0-9#*]?"),
        timeout_s=attributes.number("timeout", 5, 13313, at_least=1),
        action_on_empty_result=attributes.flag("actionOnEmptyResult", 13338, default=False),
    )


def _nested(element: ET.Element, warnings: Warnings) -> Verb:
    if element.tag not in {"Play", "Say", "Pause"} or (element.tag == "Play" and "digits" in element.attrib):
        warnings.append((12200, f"{element.tag} cannot stand in Gather"))
        return Unknown(element.tag)
    return _read_verb(element, warnings)


def _record(_: ET.Element, attributes: Attributes) -> Record:
    for name in ("transcribe", "transcribeCallback", "recordingConfigurationId"):
        attributes.text(name)
    return Record(
        action=attributes.optional("action"),
        method=attributes.method("method", 13610),
        timeout_s=attributes.number("timeout", 5, 13611),
        finish_on_key=attributes.keys("finishOnKey", ALL_KEYS, 13612, "[0-9#*]*"),
        max_length_s=attributes.number("maxLength", 3600, 13613, at_least=2, at_most=14400),
        play_beep=attributes.flag("playBeep", 13616, default=True),
        trim=attributes.keys("trim", "trim-silence", 13620, "trim-silence|do-not-trim") == "trim-silence",
        status_callback=attributes.text("recordingStatusCallback"),
        status_method=attributes.method("recordingStatusCallbackMethod", 13618),
        status_events=tuple(attributes.text("recordingStatusCallbackEvent", "completed").split()),
    )


def _redirect(element: ET.Element, attributes: Attributes) -> Redirect:
    return Redirect(_text(element), attributes.method("method", 13710))


def _reject(_: ET.Element, attributes: Attributes) -> Reject:
    reason = attributes.keys("reason", "rejected", 13820, "rejected|busy")
    return Reject("busy" if reason == "busy" else "rejected")


def _hangup(_: ET.Element, __: Attributes) -> Hangup:
    return Hangup()


READERS: dict[str, Callable[[ET.Element, Attributes], Verb]] = {
    "Play": _play,
    "Say": _say,
    "Pause": _pause,
    "Gather": _gather,
    "Record": _record,
    "Redirect": _redirect,
    "Reject": _reject,
    "Hangup": _hangup,
}
