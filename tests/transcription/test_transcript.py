"""Words with times, in and out of JSON."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.transcript import UNKNOWN_WORD, Transcript, TranscriptFormatError, Word

words = st.builds(
    Word,
    text=st.text(min_size=1),
    start_ms=st.integers(0, 10**7),
    end_ms=st.integers(0, 10**7),
    confidence=st.floats(0, 1),
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(words).map(tuple), st.text(), st.text())
def test_a_transcript_comes_back_from_json_as_it_was(
    heard: tuple[Word, ...], model: str, language: str
) -> None:
    transcript = Transcript(heard, model, language)

    assert Transcript.from_json(transcript.to_json()) == transcript


@pytest.mark.parametrize(
    "text",
    [
        "",
        "passport",
        "null",
        "[]",
        "{}",
        '{"version":2,"model":"m","language":"en","words":[]}',
        '{"version":1,"model":"m","language":"en","words":[["passport",0]]}',
        '{"version":1,"model":"m","language":"en","words":[["passport","x",0,1]]}',
    ],
)
def test_what_is_no_transcript_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(TranscriptFormatError) as refused:
        Transcript.from_json(text)

    assert "passport" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_the_text_is_all_words_in_a_row() -> None:
    transcript = Transcript((Word("please", 0, 200, 1.0), Word("help", 250, 400, 0.9)), "m", "en")

    assert transcript.text == "please help"
    assert not transcript.is_empty


def test_a_transcript_without_words_is_empty() -> None:
    assert Transcript((), "m", "en").is_empty


def test_words_to_doubt_are_the_unsure_and_the_unknown() -> None:
    sure, unsure = Word("help", 0, 1, 0.9), Word("kelp", 1, 2, 0.6)
    unknown = Word(UNKNOWN_WORD, 2, 3, 1.0)

    assert Transcript((sure, unsure, unknown), "m", "en").unsure() == (unsure, unknown)
    assert Transcript((sure, unsure, unknown), "m", "en").unsure(0.5) == (unknown,)
