"""A recogniser listens to the English drafts, as far as it knows their words.

Names of days, countries and the like are left out: a word alone is what it was least made for.
It is small, knows 785 words and expects other sentences than ours, so the figures say little about people.
They say whether the drafts are speech and whether a change makes them worse.
Measured: 33 errors in 121 words.
"""

import re

import pytest

from prompts import g711
from prompts.catalogue import Catalogue, Clip
from prompts.names import each_name
from prompts.recordings import clip_path
from prompts.sounds import SoundLibrary, Spoken
from transcription.audio import Recording, read_recording
from transcription.models import BUNDLED_MODELS, BUNDLED_NAME
from transcription.recognizer import Recognizer

TINY = BUNDLED_MODELS / BUNDLED_NAME


@pytest.fixture(scope="module")
def recognizer() -> Recognizer:
    return Recognizer.load(TINY)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("-", " "))


def known_clips(catalogue: Catalogue) -> list[Clip]:
    names = {name for name, _ in each_name(catalogue.language("en").names)}
    known = {line.split()[0] for line in (TINY / "graph/words.txt").read_text().splitlines()}
    return [
        clip
        for clip in catalogue.clips("en").values()
        if words_of(clip.text) and known >= {*words_of(clip.text)} and clip.name not in names
    ]


def errors(said: list[str], understood: list[str]) -> int:
    """Return the fewest insertions, deletions and substitutions between the two."""
    row = list(range(len(understood) + 1))
    for length, word in enumerate(said, 1):
        corner, row[0] = row[0], length
        for place, other in enumerate(understood, 1):
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, corner + (word != other))
    return row[-1]


def test_two_words_of_three_are_understood(catalogue: Catalogue, recognizer: Recognizer) -> None:
    wrong = spoken = 0
    for clip in known_clips(catalogue):
        samples = g711.from_wav(clip_path(catalogue.folder, "en", clip.name).read_bytes())
        understood = recognizer.transcribe(Recording(samples, 8000), longest_s=20).text
        wrong += errors(words_of(clip.text), words_of(understood.replace("[unk]", "")))
        spoken += len(words_of(clip.text))

    assert spoken >= 100
    assert wrong / spoken <= 0.33


@pytest.mark.parametrize(("digits", "said"), [("112", "one one two"), ("999", "nine nine nine")])
def test_an_emergency_number_is_understood_both_times(
    library: SoundLibrary, recognizer: Recognizer, digits: str, said: str
) -> None:
    (sound,) = library.sounds([Spoken("emergency_number", "en", (("digits", digits),))])

    understood = recognizer.transcribe(read_recording(library.wav(sound.key) or b""), longest_s=20).text

    assert understood.startswith(f"the number is {said} again {said} ")
