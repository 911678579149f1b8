"""Every recording as it is shipped, measured anew."""

import numpy as np
import pytest

from prompts import g711, levels
from prompts.catalogue import HERE, Catalogue
from prompts.checks import find_faults, length_ms
from prompts.levels import Measures
from prompts.recordings import clip_path, read_index
from prompts.sounds import SoundLibrary, Spoken

LANGUAGES = ["en", "id"]


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measures(catalogue: Catalogue, language: str) -> dict[str, Measures]:
    paths = {clip: clip_path(HERE, language, clip) for clip in catalogue.clips(language)}
    return {clip: levels.measured(g711.from_wav(path.read_bytes())) for clip, path in paths.items()}


def test_every_clip_speaks_at_one_level(measures: dict[str, Measures]) -> None:
    found = [measure.level_dbfs for measure in measures.values()]

    assert min(found) >= -23
    assert max(found) <= -21
    assert max(found) - min(found) <= 2


def test_no_clip_is_near_clipping(measures: dict[str, Measures]) -> None:
    assert max(measure.peak_dbfs for measure in measures.values()) <= -3
    assert sum(measure.clipped_samples for measure in measures.values()) == 0


def test_no_clip_keeps_the_caller_waiting_at_its_ends(measures: dict[str, Measures]) -> None:
    ends = [(measure.leading_silence_ms, measure.trailing_silence_ms) for measure in measures.values()]

    assert max(map(max, ends)) <= 100


def test_every_clip_is_within_the_telephone_band(measures: dict[str, Measures]) -> None:
    """A quarter of the power may lie outside: the recordings slope as gently as telephone lines do."""
    assert max(measure.out_of_band_db for measure in measures.values()) <= -6


def test_no_prompt_is_longer_than_its_ceiling(
    catalogue: Catalogue, language: str, measures: dict[str, Measures]
) -> None:
    durations_ms = {clip: measure.duration_ms for clip, measure in measures.items()}
    lengths_ms = {
        prompt: length_ms(catalogue, language, prompt, durations_ms) for prompt in catalogue.reachable()
    }

    assert None not in lengths_ms.values()
    assert [
        prompt
        for prompt, found in lengths_ms.items()
        if (found or 0) > catalogue.prompt(prompt).max_seconds * 1000
    ] == []


def test_the_longest_number_of_a_service_is_read_twice_within_the_ceiling(
    catalogue: Catalogue, language: str
) -> None:
    values = (("service", "kind_trafficking"), ("digits", "1800 555 0199"))

    (sound,) = SoundLibrary(catalogue).sounds([Spoken("directory_item", language, values)])

    assert sound.duration_ms <= catalogue.prompt("directory_item").max_seconds * 1000


def test_the_index_tells_what_the_files_say(
    catalogue: Catalogue, language: str, measures: dict[str, Measures]
) -> None:
    index = read_index(HERE, language)

    assert set(index) == set(catalogue.clips(language))
    assert {clip: entry.duration_ms for clip, entry in index.items()} == {
        clip: measure.duration_ms for clip, measure in measures.items()
    }


def test_no_draft_is_passed_off_as_approved(language: str) -> None:
    synthesisers = ("flite", "festival", "espeak-ng")

    spoken_by_programs = [e for e in read_index(HERE, language).values() if e.voice.startswith(synthesisers)]

    assert spoken_by_programs
    assert {entry.status for entry in spoken_by_programs} == {"draft"}


def test_the_pause_between_two_options_is_longer_than_between_sentences(catalogue: Catalogue) -> None:
    """Looked for in the sound of a menu of three options and of a text of four sentences."""
    menu = g711.from_wav(clip_path(HERE, "en", "consent_keys").read_bytes())
    plain = g711.from_wav(clip_path(HERE, "en", "consent_main").read_bytes())

    assert [pause for pause in pauses_ms(menu) if pause >= 550] == pytest.approx([620, 620], abs=60)
    assert len([pause for pause in pauses_ms(plain) if 230 <= pause <= 350]) == 3
    assert max(pauses_ms(plain)) < 400
    assert catalogue.timing.pause_between_options_ms == 600


def pauses_ms(samples: g711.Samples) -> list[int]:
    """The silences of 100 ms or more within a recording."""
    sounding = np.flatnonzero(levels.frame_levels_dbfs(samples) > -52)
    return [int(gap - 1) * 10 for gap in np.diff(sounding) if gap > 10]


def test_the_whole_set_is_checked_and_small(catalogue: Catalogue) -> None:
    size_bytes = sum(path.stat().st_size for path in (HERE / "recordings").rglob("*.wav"))

    assert find_faults(catalogue) == ()
    assert size_bytes <= 24_000_000
