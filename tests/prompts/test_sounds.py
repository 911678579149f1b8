"""The sound library: how many files, which names, which sound, and where a case number never is."""

import io
import json
import subprocess
import sys
import timeit
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts import g711
from prompts.catalogue import Catalogue
from prompts.checks import EXAMPLES
from prompts.errors import MissingRecordingError, MissingValueError, UnspeakableValueError
from prompts.recordings import clip_path
from prompts.sounds import Sound, SoundLibrary, Spoken, words_of

LANGUAGE_MENU = ("welcome", "language_item", "language_item", "language_more")


def say(prompt: str, language: str = "en", *, secret: bool = False, **values: str) -> Spoken:
    return Spoken(prompt, language, tuple(values.items()), secret)


def language_menu() -> list[Spoken]:
    offers = [say("language_item", key="1"), say("language_item", "id", key="2")]
    return [say("welcome"), *offers, say("language_more")]


def samples_of(wav: bytes | None) -> g711.Samples:
    assert wav is not None
    with wave.open(io.BytesIO(wav)) as opened:
        assert opened.getparams()[:3] == (1, 2, 8000)
        return np.frombuffer(opened.readframes(opened.getnframes()), dtype="<i2")


def test_a_menu_in_two_languages_is_one_file(library: SoundLibrary) -> None:
    (sound,) = library.sounds(language_menu())

    assert sound.prompts == LANGUAGE_MENU
    assert sound.text == (
        "Hello. This is the information line. For English, press 1. "
        "Untuk bahasa Indonesia, tekan 2. For more languages, press eight."
    )


def test_a_file_carries_its_own_words(library: SoundLibrary) -> None:
    (sound,) = library.sounds(language_menu())

    label = words_of(library.wav(sound.key) or b"")

    assert (label.prompts, label.text, label.language) == (sound.prompts, sound.text, "en,id")


def test_a_file_is_as_long_as_promised(library: SoundLibrary) -> None:
    (sound,) = library.sounds(language_menu())

    assert len(samples_of(library.wav(sound.key))) == sound.duration_ms * 8


def test_a_file_is_the_clips_with_silence_between(catalogue: Catalogue, library: SoundLibrary) -> None:
    (sound,) = library.sounds([say("welcome"), say("main_menu")], gap_ms=500)
    clips = [
        g711.from_wav(clip_path(catalogue.folder, "en", clip).read_bytes())
        for clip in ("welcome", "main_menu")
    ]

    expected = np.concatenate([clips[0], np.zeros(4000, np.int16), clips[1]])

    assert np.array_equal(samples_of(library.wav(sound.key)), expected)


def test_digits_are_said_twice_in_breath_groups(library: SoundLibrary) -> None:
    (sound,) = library.sounds([say("emergency_number", digits="999")])

    assert sound.text == "The number is 9 9 9. Again, 9 9 9. They may ask who you are and where you are."
    assert sound.prompts == ("emergency_number",)


def test_no_prompts_make_no_file(library: SoundLibrary) -> None:
    assert library.sounds([]) == ()
    assert library.sounds([say("out_voicemail")]) == ()


@given(case_number=st.text("0123456789", min_size=6, max_size=6))
def test_a_case_number_is_in_no_file_no_label_and_no_name(library: SoundLibrary, case_number: str) -> None:
    turn = [
        say("message_sent"),
        say("case_number", secret=True, digits=case_number),
        say("case_number_again"),
    ]

    sounds = library.sounds(turn)

    digits = [sound for sound in sounds if sound.prompts[0].startswith("digit_")]
    assert "".join(sound.text for sound in digits) == case_number * 2
    assert all(len(sound.prompts) == 1 for sound in digits)
    assert not any(ch.isdigit() for sound in sounds if sound not in digits for ch in sound.text)


def test_secret_digits_are_the_same_twenty_files_for_everybody(library: SoundLibrary) -> None:
    """What is fetched for one caller was fetched for all: no file belongs to one case."""
    keys = {
        sound.key
        for number in ("012345", "543210", "678901", "109876", "234567", "765432", "890123", "321098")
        for prompt in ("case_number", "emergency_number")
        for sound in library.sounds([say(prompt, secret=True, digits=number)])
        if sound.prompts[0].startswith("digit_")
    }

    assert len(keys) == 20


def test_the_words_around_a_secret_still_share_a_file(library: SoundLibrary) -> None:
    sounds = library.sounds([say("message_sent"), say("case_number", secret=True, digits="123456")])

    assert sounds[0].prompts == ("message_sent", "case_number")
    assert sounds[0].text.endswith("Your case number is")
    assert len(sounds) == 1 + 6 + 1 + 6 + 1


def test_a_secret_turn_is_not_kept_in_memory(catalogue: Catalogue) -> None:
    library = SoundLibrary(catalogue)
    library.sounds([say("case_number", secret=True, digits="123456")])

    assert library._turn.cache_info().currsize == 0


def test_every_process_names_a_turn_alike(library: SoundLibrary) -> None:
    program = (
        "from prompts.catalogue import Catalogue; from prompts.sounds import SoundLibrary, Spoken\n"
        "turn = [Spoken('welcome', 'en'), Spoken('language_item', 'id', (('key', '2'),))]\n"
        "print(SoundLibrary(Catalogue.load()).sounds(turn)[0].key)"
    )
    other = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    (here,) = library.sounds([say("welcome"), say("language_item", "id", key="2")])

    assert other.stdout.strip() == here.key


