"""Judging, tidying and drawing sound."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transcription.audio import Recording, listening, read_recording, tidy, to_recognizer_pcm, waveform


def read(speech: Path, name: str) -> Recording:
    return read_recording((speech / f"{name}.wav").read_bytes())


def steady_noise(seconds: float, level: float) -> Recording:
    samples = np.random.default_rng(3).normal(0, level, int(8000 * seconds))
    return Recording(samples.astype(np.int16), 8000)


def in_noise(recording: Recording, level: float) -> Recording:
    noise = np.random.default_rng(4).normal(0, level, len(recording.samples))
    mixed = np.clip(recording.samples + noise, -32768, 32767)
    return Recording(mixed.astype(np.int16), recording.sample_rate_hz)


def louder(recording: Recording, times: float) -> Recording:
    return Recording((recording.samples * times).astype(np.int16), recording.sample_rate_hz)


def test_each_sample_is_judged_by_what_is_in_it(speech: Path, sample: str) -> None:
    expected = {"04-silent": "silent", "05-noise-only": "noise"}.get(sample, "speech")

    assert listening(read(speech, sample)).verdict == expected


def test_the_length_of_speech_leaves_out_the_pauses(speech: Path) -> None:
    heard = listening(read(speech, "03-long-silence"))

    assert 5000 < heard.speech_ms < 8000


def test_a_very_quiet_voice_is_still_a_voice(speech: Path) -> None:
    whispered = louder(read(speech, "07-urgent"), 0.01)

    assert listening(whispered).verdict == "speech"


def test_a_voice_no_louder_than_its_noise_is_still_a_voice(speech: Path) -> None:
    assert listening(in_noise(read(speech, "07-urgent"), 3500)).verdict == "speech"


@pytest.mark.parametrize("begins_at", range(5000, 40_000, 5000))
def test_a_second_of_speech_on_a_bad_line_is_still_a_voice(speech: Path, begins_at: int) -> None:
    noisy = in_noise(read(speech, "07-urgent"), 600).samples

    assert listening(Recording(noisy[begins_at : begins_at + 8000], 8000)).verdict == "speech"


def test_two_words_in_a_minute_of_noise_are_not_called_noise(speech: Path) -> None:
    noise = steady_noise(60, 300)
    noise.samples[200_000:206_000] += read(speech, "07-urgent").samples[4000:10000]

    assert listening(noise).verdict == "speech"


@pytest.mark.parametrize("level", [30, 900, 9000])
def test_steady_noise_is_noise_at_any_level(level: float) -> None:
    heard = listening(steady_noise(10, level))

    assert (heard.verdict, heard.speech_ms) == ("noise", 0)


def test_a_silence_with_an_offset_is_silent() -> None:
    assert listening(Recording(np.full(80_000, 1500, np.int16), 8000)).verdict == "silent"


def test_a_click_in_silence_is_too_short_to_be_a_message() -> None:
    samples = np.zeros(80_000, np.int16)
    samples[40_000:40_200] = 20_000

    assert listening(Recording(samples, 8000)).verdict == "too_short"


def test_a_third_of_a_second_is_too_short(speech: Path) -> None:
    begun = Recording(read(speech, "07-urgent").samples[4000:6600], 8000)

    assert listening(begun).verdict == "too_short"


def test_tidying_cuts_outer_silence_and_keeps_a_quarter_second(speech: Path) -> None:
    voice = read(speech, "07-urgent").samples
    silence = np.zeros(16_000, np.int16)
    recording = Recording(np.concatenate([silence, voice, silence]), 8000)

    tidied = tidy(recording)

    first_sound_ms = int(np.flatnonzero(np.abs(recording.samples) > 100)[0]) // 8
    assert abs(first_sound_ms - tidied.starts_at_ms - 250) <= 20
    assert tidied.duration_ms < recording.duration_ms - 3500


def test_tidying_cuts_nothing_from_the_middle(speech: Path) -> None:
    recording = read(speech, "03-long-silence")

    assert tidy(recording).duration_ms > recording.duration_ms - 1000


@pytest.mark.parametrize("times", [0.1, 0.3, 2.0])
def test_tidying_brings_speech_to_one_level(speech: Path, times: float) -> None:
    tidied = tidy(louder(read(speech, "01-passport"), times))

    assert listening(tidied).level_dbfs == pytest.approx(-20, abs=1)
    assert np.abs(tidied.samples.astype(int)).max() < 32767


def test_one_bang_neither_clips_nor_hides_the_voice(speech: Path) -> None:
    quiet = louder(read(speech, "01-passport"), 0.1)
    level_dbfs = listening(quiet).level_dbfs
    quiet.samples[50_000:50_080] = 30_000

    tidied = tidy(quiet)

    voice = tidied.samples[60_000:].astype(float)
    untouched = quiet.samples[60_000 + tidied.starts_at_ms * 8 :][: len(voice)].astype(float)
    gain_db = 20 * np.log10(np.sqrt((voice**2).mean() / (untouched**2).mean()))
    assert np.abs(tidied.samples.astype(int)).max() < 32767
    assert level_dbfs + gain_db > -24


def test_tidying_keeps_rate_and_truncation(speech: Path) -> None:
    voice = read(speech, "07-urgent").samples
    tidied = tidy(Recording(np.repeat(voice, 2), 16_000, is_truncated=True))

    assert (tidied.sample_rate_hz, tidied.is_truncated) == (16_000, True)


def test_silence_is_left_as_it_is(speech: Path) -> None:
    silent = read(speech, "04-silent")

    assert tidy(silent) is silent


def test_the_drawing_has_its_highest_point_at_the_loudest_place(speech: Path) -> None:
    recording = read(speech, "01-passport")
    points = waveform(recording, 100)

    loudest = int(np.abs(recording.samples.astype(int)).argmax()) * 100 // len(recording.samples)
    assert len(points) == 100
    assert points[loudest] == max(points) == 100
    assert min(points) == 0


def test_the_drawing_of_near_silence_stays_flat() -> None:
    assert max(waveform(steady_noise(2, 10))) < 5


@pytest.mark.parametrize("rate_hz", [8000, 16_000, 11_025])
def test_the_recogniser_gets_its_own_rate(speech: Path, rate_hz: int) -> None:
    recording = read(speech, "07-urgent")

    pcm = to_recognizer_pcm(recording, rate_hz)

    assert len(pcm) / 2 / rate_hz == pytest.approx(len(recording.samples) / 8000, abs=0.001)


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.integers(-32768, 32767), min_size=1, max_size=800),
    st.sampled_from([4000, 8000, 44_100]),
    st.integers(1, 400),
)
def test_no_sound_whatever_upsets_the_tools(samples: list[int], rate_hz: int, points: int) -> None:
    recording = Recording(np.array(samples, np.int16), rate_hz)

    tidied = tidy(recording)

    assert 0 < len(tidied.samples) <= len(samples)
    assert tidied.starts_at_ms <= recording.duration_ms
    assert len(waveform(recording, points)) == points
    assert all(0 <= point <= 100 for point in waveform(tidied, points))
    assert -100 <= listening(recording).level_dbfs <= 0
