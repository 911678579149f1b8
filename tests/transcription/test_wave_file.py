"""Every form of WAV file that a telephone company may hand over, and those that are none."""

import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.audio import (
    EmptyRecordingError,
    NotAudioError,
    Recording,
    TooLongRecordingError,
    TruncatedRecordingError,
    UnknownEncodingError,
    UnreadableRecordingError,
    read_recording,
    to_wav,
)

SECOND = (np.sin(np.arange(8000) * 0.3) * 12000).astype(np.int16)


def wav(content: bytes, *, tag: int = 1, bits: int = 16, channels: int = 1, rate_hz: int = 8000) -> bytes:
    width = channels * bits // 8
    fmt = struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * width, width, bits)
    return chunks(("fmt ", fmt), ("data", content))


def chunks(*parts: tuple[str, bytes]) -> bytes:
    body = b"".join(
        struct.pack("<4sI", name.encode(), len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in parts
    )
    return struct.pack("<4sI4s", b"RIFF", len(body) + 4, b"WAVE") + body


FMT = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)


def test_sixteen_bit_sound_is_read_sample_by_sample() -> None:
    recording = read_recording(wav(SECOND.tobytes()))

    assert np.array_equal(recording.samples, SECOND)
    assert (recording.sample_rate_hz, recording.duration_ms) == (8000, 1000)
    assert not recording.is_truncated


@pytest.mark.parametrize(
    ("bits", "tag", "content"),
    [
        (8, 1, (SECOND // 256 + 128).astype(np.uint8).tobytes()),
        (24, 1, b"".join(struct.pack("<i", int(s) << 8)[:3] for s in SECOND)),
        (32, 1, (SECOND.astype(np.int32) << 16).tobytes()),
        (32, 3, (SECOND / 32768).astype("<f4").tobytes()),
        (64, 3, (SECOND / 32768).astype("<f8").tobytes()),
    ],
    ids=["8 bit", "24 bit", "32 bit", "float", "double"],
)
def test_other_widths_sound_the_same(bits: int, tag: int, content: bytes) -> None:
    recording = read_recording(wav(content, bits=bits, tag=tag))

    assert np.allclose(recording.samples, SECOND, atol=256 if bits == 8 else 1)


@pytest.mark.parametrize(
    ("tag", "codes", "samples"),
    [
        # Source: ITU-T G.711, at 16-bit full scale: silence, loudest, and a middling value of each sign.
        (7, [0xFF, 0x7F, 0x00, 0x80, 0xAA], [0, 0, -32124, 32124, 5372]),
        (6, [0xD5, 0x55, 0x2A, 0xAA, 0x85], [8, -8, -32256, 32256, 4224]),
    ],
    ids=["mu-law", "A-law"],
)
def test_telephone_codes_are_read_by_their_tables(tag: int, codes: list[int], samples: list[int]) -> None:
    recording = read_recording(wav(bytes(codes), tag=tag, bits=8))

    assert recording.samples.tolist() == samples


def test_a_stereo_recording_keeps_both_sides_of_the_call() -> None:
    both = np.column_stack([SECOND, -SECOND // 2]).astype(np.int16)

    recording = read_recording(wav(both.tobytes(), channels=2, rate_hz=48000))

    assert np.allclose(recording.samples, both.mean(axis=1), atol=1)
    assert recording.sample_rate_hz == 48000


def test_an_extensible_header_names_its_encoding_further_down() -> None:
    fmt = struct.pack("<HHIIHHHHI", 0xFFFE, 1, 8000, 16000, 2, 16, 22, 16, 4)
    fmt += struct.pack("<H", 1) + bytes(14)

    recording = read_recording(chunks(("fmt ", fmt), ("data", SECOND.tobytes())))

    assert np.array_equal(recording.samples, SECOND)


def test_chunks_that_are_not_sound_are_stepped_over() -> None:
    data = chunks(("LIST", b"odd"), ("fmt ", FMT), ("fact", bytes(4)), ("data", SECOND.tobytes()))

    assert np.array_equal(read_recording(data).samples, SECOND)


def test_a_file_cut_off_in_its_sound_is_read_as_far_as_it_goes() -> None:
    recording = read_recording(wav(SECOND.tobytes())[: 44 + 4001])

    assert np.array_equal(recording.samples, SECOND[:2000])
    assert recording.is_truncated


@pytest.mark.parametrize("length", [2, 9, 12, 30, 44])
def test_a_file_cut_off_before_its_sound_says_so(length: int) -> None:
    with pytest.raises(TruncatedRecordingError):
        read_recording(wav(SECOND.tobytes())[:length])


@pytest.mark.parametrize("sizes", [(0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (36, 0)])
def test_a_streamed_file_without_sizes_is_read_to_its_end(sizes: tuple[int, int]) -> None:
    data = bytearray(wav(SECOND.tobytes()))
    struct.pack_into("<I", data, 4, sizes[0])
    struct.pack_into("<I", data, 40, sizes[1])

    recording = read_recording(bytes(data))

    assert np.array_equal(recording.samples, SECOND)
    assert not recording.is_truncated


@pytest.mark.parametrize("data", [b"", wav(b""), chunks(("fmt ", FMT))])
def test_a_whole_file_without_a_sample_is_empty(data: bytes) -> None:
    with pytest.raises(EmptyRecordingError):
        read_recording(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<html>not found</html>",
        b"ID3\x04" + bytes(100),
        b"RIFF\0\0\0\0AVI " + bytes(100),
        wav(SECOND.tobytes(), rate_hz=0),
        wav(SECOND.tobytes(), channels=0),
        chunks(("data", SECOND.tobytes()), ("fmt ", FMT)),
    ],
    ids=["a page", "MP3", "a film", "no rate", "no channel", "sound first"],
)
def test_a_file_that_is_no_recording_is_refused(data: bytes) -> None:
    with pytest.raises(NotAudioError):
        read_recording(data)


def test_an_encoding_that_is_not_read_is_named() -> None:
    with pytest.raises(UnknownEncodingError, match="0x0055"):
        read_recording(wav(SECOND.tobytes(), tag=0x55))


def test_an_hour_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(TooLongRecordingError) as refused:
        read_recording(wav(bytes(8000 * 3600), tag=7, bits=8), longest_s=600)

    assert refused.value.limit_s == 600


def test_a_recording_of_exactly_the_limit_is_read() -> None:
    assert read_recording(wav(bytes(16000 * 2)), longest_s=2).duration_ms == 2000


def test_what_is_written_python_itself_can_read(speech: Path) -> None:
    recording = read_recording((speech / "07-urgent.wav").read_bytes())

    with wave.open(io.BytesIO(to_wav(recording))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        assert file.readframes(-1) == recording.samples.tobytes()


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.integers(-32768, 32767), min_size=1, max_size=50),
    st.sampled_from([8000, 16000, 44100, 48000]),
)
def test_what_is_written_is_read_back(samples: list[int], rate_hz: int) -> None:
    written = Recording(np.array(samples, np.int16), rate_hz)

    read = read_recording(to_wav(written))

    assert read.samples.tolist() == samples
    assert read.sample_rate_hz == rate_hz


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=80), st.integers(0, 44))
def test_a_damaged_file_is_read_or_refused_but_never_anything_else(rubbish: bytes, kept: int) -> None:
    try:
        recording = read_recording(wav(b"")[:kept] + rubbish)
    except UnreadableRecordingError:
        return

    assert len(recording.samples) > 0