def test_a_key_changes_with_all_that_is_heard(library: SoundLibrary) -> None:
    turns = [
        ([say("welcome"), say("goodbye")], 300),
        ([say("goodbye"), say("welcome")], 300),
        ([say("welcome"), say("goodbye")], 301),
        ([say("welcome", "id"), say("goodbye")], 300),
    ]

    assert len({library.sounds(turn, gap_ms=gap_ms)[0].key for turn, gap_ms in turns}) == 4


def test_a_new_recording_has_a_new_key(folder: Path) -> None:
    before = SoundLibrary(Catalogue.load(folder)).sounds([say("welcome")])
    clip_path(folder, "en", "goodbye").replace(clip_path(folder, "en", "welcome"))

    after = SoundLibrary(Catalogue.load(folder)).sounds([say("welcome")])

    assert before[0].key != after[0].key


def test_another_process_makes_a_file_it_has_not_named(catalogue: Catalogue, tmp_path: Path) -> None:
    (sound,) = SoundLibrary(catalogue, tmp_path).sounds([say("emergency_number", digits="112")])
    other = SoundLibrary(catalogue, tmp_path)

    assert len(samples_of(other.wav(sound.key))) == sound.duration_ms * 8
    assert (tmp_path / f"{sound.key}.wav").read_bytes() == other.wav(sound.key)


def test_a_made_file_outlives_its_recordings(folder: Path, tmp_path: Path) -> None:
    """A call that began before new recordings came may still fetch what it was told to play."""
    cache = tmp_path / "cache"
    old = SoundLibrary(Catalogue.load(folder), cache)
    (made, only_named) = (old.sounds([say(prompt)])[0] for prompt in ("welcome", "goodbye"))
    content = old.wav(made.key)
    for clip in ("welcome", "goodbye"):
        clip_path(folder, "en", clip).unlink()

    new = SoundLibrary(Catalogue.load(folder), cache)

    assert new.wav(made.key) == content
    assert new.wav(only_named.key) is None


def test_a_file_left_empty_by_a_crash_is_made_again(catalogue: Catalogue, tmp_path: Path) -> None:
    (sound,) = SoundLibrary(catalogue, tmp_path).sounds([say("welcome")])
    (tmp_path / f"{sound.key}.wav").touch()

    made = SoundLibrary(catalogue, tmp_path).wav(sound.key)

    assert made
    assert (tmp_path / f"{sound.key}.wav").read_bytes() == made


def test_nothing_of_a_case_number_is_left_on_disk(catalogue: Catalogue, tmp_path: Path) -> None:
    library = SoundLibrary(catalogue, tmp_path)
    for sound in library.sounds([say("case_number", secret=True, digits="907846")]):
        library.wav(sound.key)

    for recipe in tmp_path.glob("*.json"):
        _, clips, (_, text, _) = json.loads(recipe.read_bytes())
        assert len(clips) == 1
        assert len([ch for ch in text if ch.isdigit()]) <= 1


@pytest.mark.parametrize("key", ["0" * 32, "", "../../etc/passwd", "A" * 32, "0" * 31 + "\n", "0" * 33])
def test_a_key_that_nobody_named_is_none(catalogue: Catalogue, tmp_path: Path, key: str) -> None:
    assert SoundLibrary(catalogue, tmp_path).wav(key) is None
    assert SoundLibrary(catalogue).wav(key) is None


def test_a_value_that_is_missing_or_unspeakable_is_refused_without_showing_it(library: SoundLibrary) -> None:
    with pytest.raises(MissingValueError, match="digits"):
        library.sounds([say("case_number", secret=True)])
    with pytest.raises(UnspeakableValueError) as refused:
        library.sounds([say("case_number", secret=True, digits="12345x")])

    assert "12345" not in str(refused.value)


def test_a_prompt_without_a_recording_is_known_before_it_is_asked_for(library: SoundLibrary) -> None:
    assert library.speaks("en", "welcome")
    assert library.speaks("id", "case_number")
    assert not library.speaks("en", "cost_paid")
    assert not library.speaks("id", "cost_paid")
    with pytest.raises(MissingRecordingError, match="cost_paid"):
        library.sounds([say("cost_paid")])


def test_every_reachable_prompt_can_be_played(catalogue: Catalogue, library: SoundLibrary) -> None:
    values = EXAMPLES | {"digits": "1800 555 0199"}
    for language in catalogue.languages:
        for prompt in catalogue.reachable():
            assert library.speaks(language, prompt)
            assert library.sounds([Spoken(prompt, language, tuple(values.items()))])


def test_asking_again_takes_microseconds(library: SoundLibrary) -> None:
    turn = language_menu()
    library.sounds(turn)

    best_s = min(timeit.repeat(lambda: library.sounds(turn), number=200, repeat=5)) / 200

    assert best_s < 50e-6


def test_sounds_of_one_turn_are_equal_whichever_library_names_them(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    named: list[tuple[Sound, ...]] = [
        SoundLibrary(catalogue, cache).sounds(language_menu()) for cache in (None, tmp_path)
    ]

    assert named[0] == named[1]
