"""What the carrier asks of an app, what it makes of the answers: items 1 to 20 and 80 of the fact sheet."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from twilio.request_validator import RequestValidator
from werkzeug.wrappers import Request, Response

from ivr.simulator.call import Address
from ivr.simulator.company import Number
from ivr.simulator.handset import HandsetCall
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.profiles import TWILIO
from ivr.simulator.signing import signature, signed_url
from ivr.simulator.webhooks import Asked, Courier, Patience, UndeliveredError, patience_of
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone, twiml

VECTOR = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675310",
    "Digits": "1234",
    "From": "+14158675310",
    "To": "+18005551212",
}
VECTOR_URL = "https://example.com/myapp.php?foo=1&bar=2"


def dial(company: OpenCompany) -> HandsetCall:
    return company.handset(CALLER).dial(HOTLINE).listen()


def use_voice_url(company: OpenCompany, app: App, url: str, *, fallback: bool = False) -> None:
    fallback_address = Address(app.url + "/voice/fallback") if fallback else None
    company.own(Number(HOTLINE, Address(app.url + url), fallback=fallback_address))


def codes(call: HandsetCall) -> list[int]:
    return [trouble.code for trouble in call.errors]


def test_01_a_voice_request_carries_the_standard_set(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", "<Hangup/>")

    call = dial(company)
    form = app.asked("/voice/incoming")[0].form

    assert (
        form.items()
        >= {
            "CallSid": call.call.sid,
            "AccountSid": ACCOUNT,
            "From": CALLER,
            "To": HOTLINE,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }.items()
    )


def test_02_its_signature_covers_the_query_and_not_the_fragment(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming?line=1#rc=1")
    app.says("/voice/incoming", "<Hangup/>")

    dial(company)
    seen = app.asked("/voice/incoming")[0]

    assert seen.url == app.url + "/voice/incoming?line=1"
    assert RequestValidator(TOKEN).validate(seen.url, seen.form, seen.headers["X-Twilio-Signature"])


def test_03_the_published_vector_is_reproduced() -> None:
    assert signature("12345", VECTOR_URL, VECTOR) == "L/OH5YylLD5NRKLltdqwSvS0BnU="


def test_03_userinfo_and_the_port_of_https_stay_outside_the_signature() -> None:
    assert signed_url("https://user:word@example.com:8443/x?y=1#rc=2") == "https://example.com/x?y=1"
    assert signed_url("http://example.com:8080/x") == "http://example.com:8080/x"


def test_04_a_get_request_has_everything_in_the_signed_query(app: App, company: OpenCompany) -> None:
    company.own(Number(HOTLINE, Address(app.url + "/voice/incoming?line=1", "GET")))
    app.says("/voice/incoming", "<Hangup/>")

    dial(company)
    seen = app.asked("/voice/incoming")[0]

    assert (seen.method, seen.form, seen.args["line"], seen.args["From"]) == ("GET", {}, "1", CALLER)
    assert RequestValidator(TOKEN).validate(seen.url, {}, seen.headers["X-Twilio-Signature"])


@pytest.mark.parametrize(
    "changed",
    [
        lambda seen: (seen.url, {**seen.form, "From": "+447700900999"}),
        lambda seen: (seen.url.replace("127.0.0.1", "localhost"), seen.form),
        lambda seen: (seen.url.replace("http:", "https:"), seen.form),
        lambda seen: (seen.url + "/", seen.form),
    ],
    ids=["parameter", "host", "scheme", "slash"],
)
def test_05_whatever_is_changed_breaks_the_signature(
    app: App, company: OpenCompany, changed: Callable[..., tuple[str, dict[str, str]]]
) -> None:
    app.says("/voice/incoming", "<Hangup/>")

    dial(company)
    seen = app.asked("/voice/incoming")[0]

    assert not RequestValidator(TOKEN).validate(*changed(seen), seen.headers["X-Twilio-Signature"])


def test_06_now_and_then_an_unknown_parameter_is_sent_and_signed(app: App, company: OpenCompany) -> None:
    company.mischief.extra_parameter_every = 2
    app.says("/voice/incoming", "<Redirect>/next</Redirect>")
    app.says("/next", "<Hangup/>")

    dial(company)
    first, second = app.asked("/voice/incoming")[0], app.asked("/next")[0]

    assert "NotYetAnnounced" not in first.form
    assert "NotYetAnnounced" in second.form
    assert RequestValidator(TOKEN).validate(second.url, second.form, second.headers["X-Twilio-Signature"])


def test_07_a_cookie_comes_back_in_the_same_call_only(app: App, company: OpenCompany) -> None:
    def with_cookie(_: Request) -> Response:
        response = twiml("<Redirect>/next</Redirect>")
        response.set_cookie("place", "here")
        return response

    app.on("/voice/incoming", with_cookie)
    app.says("/next", "<Hangup/>")

    dial(company)
    dial(company)
    cookies = [
        seen.headers.get("Cookie") for path in ("/voice/incoming", "/next") for seen in app.asked(path)
    ]

    assert cookies == [None, None, "place=here", "place=here"]


def test_08_ten_redirects_are_followed_and_the_eleventh_is_not(app: App, company: OpenCompany) -> None:
    def onward(request: Request) -> Response:
        place = int(request.args.get("n", "0"))
        if place == last:
            return twiml("<Say>There</Say>")
        return Response("", 302, {"Location": f"/voice/incoming?n={place + 1}"})

    use_voice_url(company, app, "/voice/incoming")
    app.on("/voice/incoming", onward)

    last = 10
    arrived = dial(company)
    last = 11
    lost = dial(company)

    assert (arrived.heard[0].text, codes(arrived)) == ("There", [])
    assert codes(lost) == [11215]


def test_09_a_302_on_a_gather_action_is_followed_without_digits(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/moved"/>')
    app.on("/moved", Response("", 302, {"Location": "/here"}))
    app.says("/here", "<Hangup/>")

    dial(company).press("1")

    assert app.asked("/moved")[0].fields["Digits"] == "1"
    assert "Digits" not in app.asked("/here")[0].fields
    assert app.asked("/here")[0].fields["From"] == CALLER


class RefusesOnce(httpx.BaseTransport):
    def __init__(self) -> None:
        self.attempts = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.attempts += 1
        if self.attempts == 1:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(200, stream=httpx.ByteStream(b""))


def test_10_a_refused_connection_is_tried_a_second_time() -> None:
    transport = RefusesOnce()

    answered = Courier(TWILIO, TOKEN, transport).deliver(Asked("http://app.test/voice"))

    assert (answered.status, transport.attempts) == (200, 2)


def test_10_nobody_there_is_an_error_of_the_carrier() -> None:
    courier = Courier(TWILIO, TOKEN)
    with pytest.raises(UndeliveredError) as raised:
        courier.deliver(Asked("http://127.0.0.1:1/voice"))
    courier.close()

    assert raised.value.code == 11202


def test_10_a_500_is_not_tried_again(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming")
    app.on("/voice/incoming", Response("", 500))

    call = dial(company)

    assert len(app.asked("/voice/incoming")) == 1
    assert codes(call) == [11217]


def test_11_a_fragment_asks_for_three_tries_under_one_token(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming#rc=2&rp=5xx")
    app.on("/voice/incoming", Response("", 500), Response("", 502), twiml("<Say>At last</Say>"))

    call = dial(company)
    tokens = {seen.headers["I-Twilio-Idempotency-Token"] for seen in app.asked("/voice/incoming")}

    assert (len(app.asked("/voice/incoming")), len(tokens)) == (3, 1)
    assert call.heard[0].text == "At last"


def test_11_an_impatient_fragment_cannot_go_beyond_the_ceilings() -> None:
    patience = patience_of("http://app.test/#ct=99999&rt=1&tt=16000&rc=9&rp=4xx,rt")

    assert patience == Patience(10.0, 0.1, 15.0, 5, frozenset({"4xx", "rt"}))


def test_12_no_answer_in_time_leads_to_the_fallback(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming#tt=200", fallback=True)
    never = threading.Event()
    app.on("/voice/incoming", lambda _: (never.wait(1), twiml("<Say>Too late</Say>"))[1])
    app.says("/voice/fallback", "<Say>Please call again</Say>")

    call = dial(company)
    form = app.asked("/voice/fallback")[0].form

    assert (form["ErrorCode"], urlsplit(form["ErrorUrl"]).path) == ("11203", "/voice/incoming")
    assert [heard.text for heard in call.heard] == ["Please call again"]


def test_12_the_usual_patience_is_fifteen_seconds() -> None:
    assert patience_of("http://app.test/voice") == Patience(5.0, 15.0, 15.0, 1, frozenset({"ct"}))


def test_13_without_fallback_the_carrier_apologises_and_hangs_up(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming")

    call = dial(company)

    assert "application error" in call.heard[0].text
    assert call.ended_by == "hotline"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b' <?xml version="1.0"?><Response/>', 12100),
        (b"<Response><Say>Hello</say></Response>", 12100),
        (b"", 12100),
        (b"<response/>", 12102),
        (b"<Response>" + b" " * 65536 + b"</Response>", 11750),
    ],
    ids=["space before declaration", "end tag", "nothing", "another root", "over 64 kB"],
)
def test_14_and_16_a_document_that_cannot_be_read_has_its_code(
    app: App, company: OpenCompany, body: bytes, code: int
) -> None:
    use_voice_url(company, app, "/voice/incoming")
    app.on("/voice/incoming", Response(body, content_type="text/xml"))

    assert codes(dial(company)) == [code]


def test_15_a_misspelt_verb_is_reported_and_not_spoken(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", '<say>Quiet</say><Say voise="x">Loud</Say>')

    call = dial(company)

    assert [heard.text for heard in call.heard] == ["Loud"]
    assert [(trouble.code, trouble.is_fatal) for trouble in call.errors] == [(12200, False)] * 2


def test_17_an_answer_without_content_type_is_an_error(app: App, company: OpenCompany) -> None:
    def untyped(_: Request) -> Response:
        response = twiml("<Say>Hello</Say>")
        del response.headers["Content-Type"]
        return response

    use_voice_url(company, app, "/voice/incoming")
    app.on("/voice/incoming", untyped)

    assert codes(dial(company)) == [11200]


@pytest.mark.parametrize(
    ("content_type", "said"),
    [("text/html; charset=utf-8", "Hello"), ("application/xml", "Hello"), ("text/plain", "Hello")],
)
def test_17_several_content_types_may_carry_a_document(
    app: App, company: OpenCompany, content_type: str, said: str
) -> None:
    app.on("/voice/incoming", Response("<Response><Say>Hello</Say></Response>", content_type=content_type))

    assert [heard.text for heard in dial(company).heard] == [said]


def test_17_plain_text_is_read_aloud_and_json_is_an_error(app: App, company: OpenCompany) -> None:
    use_voice_url(company, app, "/voice/incoming")
    app.on(
        "/voice/incoming",
        Response("Good morning", content_type="text/plain"),
        Response("{}", content_type="application/json"),
    )

    assert [heard.text for heard in dial(company).heard] == ["Good morning"]
    assert codes(dial(company)) == [12300]


def test_18_a_sound_as_answer_is_played_and_ends_the_call(app: App, company: OpenCompany) -> None:
    app.on("/voice/incoming", Response(tone(3.0), content_type="audio/x-wav"))

    call = dial(company)

    assert [heard.played_s for heard in call.heard] == [3.0]
    assert call.ended_by == "hotline"
    assert len(app.seen) == 1


def test_19_a_relative_action_is_resolved_against_the_document(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", "<Redirect>deep/er</Redirect>")
    app.says("/voice/deep/er", '<Gather numDigits="1" action="../menu"/>')
    app.says("/voice/menu", "<Hangup/>")

    dial(company).press("1")

    assert app.asked("/voice/menu")[0].form["Digits"] == "1"


def test_20_the_end_of_the_document_hangs_up(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", "<Say>Short</Say>")

    call = dial(company)
    company.settle()

    assert call.ended_by == "hotline"
    assert app.asked("/voice/status")[0].form["CallStatus"] == "completed"


def test_80_a_callback_that_is_answered_500_changes_nothing(app: App, company: OpenCompany) -> None:
    app.says("/voice/incoming", '<Record action="/kept" recordingStatusCallback="/recorded"/>')
    app.says("/kept", "<Pause length='3'/><Say>Thank you</Say>")
    app.on("/recorded", Response("", 500))

    call = dial(company).speak(tone(2.0), then="key")
    call.listen()
    company.settle()

    assert [heard.text for heard in call.heard] == ["Thank you"]
    assert [(trouble.code, trouble.is_fatal) for trouble in call.errors] == [(15003, False)]
    assert len(app.asked("/recorded")) == 1
