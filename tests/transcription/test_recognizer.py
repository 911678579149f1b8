"""Vosk itself with the tiny model: words, times, limits, broken models, forked children."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from transcription.audio import Recording, read_recording, tidy
from transcription.models import BUNDLED_MODELS, BUNDLED_NAME
from transcription.recognizer import ModelError, Recognizer, TranscriptionTimeoutError
from transcription.transcript import Transcript

TINY = BUNDLED_MODELS / BUNDLED_NAME


def heard(recognizer: Recognizer, speech: Path, name: str) -> Transcript:
    recording = tidy(read_recording((speech / f"{name}.wav").read_bytes()))
    return recognizer.transcribe(recording, longest_s=20)


def word_errors(said: list[str], understood: list[str]) -> int:
    """Return the fewest insertions, deletions and substitutions between the two."""
    row = list(range(len(understood) + 1))
    for said_so_far, word in enumerate(said, 1):
        diagonal, row[0] = row[0], said_so_far
        for place, other in enumerate(understood, 1):
            diagonal, row[place] = (
                row[place],
                min(row[place] + 1, row[place - 1] + 1, diagonal + (word != other)),
            )
    return row[-1]


def test_the_samples_are_understood_as_well_as_the_model_promises(
    speech: Path, recognizer: Recognizer
) -> None:
    said = {path.stem: path.read_text().split() for path in speech.glob("*.txt")}

    errors = sum(
        word_errors(words, heard(recognizer, speech, name).text.split()) for name, words in said.items()
    )

    assert len(said) == 12
    assert errors / sum(map(len, said.values())) <= 0.015


def test_word_times_are_in_order_and_inside_the_sound(
    speech: Path, sample: str, recognizer: Recognizer
) -> None:
    recording = tidy(read_recording((speech / f"{sample}.wav").read_bytes()))

    words = recognizer.transcribe(recording, longest_s=20).words

    times = [time for word in words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert not times or (times[0] >= 0 and times[-1] <= recording.duration_ms)
    assert all(0 <= word.confidence <= 1 for word in words)


def test_words_after_a_long_silence_have_their_true_times(speech: Path, recognizer: Recognizer) -> None:
    words = heard(recognizer, speech, "03-long-silence").words

    sorry = next(word for word in words if word.text == "sorry")
    assert sorry.start_ms > 22_000


@pytest.mark.parametrize("name", ["04-silent", "05-noise-only"])
def test_silence_and_noise_have_no_words(speech: Path, recognizer: Recognizer, name: str) -> None:
    assert heard(recognizer, speech, name).is_empty


def test_a_second_recording_begins_at_its_own_zero(speech: Path, recognizer: Recognizer) -> None:
    first, second = (heard(recognizer, speech, "07-urgent") for _ in range(2))

    assert first == second


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_a_recording_of_another_rate_is_understood(
    speech: Path, recognizer: Recognizer, rate_hz: int
) -> None:
    narrow = tidy(read_recording((speech / "07-urgent.wav").read_bytes()))
    wide = Recording(np.repeat(narrow.samples, rate_hz // 8000), rate_hz)

    assert "locked in the bathroom" in recognizer.transcribe(wide, longest_s=20).text


def test_an_hour_of_noise_ends_at_its_time_limit(recognizer: Recognizer, noise: Recording) -> None:
    began = time.monotonic()

    with pytest.raises(TranscriptionTimeoutError):
        recognizer.transcribe(noise, longest_s=0.5)

    assert time.monotonic() - began < 3


def test_a_minute_of_silence_takes_a_moment(recognizer: Recognizer) -> None:
    silence = Recording(np.zeros(8000 * 60, np.int16), 8000)

    assert recognizer.transcribe(silence, longest_s=20).is_empty


def test_a_model_says_its_name_language_and_rate(recognizer: Recognizer) -> None:
    assert (recognizer.name, recognizer.language, recognizer.sample_rate_hz) == (BUNDLED_NAME, "en", 8000)


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "model-of-ours"
    shutil.copytree(TINY, folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_model_from_elsewhere_may_state_its_language(model: Path) -> None:
    assert Recognizer.load(model).language == "und"

    (model / "LANGUAGE").write_text("th\n")

    assert Recognizer.load(model).language == "th"


@pytest.mark.parametrize("file", ["am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/words.txt"])
def test_a_model_without_a_file_names_the_file(model: Path, file: str) -> None:
    (model / file).unlink()

    with pytest.raises(ModelError, match=f"model-of-ours: .*{file}"):
        Recognizer.load(model)


@pytest.mark.parametrize("file", ["am/final.mdl", "graph/HCLG.fst", "graph/words.txt"])
def test_a_model_with_a_file_cut_off_names_the_file(model: Path, file: str) -> None:
    os.truncate(model / file, 5000)

    with pytest.raises(ModelError, match=file):
        Recognizer.load(model)


@pytest.mark.parametrize("rate", ["0", "-8000", "many"])
def test_a_rate_that_would_never_end_is_refused(model: Path, rate: str) -> None:
    (model / "conf/mfcc.conf").write_text(f"--sample-frequency={rate}\n")

    with pytest.raises(ModelError, match="sample rate"):
        Recognizer.load(model)


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere: the folder is missing"):
        Recognizer.load(tmp_path / "nowhere")


# Python 3.12 warns of any thread beside a fork, such as the test runner's own.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_two_children_decode_at_once_what_the_parent_loaded(speech: Path, recognizer: Recognizer) -> None:
    expected = heard(recognizer, speech, "07-urgent").to_json()

    assert _in_children(lambda: heard(recognizer, speech, "07-urgent").to_json(), 2) == [expected] * 2


def _in_children(work: Callable[[], str], number: int) -> list[str]:
    """Return what forked children of this process say, all working at the same time."""
    pipes = [_fork(work) for _ in range(number)]
    said = [_read(pipe) for _, pipe in pipes]
    for child, _ in pipes:
        os.waitpid(child, 0)
    return said


def _fork(work: Callable[[], str]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, work().encode())
        finally:
            os._exit(0)
    os.close(writing)
    return child, reading


def _read(pipe: int) -> str:
    with os.fdopen(pipe) as reader:
        return reader.read()
