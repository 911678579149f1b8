"""`peerline prompts`, run as an operator runs it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from ivr.cli.prompts import app
from prompts import g711, riff
from prompts.catalogue import Catalogue
from prompts.checks import Kind, find_faults
from prompts.g711 import Samples
from prompts.labels import Label, labelled_wav
from prompts.recordings import clip_path, read_index

Edit = Callable[[str, str], None]

needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def pcm_wav(samples: Samples) -> bytes:
    return labelled_wav(samples.astype("<i2").tobytes(), Label((), "", ""))


def test_the_shipped_recordings_pass() -> None:
    result = run("check")

    assert result.exit_code == 0
    assert result.output.endswith("nothing wrong.\n")


def test_a_fault_is_named_and_ends_with_one(folder: Path) -> None:
    clip_path(folder, "en", "welcome").unlink()

    result = run("check", "--folder", folder)

    assert result.exit_code == 1
    assert result.output == 'en welcome: not recorded ("Hello. This is the information line.")\n'


def test_faults_are_given_to_programs_as_json(folder: Path) -> None:
    clip_path(folder, "en", "welcome").unlink()

    (fault,) = json.loads(run("check", "--json", "--language", "en", "--folder", folder).stdout)

    assert (fault["language"], fault["name"], fault["kind"]) == ("en", "welcome", "not recorded")


def test_a_language_that_is_not_there_is_said_plainly() -> None:
    result = run("check", "--language", "xx")

    assert result.exit_code == 2
    assert "'xx'" in result.output


def test_the_list_shows_state_and_seconds(folder: Path) -> None:
    clip_path(folder, "en", "welcome").unlink()

    lines = run("list", "--folder", folder).output.splitlines()

    assert any("welcome" in line and "not recorded" in line for line in lines)
    assert any("main_menu " in line and "draft 12.4 s" in line for line in lines)


def test_a_prompt_is_exported_as_one_file(tmp_path: Path) -> None:
    result = run("export", "language_item", tmp_path / "out.wav", "--language", "id", "--value", "key=4")

    assert "Untuk bahasa Indonesia, tekan 4." in result.output
    assert riff.samples_of((tmp_path / "out.wav").read_bytes())[0] == riff.Form(riff.PCM, 1, 8000, 16)


@pytest.mark.parametrize("words", [("no_such",), ("language_item", "--value", "key")])
def test_an_export_that_cannot_be_is_explained(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = run("export", *words[:1], tmp_path / "out.wav", *words[1:])

    assert result.exit_code == 2
    assert not (tmp_path / "out.wav").exists()


@needs_flite
def test_a_draft_is_made_for_what_has_changed_and_nothing_else(folder: Path, edit: Edit) -> None:
    goodbye = clip_path(folder, "en", "goodbye").stat().st_mtime_ns
    edit("This is the information line.", "This is our information line.")

    result = run("draft", "--folder", folder)

    assert "en: 1 clips drafted." in result.output
    assert find_faults(Catalogue.load(folder)) == ()
    assert clip_path(folder, "en", "goodbye").stat().st_mtime_ns == goodbye


@needs_flite
@pytest.mark.parametrize("clip", ["welcome", "digit_6.going", "beep"])
def test_a_draft_made_again_sounds_the_same(folder: Path, clip: str) -> None:
    """Whoever drafts again changes only what they meant to change."""
    path = clip_path(folder, "en", clip)
    shipped = g711.from_wav(path.read_bytes()).astype(float)
    path.unlink()

    run("draft", "--folder", folder)

    again = g711.from_wav(path.read_bytes()).astype(float)
    assert len(again) == len(shipped)
    assert np.corrcoef(again, shipped)[0, 1] > 0.999


def test_a_synthesiser_that_is_not_there_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip_path(folder, "en", "welcome").unlink()
    monkeypatch.setenv("PATH", str(folder))

    result = run("draft", "--folder", folder)

    assert result.exit_code == 1
    assert "'flite' is not installed" in result.output


@pytest.mark.parametrize("gain", [0.02, 0.4, 3.0])
def test_a_recording_of_any_level_is_taken_in_and_approved(
    folder: Path, tmp_path: Path, welcome: Samples, gain: float
) -> None:
    voice = np.clip(np.pad(welcome, 8000) * gain, -32768, 32767).astype(np.int16)
    (tmp_path / "hers.wav").write_bytes(pcm_wav(voice))

    result = run("add", "welcome", tmp_path / "hers.wav", "--voice", "Sari", "--folder", folder)

    assert result.output == "en welcome: kept.\n"
    assert find_faults(Catalogue.load(folder)) == ()
    entry = read_index(folder, "en")["welcome"]
    assert (entry.voice, entry.status) == ("Sari", "approved")


def test_an_approved_recording_is_never_drafted_over(folder: Path, tmp_path: Path, welcome: Samples) -> None:
    (tmp_path / "hers.wav").write_bytes(pcm_wav(welcome))
    run("add", "welcome", tmp_path / "hers.wav", "--voice", "Sari", "--folder", folder)
    hers = clip_path(folder, "en", "welcome").read_bytes()
    path = folder / "catalogue.yaml"
    path.write_text(
        path.read_text("utf-8").replace("This is the information line.", "This is our line."), "utf-8"
    )

    run("draft", "--folder", folder)

    assert clip_path(folder, "en", "welcome").read_bytes() == hers
    assert [fault.kind for fault in find_faults(Catalogue.load(folder))] == [Kind.OUT_OF_DATE]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no sound", "not a WAV file"),
        (pcm_wav(np.zeros(8000, np.int16)), "no sound in it"),
        (g711.to_wav(np.zeros(8000, np.int16)), "not 16-bit PCM"),
    ],
)
def test_a_file_that_is_no_recording_is_not_taken_in(
    folder: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "hers.wav").write_bytes(content)

    result = run("add", "welcome", tmp_path / "hers.wav", "--voice", "Sari", "--folder", folder)

    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert find_faults(Catalogue.load(folder)) == ()


def test_a_recording_of_an_unknown_clip_is_not_taken_in(
    folder: Path, tmp_path: Path, welcome: Samples
) -> None:
    (tmp_path / "hers.wav").write_bytes(pcm_wav(welcome))

    result = run("add", "no_such", tmp_path / "hers.wav", "--voice", "Sari", "--folder", folder)

    assert result.exit_code == 2
    assert not clip_path(folder, "en", "no_such").exists()
