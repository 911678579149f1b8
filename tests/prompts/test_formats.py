"""The file formats: mu-law, and the words that a sound carries."""

import io
import warnings
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import g711
from prompts.errors import UnreadableClipError
from prompts.labels import Label, labelled_wav, words_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Python 3.11 and 3.12 warn of its removal, later ones have audioop-lts
    import audioop

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
ids = st.text("abcdefghijklmnopqrstuvwxyz_0123456789.", min_size=1, max_size=20)


def test_mulaw_is_decoded_as_every_telephone_does() -> None:
    assert g711.decode(EVERY_CODE).tobytes() == audioop.ulaw2lin(EVERY_CODE, 2)


def test_encoding_again_changes_nothing() -> None:
    samples = g711.decode(EVERY_CODE)

    assert np.array_equal(g711.decode(g711.encode(samples)), samples)


def test_no_sample_moves_by_more_than_half_a_step() -> None:
    wide = EVERY_SAMPLE.astype(int)

    moved = np.abs(g711.decode(g711.encode(EVERY_SAMPLE)).astype(int) - wide)

    half_step = 2.0 ** (np.floor(np.log2(np.minimum(np.abs(wide), 32635) + 132)) - 5)
    quiet_enough = np.abs(wide) <= 32635
    assert np.all(moved[quiet_enough] <= half_step[quiet_enough])


@given(st.binary(max_size=2000))
def test_a_recording_comes_back_from_its_file(codes: bytes) -> None:
    samples = g711.decode(codes)

    assert np.array_equal(g711.from_wav(g711.to_wav(samples)), samples)


def test_a_sound_of_another_format_is_refused() -> None:
    with pytest.raises(UnreadableClipError, match="not an 8 kHz mono mu-law"):
        g711.from_wav(labelled_wav(b"\0\0", Label((), "", "en")))


@given(prompts=st.lists(ids, max_size=5), text=words, pcm=st.binary(max_size=99).map(lambda pcm: pcm * 2))
def test_the_words_come_back_from_the_file_and_the_sound_is_whole(
    prompts: list[str], text: str, pcm: bytes
) -> None:
    label = Label(tuple(prompts), text, "en,id")

    wav = labelled_wav(pcm, label)

    assert words_of(wav) == label
    with wave.open(io.BytesIO(wav)) as opened:
        assert opened.getparams()[:3] == (1, 2, 8000)
        assert opened.readframes(opened.getnframes()) == pcm


def test_a_file_without_words_has_an_empty_label() -> None:
    assert words_of(g711.to_wav(np.zeros(8, np.int16))) == Label((), "", "")


@given(st.binary(max_size=200))
def test_rubbish_is_refused_in_one_way(rubbish: bytes) -> None:
    with pytest.raises(UnreadableClipError):
        g711.from_wav(rubbish)
