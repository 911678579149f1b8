"""The catalogue: its texts, the rules of their wording, and how they are cut."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.catalogue import HERE, Catalogue, Segment, Slot, cut
from prompts.errors import CatalogueError, MissingTextError, UnknownLanguageError, UnknownPromptError

Edit = Callable[[str, str], None]
LANGUAGES = ["en", "id"]


def test_every_reachable_prompt_has_a_text_in_every_language(catalogue: Catalogue) -> None:
    for language in LANGUAGES:
        assert [p for p in catalogue.reachable() if p not in catalogue.language(language).texts] == []


@pytest.mark.parametrize(("language", "press"), [("en", "press"), ("id", "tekan")])
def test_the_action_is_said_before_the_key(catalogue: Catalogue, language: str, press: str) -> None:
    texts = [catalogue.text(language, prompt).lower() for prompt in catalogue.reachable()]
    key_first = re.compile(rf"(^|[.?!] ){press} (\w+|{{key}}) (to|for|untuk|jika)\b")

    assert [text for text in texts if key_first.search(text)] == []


def test_what_is_heard_before_a_key_tells_nothing(catalogue: Catalogue) -> None:
    telling = re.compile(
        r"women|woman|rights|violence|hotline|migrant|abuse|afraid|hurt|danger|police", re.IGNORECASE
    )
    neutral = [p for p in catalogue.reachable() if not catalogue.prompt(p).private]

    assert {"welcome", "main_menu", "quick_end", "harmless", "one_moment", "goodbye_neutral"} <= set(neutral)
    assert [p for p in neutral if p != "goodbye" and telling.search(catalogue.text("en", p))] == []


def test_no_reachable_prompt_promises_a_call_or_an_answer(catalogue: Catalogue) -> None:
    promise = re.compile(r"we will call|call you back|you will be called|will answer", re.IGNORECASE)

    assert [p for p in catalogue.reachable() if promise.search(catalogue.text("en", p))] == []


def test_every_element_of_consent_is_said_or_behind_one_key(catalogue: Catalogue) -> None:
    layers = ("consent_main", "consent_limits", "consent_keys", "consent_more")
    said = " ".join(catalogue.text("en", layer) for layer in layers)

    for element in (
        "record your voice",
        "own computer writes it",
        "trained staff read it",
        "only if you ask",
        "child is in danger",
        "erased {days} days after",
        "erased after two years",
        "do not see your phone number",
        "If you say no, we still help you",
    ):
        assert element in said


@given(
    st.lists(st.sampled_from(["{digits}", "{key}", "One two.", "three", ". Again, ", " ", "!"]), max_size=8)
)
def test_cutting_a_text_keeps_every_word_and_gap_in_order(pieces: list[str]) -> None:
    text = " ".join(pieces)

    parts = list(cut("some", text))

    kept = " ".join(f"{{{part.name}}}" if isinstance(part, Slot) else part.text for part in parts)
    assert re.findall(r"\{\w+\}|\w+", kept) == re.findall(r"\{\w+\}|\w+", text)
    assert all(re.match(r"\w", part.text) for part in parts if isinstance(part, Segment))


def test_a_text_with_gaps_is_cut_into_numbered_clips(catalogue: Catalogue) -> None:
    assert catalogue.parts("en", "case_number") == (
        Segment("case_number.1", "Your case number is"),
        Slot("digits", "."),
        Segment("case_number.2", "Again,"),
        Slot("digits", "."),
        Segment("case_number.3", "Please remember it. You need not write it down."),
    )


def test_each_language_offers_itself_in_its_own_words(catalogue: Catalogue) -> None:
    for language in LANGUAGES:
        endonym = catalogue.language(language).endonym.lower()

        assert endonym in catalogue.text(language, "language_item").lower()


def test_an_answering_machine_is_told_nothing(catalogue: Catalogue) -> None:
    assert catalogue.parts("en", "out_voicemail") == ()


def test_what_is_unknown_is_named(folder: Path) -> None:
    texts = (HERE / "texts/id.yaml").read_text("utf-8")
    (folder / "texts/id.yaml").write_text(re.sub(r"(?m)^  cost_paid: .*\n", "", texts), "utf-8")
    catalogue = Catalogue.load(folder)

    with pytest.raises(UnknownPromptError, match="no_such"):
        catalogue.text("en", "no_such")
    with pytest.raises(UnknownLanguageError, match="xx"):
        catalogue.text("xx", "welcome")
    with pytest.raises(MissingTextError, match=r"cost_paid.*id"):
        catalogue.text("id", "cost_paid")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{id: one_moment,", "{id: welcome,", "stands twice"),
        ("{id: one_moment,", "{id: one_moment, colour: red,", "colour"),
        ("endonym: English", "endonim: English", "endonym"),
        ("format: 1", "format: [", "cannot be read"),
    ],
)
def test_a_catalogue_that_is_written_wrongly_is_refused(
    folder: Path, edit: Edit, old: str, new: str, named: str
) -> None:
    edit(old, new)

    with pytest.raises(CatalogueError, match=named):
        Catalogue.load(folder)


def test_a_translation_of_an_unknown_prompt_is_refused(folder: Path) -> None:
    texts = (HERE / "texts/id.yaml").read_text("utf-8")
    (folder / "texts/id.yaml").write_text(texts + "  no_such: Halo.\n", "utf-8")

    with pytest.raises(CatalogueError, match="no_such"):
        Catalogue.load(folder)
