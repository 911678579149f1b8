"""What software may suggest from words, and what it may not."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription import suggestion
from transcription.audio import read_recording, tidy
from transcription.recognizer import Recognizer
from transcription.suggestion import NOTHING, Kind, Suggestion, TaxonomyError, load_taxonomy, suggest
from transcription.transcript import Transcript, Word

TAXONOMY = load_taxonomy()
EXPECTED = {
    "01-passport": ({"document_retention"}, "soon"),
    "02-not-paid": ({"wages"}, "soon"),
    "03-long-silence": ({"mental_wellbeing"}, "soon"),
    "04-silent": (set(), None),
    "05-noise-only": (set(), None),
    "06-phone-number": ({"peer_contact"}, "routine"),
    "07-urgent": ({"confinement", "violence_verbal"}, "emergency"),
    "08-injured": ({"osh_accident", "health_maternity"}, "urgent"),
    "09-pregnant-fired": ({"wages", "health_maternity", "leaving_job"}, "soon"),
    "10-debt-long": ({"recruitment_debt", "document_retention", "hours_rest"}, "soon"),
    "11-touched-me": ({"violence_sexual"}, "urgent"),
    "12-bad-line": ({"status_documentation"}, "soon"),
}


def said(text: str, language: str = "en") -> Suggestion:
    words = tuple(Word(word, 0, 0, 1.0) for word in text.split())
    return suggest(Transcript(words, "m", language), TAXONOMY)


def kinds(found: Suggestion) -> set[str]:
    return {kind.id for kind in found.kinds}


def test_each_sample_is_suggested_what_it_is_about(speech: Path, sample: str, recognizer: Recognizer) -> None:
    sound = tidy(read_recording((speech / f"{sample}.wav").read_bytes()))
    found = suggest(recognizer.transcribe(sound, longest_s=20), TAXONOMY)

    expected, urgency = EXPECTED[sample]
    assert expected <= kinds(found)
    assert found.urgency == urgency


@pytest.mark.parametrize(
    "text",
    [
        "he will kill me",
        "they locked me in the house",
        "i am locked in",
        "he has a knife",
        "he showed a weapon",
        "i want to kill myself",
        "she drank poison",
    ],
)
def test_words_of_danger_are_an_emergency_whatever_else_is_said(text: str) -> None:
    assert said(f"hello {text} thank you for listening").urgency == "emergency"


@pytest.mark.parametrize("text", ["he comes at night", "something happened", "i am ashamed"])
def test_soft_words_hint_at_sexual_violence(text: str) -> None:
    found = said(text)

    assert "violence_sexual" in kinds(found)
    assert found.urgency == "urgent"


def test_an_unpaid_woman_without_food_is_urgent() -> None:
    assert said("they have not paid my salary").urgency == "soon"
    assert said("they have not paid my salary and i have no food").urgency == "urgent"


def test_a_kind_that_raises_another_does_so() -> None:
    assert said("they keep my passport and the gate has a guard").urgency == "urgent"


def test_a_pregnant_woman_who_is_beaten_is_an_emergency() -> None:
    found = said("my husband beat me and i am pregnant")

    assert found.urgency == "emergency"
    assert "pregnant" in found.danger_signs


def test_a_plain_word_stands_for_its_forms_and_an_inflected_one_for_itself() -> None:
    assert "violence_sexual" in kinds(said("he touched me"))
    assert "service_feedback" in kinds(said("your people called me"))
    assert "service_feedback" not in kinds(said("please call me"))


def test_a_question_is_only_a_question_when_nothing_worse_is_said() -> None:
    assert kinds(said("what is the law and the price")) == {"information_request"}
    assert "information_request" not in kinds(said("what is the law when they cut my pay"))


@pytest.mark.parametrize("text", ["", "one two three"])
def test_without_a_hint_nothing_is_suggested(text: str) -> None:
    assert said(text) == NOTHING


def test_words_of_another_language_suggest_nothing() -> None:
    assert said("kill me", language="vi") == NOTHING


def test_english_of_another_country_is_english() -> None:
    assert said("he will kill me", language="en-IN").urgency == "emergency"


def test_suggested_phrases_are_those_of_the_taxonomy_not_the_callers() -> None:
    (kind,) = said("the passports of siti").kinds

    assert kind.phrases == ("passport",)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(sorted({p.text for k in TAXONOMY.kinds for p in k.phrases})), max_size=8))
def test_urgency_is_never_below_that_of_any_kind_suggested(phrases: list[str]) -> None:
    found = said(" ".join(phrases))

    least = {kind.id: kind.urgency for kind in TAXONOMY.kinds}
    for kind in found.kinds:
        assert found.urgency is not None
        assert TAXONOMY.urgencies.index(found.urgency) <= TAXONOMY.urgencies.index(least[kind.id])


@pytest.mark.parametrize("kind", TAXONOMY.kinds, ids=lambda kind: kind.id)
def test_every_phrase_of_a_kind_is_found_when_it_is_said(kind: Kind) -> None:
    missed = [phrase.text for phrase in kind.phrases if not suggestion._Heard(phrase.text).has(phrase)]

    assert kind.phrases
    assert missed == []


def test_a_sign_that_nothing_defines_is_refused(tmp_path: Path) -> None:
    source = Path(suggestion.__file__).with_name("taxonomy.yaml")
    document = yaml.safe_load(source.read_text())
    document["categories"][0]["raise_if"] = ["never_defined"]
    broken = tmp_path / "taxonomy.yaml"
    broken.write_text(yaml.safe_dump(document))

    with pytest.raises(TaxonomyError, match="never_defined"):
        load_taxonomy(broken)
