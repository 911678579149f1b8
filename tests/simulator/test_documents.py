"""Documents: what the carrier's own library writes is understood, and nothing makes the reader stumble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Gather as WrittenGather
from twilio.twiml.voice_response import VoiceResponse

from ivr.simulator.documents import Document, DocumentError, read_document
from ivr.simulator.grammar import Gather, Hangup, Pause, Play, Record, Redirect, Reject, Say, Verb

URL = "http://app.test/voice"
NAMES = ("Response", "Say", "Play", "Gather", "Record", "Reject", "Pause", "Redirect", "Dial", "say")
ATTRIBUTES = ("loop", "length", "timeout", "numDigits", "finishOnKey", "action", "method", "maxLength", "x")


def verbs(inner: str) -> tuple[Verb, ...]:
    return read_document(f"<Response>{inner}</Response>".encode(), URL).verbs


def test_what_the_carriers_library_writes_is_read_without_a_warning() -> None:
    response = VoiceResponse()
    gather = WrittenGather(
        action="/menu",
        method="GET",
        num_digits=3,
        finish_on_key="*",
        timeout=9,
        action_on_empty_result=True,
        input="dtmf",
    )
    gather.play("/a.wav", loop=2)
    gather.say("Hello", language="en", voice="alice")
    gather.pause(length=2)
    response.append(gather)
    response.record(
        action="/kept",
        timeout=4,
        finish_on_key="#",
        max_length=120,
        play_beep=False,
        trim="do-not-trim",
        recording_status_callback="/recorded",
        recording_status_callback_method="GET",
        recording_status_callback_event="in-progress completed",
    )
    response.redirect("/next", method="GET")
    response.reject(reason="busy")
    response.hangup()

    document = read_document(str(response).encode(), URL)

    assert document.warnings == ()
    assert document.verbs == (
        Gather((Play("/a.wav", 2), Say("Hello", "en"), Pause(2)), "/menu", "GET", 3, "*", 9, True),  # noqa: FBT003  (in the order of the class)
        Record("/kept", "POST", 4, "#", 120, False, False, "/recorded", "GET", ("in-progress", "completed")),  # noqa: FBT003  (the same)
        Redirect("/next", "GET"),
        Reject("busy"),
        Hangup(),
    )


def test_comments_and_spaces_say_nothing() -> None:
    assert verbs("<!-- aside -->\n  <Say>\n Good \n morning </Say>") == (Say("Good morning"),)


@pytest.mark.parametrize(
    ("inner", "verb", "code"),
    [
        ('<Gather timeout="0"/>', Gather(), 13313),
        ('<Gather numDigits="many"/>', Gather(), 13314),
        ('<Gather actionOnEmptyResult="yes"/>', Gather(), 13338),
        ('<Record maxLength="1"/>', Record(), 13613),
        ('<Play loop="-1">/a.wav</Play>', Play("/a.wav"), 13410),
        ('<Pause length="0"/>', Pause(), 13910),
        ("<Gather><Record/></Gather>", Gather(), 12200),
        ('<Gather><Play digits="1"/></Gather>', Gather(), 12200),
        ('<Hangup now="true"/>', Hangup(), 12200),
    ],
)
def test_a_value_that_cannot_be_used_is_a_warning_and_the_default_holds(
    inner: str, verb: Verb, code: int
) -> None:
    document = read_document(f"<Response>{inner}</Response>".encode(), URL)

    assert document.verbs == (verb,)
    assert [number for number, _ in document.warnings] == [code]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_document_or_an_error_with_a_code(body: bytes) -> None:
    try:
        outcome: Document | DocumentError = read_document(body, URL)
    except DocumentError as error:
        outcome = error

    assert isinstance(outcome, Document) or outcome.code in {11750, 12100, 12102}


elements = st.recursive(
    st.builds(
        lambda name, attribute, value: f'<{name} {attribute}="{value}"/>',
        st.sampled_from(NAMES),
        st.sampled_from(ATTRIBUTES),
        st.text("0123456789abc#* -", max_size=6),
    ),
    lambda inner: st.builds(
        lambda name, parts: f"<{name}>{''.join(parts)}</{name}>",
        st.sampled_from(NAMES),
        st.lists(inner, max_size=3),
    ),
    max_leaves=8,
)


@given(st.lists(elements, max_size=5))
def test_any_mixture_of_elements_is_read_with_at_most_warnings(parts: list[str]) -> None:
    document = read_document(f"<Response>{''.join(parts)}</Response>".encode(), URL)

    assert len(document.verbs) == len(parts)
