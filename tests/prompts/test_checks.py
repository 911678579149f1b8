"""The check finds each kind of fault, and nothing else."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from prompts import g711
from prompts.catalogue import HERE, Catalogue
from prompts.checks import Kind, find_faults
from prompts.g711 import Samples
from prompts.recordings import clip_path

Edit = Callable[[str, str], None]


def kinds(folder: Path, name: str) -> set[Kind]:
    return {fault.kind for fault in find_faults(Catalogue.load(folder)) if fault.name == name}


def replace_welcome(folder: Path, samples: Iterable[float]) -> None:
    whole = np.clip(np.rint(np.fromiter(samples, float)), -32768, 32767).astype(np.int16)
    clip_path(folder, "en", "welcome").write_bytes(g711.to_wav(whole))


def test_a_sound_set_has_no_fault(folder: Path) -> None:
    assert find_faults(Catalogue.load(folder)) == ()


@pytest.mark.parametrize(("gain", "kind"), [(1.25, Kind.TOO_LOUD), (0.8, Kind.TOO_QUIET)])
def test_a_clip_2_db_off_is_named(folder: Path, welcome: Samples, gain: float, kind: Kind) -> None:
    replace_welcome(folder, welcome * gain)

    assert kinds(folder, "welcome") == {kind, Kind.CHANGED}


def test_a_clipped_clip_is_named(folder: Path, welcome: Samples) -> None:
    replace_welcome(folder, np.clip(welcome * 20.0, -32768, 32767))

    assert Kind.CLIPPED in kinds(folder, "welcome")


@pytest.mark.parametrize("end", [(1600, 0), (0, 1600)])
def test_silence_at_either_end_is_named(folder: Path, welcome: Samples, end: tuple[int, int]) -> None:
    replace_welcome(folder, np.pad(welcome, end))

    assert Kind.SILENCE in kinds(folder, "welcome")


def test_a_recording_of_nothing_is_named(folder: Path, welcome: Samples) -> None:
    replace_welcome(folder, np.zeros(len(welcome)))

    assert {Kind.TOO_QUIET, Kind.SILENCE} <= kinds(folder, "welcome")


def test_a_hum_below_the_band_is_named(folder: Path, welcome: Samples) -> None:
    hum = 3000 * np.sin(2 * np.pi * 100 * np.arange(len(welcome)) / 8000)

    replace_welcome(folder, welcome + hum)

    assert Kind.BAND in kinds(folder, "welcome")


def test_a_missing_clip_is_named(folder: Path) -> None:
    clip_path(folder, "en", "case_number.2").unlink()

    assert [str(fault) for fault in find_faults(Catalogue.load(folder))] == [
        'en case_number.2: not recorded ("Again,")'
    ]


@pytest.mark.parametrize("content", [b"", b"not a sound", b"RIFF\x04\x00\x00\x00WAVEdata\xff\x00\x00\x00"])
def test_a_file_that_is_no_recording_is_named(folder: Path, content: bytes) -> None:
    clip_path(folder, "en", "welcome").write_bytes(content)

    assert kinds(folder, "welcome") == {Kind.UNREADABLE}


def test_another_recording_under_the_same_name_is_named(folder: Path) -> None:
    clip_path(folder, "en", "goodbye").replace(clip_path(folder, "en", "welcome"))

    assert kinds(folder, "welcome") == {Kind.CHANGED, Kind.TOO_LONG}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("This is the information line.", "This is our information line."),
        ("{id: welcome, version: 1", "{id: welcome, version: 2"),
    ],
)
def test_a_recording_of_older_words_is_named(folder: Path, edit: Edit, old: str, new: str) -> None:
    edit(old, new)

    assert kinds(folder, "welcome") == {Kind.OUT_OF_DATE}


def test_a_recording_the_index_does_not_know_is_named(folder: Path) -> None:
    (folder / "recordings/en/index.json").unlink()

    assert kinds(folder, "welcome") == {Kind.OUT_OF_DATE}


def test_a_prompt_over_its_ceiling_is_named_with_both_lengths(folder: Path, edit: Edit) -> None:
    edit(
        'reachable: true, max_seconds: 22, text: "Your case number',
        'reachable: true, max_seconds: 9, text: "Your case number',
    )

    (fault,) = find_faults(Catalogue.load(folder))

    assert (fault.name, fault.kind) == ("case_number", Kind.TOO_LONG)
    assert fault.found.endswith("s of at most 9 s")


def test_a_recording_that_belongs_to_no_prompt_is_named(folder: Path) -> None:
    clip_path(folder, "en", "welcome_old").write_bytes(clip_path(folder, "en", "welcome").read_bytes())

    assert kinds(folder, "welcome_old") == {Kind.STRANGER}


def test_recordings_that_are_too_large_in_all_are_named(folder: Path) -> None:
    with clip_path(folder, "en", "music").open("wb") as large:
        large.truncate(24_000_000)

    assert kinds(folder, "recordings") == {Kind.TOO_LARGE}


def test_a_language_without_a_text_or_with_another_gap_is_named(folder: Path) -> None:
    texts = (HERE / "texts/id.yaml").read_text("utf-8")
    texts = texts.replace("  one_moment: ", "  err_busy_old: ").replace("err_busy_old", "cost_paid")
    (folder / "texts/id.yaml").write_text(texts.replace("tekan {key}", "tekan {digits}"), "utf-8")

    faults = {(fault.name, fault.kind) for fault in find_faults(Catalogue.load(folder), ["id"])}

    assert ("one_moment", Kind.NO_TEXT) in faults
    assert ("language_item", Kind.GAPS) in faults


def test_only_the_prompts_that_a_flow_names_are_asked_for(folder: Path) -> None:
    clip_path(folder, "en", "goodbye").unlink()

    assert find_faults(Catalogue.load(folder), prompts=["welcome"]) == ()
    assert len(find_faults(Catalogue.load(folder), prompts=["welcome", "goodbye"])) == 1
