"""Signatures, held against the carrier's own library and its published example."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.voice.forms import read_pairs
from ivr.voice.signature import Form, Signature

TOKEN = "12345"
ORACLE = RequestValidator(TOKEN)
FORM = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1")]
BASES = [
    "http://line.example.org",
    "http://line.example.org:80",
    "http://line.example.org:8080",
    "https://line.example.org",
    "https://line.example.org:443",
    "https://line.example.org:8443",
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=8)


def fits(base: str, path: str, form: Form, signature: str) -> bool:
    bare, _, query = path.partition("?")
    return Signature(base, TOKEN).fits(bare, query, form, signature)


def signed(url: str, form: Form) -> str:
    return str(ORACLE.compute_signature(url, MultiDict(form)))


def test_the_published_example_fits() -> None:
    """The carrier's own example, from its page on webhook security; its numbers are part of the hash."""
    form = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]

    assert fits("https://example.com", "/myapp.php?foo=1&bar=2", form, "L/OH5YylLD5NRKLltdqwSvS0BnU=")


@pytest.mark.parametrize(
    ("configured", "called"),
    [
        ("https://line.example.org", "https://line.example.org"),
        ("https://line.example.org", "https://line.example.org:443"),
        ("https://line.example.org:443", "https://line.example.org"),
        ("https://line.example.org:8443", "https://line.example.org:8443"),
        ("https://line.example.org:8443", "https://line.example.org"),
        ("http://line.example.org", "http://line.example.org:80"),
        ("http://line.example.org:80", "http://line.example.org"),
        ("http://line.example.org:8080", "http://line.example.org:8080"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_known_however_the_carrier_writes_its_port(configured: str, called: str) -> None:
    assert fits(configured, "/voice/incoming", FORM, signed(f"{called}/voice/incoming", FORM))


@pytest.mark.parametrize(
    ("configured", "called"),
    [
        ("https://line.example.org", "http://line.example.org"),
        ("http://line.example.org", "https://line.example.org"),
        ("https://line.example.org", "https://line.example.org:8443"),
        ("http://line.example.org:8080", "http://line.example.org"),
        ("http://line.example.org", "http://line.example.org:8080"),
        ("https://line.example.org", "https://line.example.com"),
        ("https://line.example.org", "https://user:word@line.example.org"),
    ],
)
def test_another_address_is_refused(configured: str, called: str) -> None:
    assert not fits(configured, "/voice/incoming", FORM, signed(f"{called}/voice/incoming", FORM))


@pytest.mark.parametrize(
    "path",
    [
        "/voice/incoming/",
        "/voice/incoming?",
        "/voice/incoming#rc=2",
        "/voice/Incoming",
        "/voice/incoming?a=1",
    ],
)
def test_another_path_is_refused(path: str) -> None:
    assert not fits(BASES[3], "/voice/incoming", FORM, signed(BASES[3] + path, FORM))


def test_a_query_counts_letter_by_letter() -> None:
    plus = signed(f"{BASES[3]}/x?number=%2B1202&l=en", FORM)

    assert fits(BASES[3], "/x?number=%2B1202&l=en", FORM, plus)
    assert not fits(BASES[3], "/x?number=+1202&l=en", FORM, plus)
    assert not fits(BASES[3], "/x?l=en&number=%2B1202", FORM, plus)


@pytest.mark.parametrize(
    "form",
    [
        [("Digits", "")],
        [("a", "")],
        [("a", "2"), ("a", "1"), ("a", "2")],
        [("b", "1"), ("A", "2"), ("a", "3")],
        [("Caller", " Siti "), ("City", "ភ្នំពេញ"), ("e", "é&=+%")],
        [("CallToken", '{"parentCallInfoToken":"x"}'), ("StirVerstat", "TN-Validation-Passed-A")],
        [],
    ],
    ids=["blank digits", "blank", "repeated", "order of letters", "not ASCII", "tokens", "no field"],
)
def test_every_field_counts_as_it_was_sent(form: Form) -> None:
    form = read_pairs(urlencode(form))

    signature = signed(f"{BASES[3]}/x", form)

    assert fits(BASES[3], "/x", form, signature)
    assert not fits(BASES[3], "/x", [*form, ("Digits", "9")], signature)


@pytest.mark.parametrize(
    "signature", ["", " ", "=", "L/OH5YylLD5NRKLltdqwSvS0BnU=", "é", "\x00", "a" * 10_000]
)
def test_what_is_no_signature_is_refused(signature: str) -> None:
    assert not fits(BASES[3], "/voice/incoming", FORM, signature)


def test_a_signature_with_another_token_is_refused() -> None:
    other = RequestValidator("another token").compute_signature(f"{BASES[3]}/x", MultiDict(FORM))

    assert not fits(BASES[3], "/x", FORM, other)


def test_without_a_token_no_check_is_made_at_all() -> None:
    with pytest.raises(ValueError, match="token"):
        Signature(BASES[3], "")


@given(base=st.sampled_from(BASES), form=FORMS, step=st.sampled_from(["menu", "pin"]), n=st.integers(0, 99))
def test_any_form_that_the_library_signs_fits(base: str, form: Form, step: str, n: int) -> None:
    path = f"/voice/turns/v/{step}?h=1&n={n}"

    assert fits(base, path, form, signed(base + path, form))


@given(form=FORMS, name=TEXTS.filter(bool), value=TEXTS)
def test_a_form_that_was_changed_on_the_way_does_not_fit(form: Form, name: str, value: str) -> None:
    changed = [*form, (name, value)]

    is_same = signed(BASES[3], changed) == signed(BASES[3], form)

    assert fits(BASES[3], "", changed, signed(BASES[3], form)) == is_same


@given(configured=st.sampled_from(BASES), called=st.sampled_from(BASES), form=FORMS)
def test_nothing_is_let_in_that_the_library_refuses(configured: str, called: str, form: Form) -> None:
    """We are the stricter: over HTTP the carrier keeps the port, so there it must be the right one."""
    signature = signed(f"{called}/x", form)

    ours = fits(configured, "/x", form, signature)
    library = ORACLE.validate(f"{configured}/x", MultiDict(form), signature)

    assert ours == (library and configured != "http://line.example.org:8080") or configured == called


@given(st.text(alphabet="ab=&%+2Cé /", max_size=30))
def test_a_form_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert read_pairs(text) == parse_qsl(text, keep_blank_values=True)


@given(FORMS)
def test_a_form_survives_the_way(form: Form) -> None:
    assert read_pairs(urlencode(form)) == form


def test_more_fields_than_any_carrier_posts_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        read_pairs("&".join(f"a{number}=1" for number in range(201)))
