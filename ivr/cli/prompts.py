"""`peerline prompts`: what the line says, whether it is recorded, and drafts until women have spoken it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from prompts.catalogue import HERE, Catalogue, Clip
from prompts.checks import EXAMPLES, Kind, find_faults, length_ms
from prompts.drafts import make_draft
from prompts.errors import NoVoiceError, PromptsError, SynthesiserMissingError
from prompts.intake import take_in
from prompts.recordings import Recorded, clip_path, read_index
from prompts.sounds import SoundLibrary, Spoken

app = typer.Typer(no_args_is_help=True, help="List, check, record and draft what the line says.")

Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Only this language (may be repeated).")
]
Folder = Annotated[Path, typer.Option(help="Another folder with catalogue.yaml, texts/ and recordings/.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for another program.")]
Value = Annotated[list[str] | None, typer.Option(help="What fills a gap, as in --value key=2.")]

_DRAFTABLE = (Kind.MISSING, Kind.OUT_OF_DATE, Kind.UNREADABLE, Kind.CHANGED)


@app.command()
def check(languages: Languages = None, *, as_json: AsJson = False, folder: Folder = HERE) -> None:
    """Name everything that is missing, out of date, too long, too loud, too quiet, clipped or too large.

    Ends with 1 if anything is wrong.
    """
    catalogue = _catalogue(folder, languages)
    faults = find_faults(catalogue, languages)
    if as_json:
        typer.echo(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False))
    else:
        typer.echo("\n".join(str(fault) for fault in faults) or _all_well(catalogue, languages))
    raise typer.Exit(1 if faults else 0)


@app.command("list")
def list_prompts(
    languages: Languages = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Also prompts that no path plays yet.")] = False,
    folder: Folder = HERE,
) -> None:
    """Show each prompt with its state and its length in seconds, language by language."""
    catalogue = _catalogue(folder, languages)
    chosen = languages or list(catalogue.languages)
    table = Table("prompt", "at most", *(catalogue.language(code).endonym for code in chosen))
    indexes = {code: _on_disk(folder, code) for code in chosen}
    for prompt in catalogue.prompts if every else catalogue.reachable():
        cells = [_state(catalogue, code, prompt, indexes[code]) for code in chosen]
        table.add_row(prompt, f"{catalogue.prompt(prompt).max_seconds:g} s", *cells)
    Console().print(table)


@app.command()
def draft(
    languages: Languages = None,
    *,
    anew: Annotated[bool, typer.Option("--anew", help="Also drafts that are well as they are.")] = False,
    folder: Folder = HERE,
) -> None:
    """Let a speech program speak what is missing or out of date; approved recordings are left alone.

    Needs flite for English and espeak-ng for Indonesian. Drafts are for trying the line out, not for callers.
    """
    catalogue = _catalogue(folder, languages)
    lacking = [
        code for code in languages or catalogue.languages if not _draft_language(catalogue, code, anew=anew)
    ]
    raise typer.Exit(1 if lacking else 0)


@app.command()
def add(
    clip: Annotated[str, typer.Argument(help="The clip: a prompt's id, with .1, .2 if its text has gaps.")],
    file: Annotated[
        Path, typer.Argument(help="Her recording, a 16-bit WAV file.", exists=True, dir_okay=False)
    ],
    voice: Annotated[str, typer.Option(help="How the speaker wishes to be called in the list.")],
    language: Annotated[str, typer.Option(help="In which language she speaks.")] = "en",
    folder: Folder = HERE,
) -> None:
    """Take in a woman's recording of a clip; it is trimmed, levelled and cut to the telephone band."""
    try:
        faults = take_in(_catalogue(folder, [language]), language, clip, file.read_bytes(), voice)
    except PromptsError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo("\n".join(str(fault) for fault in faults) or f"{language} {clip}: kept.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def export(
    prompt: Annotated[str, typer.Argument(help="The prompt, as `peerline prompts list` names it.")],
    file: Annotated[Path, typer.Argument(help="The WAV file to write.", dir_okay=False)],
    language: Annotated[str, typer.Option(help="In which language.")] = "en",
    value: Value = None,
    folder: Folder = HERE,
) -> None:
    """Write one whole prompt to a WAV file that any player can play.

    Gaps are filled with examples unless you say what fills them.
    """
    values = tuple((EXAMPLES | _pairs(value or [])).items())
    try:
        library = SoundLibrary(_catalogue(folder, [language]))
        (sound,) = library.sounds([Spoken(prompt, language, values)])
    except PromptsError as error:
        raise typer.BadParameter(str(error)) from error
    try:
        file.write_bytes(library.wav(sound.key) or b"")
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"{sound.duration_ms / 1000:.1f} s: {sound.text}")


def _catalogue(folder: Path, languages: Iterable[str] | None) -> Catalogue:
    try:
        catalogue = Catalogue.load(folder)
        for language in languages or ():
            catalogue.language(language)
    except PromptsError as error:
        raise typer.BadParameter(str(error)) from error
    return catalogue


def _pairs(values: Sequence[str]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    if not all(value for _, _, value in pairs):
        raise typer.BadParameter("a value looks like key=2", param_hint="--value")
    return {slot: value for slot, _, value in pairs}


def _all_well(catalogue: Catalogue, languages: Sequence[str] | None) -> str:
    prompts = len(catalogue.reachable())
    return f"{prompts} prompts in {', '.join(languages or catalogue.languages)}: nothing wrong."


def _on_disk(folder: Path, language: str) -> dict[str, Recorded]:
    index = read_index(folder, language)
    return {clip: entry for clip, entry in index.items() if clip_path(folder, language, clip).exists()}


def _state(catalogue: Catalogue, language: str, prompt: str, index: dict[str, Recorded]) -> str:
    if prompt not in catalogue.language(language).texts:
        return "no text"
    length = length_ms(
        catalogue, language, prompt, {name: entry.duration_ms for name, entry in index.items()}
    )
    if length is None:
        return "not recorded"
    clips = [clip.name for clip in catalogue.clips(language, [prompt]).values() if clip.prompt == prompt]
    status = "draft" if any(index[clip].status == "draft" for clip in clips) else "approved"
    return f"{status} {length / 1000:.1f} s"


def _draft_language(catalogue: Catalogue, language: str, *, anew: bool) -> bool:
    """Draft one language and tell whether that could be done."""
    clips = _to_draft(catalogue, language, anew=anew)
    try:
        for clip in track(clips, f"Drafting {catalogue.language(language).endonym}", disable=not clips):
            make_draft(catalogue, language, clip)
    except (NoVoiceError, SynthesiserMissingError) as error:
        typer.echo(str(error), err=True)
        return False
    typer.echo(f"{language}: {len(clips)} clips drafted.")
    return True


def _to_draft(catalogue: Catalogue, language: str, *, anew: bool) -> list[Clip]:
    index = read_index(catalogue.folder, language)
    wanting = {fault.name for fault in find_faults(catalogue, [language]) if fault.kind in _DRAFTABLE}
    approved = {name for name, entry in index.items() if entry.status == "approved"}
    clips = catalogue.clips(language).values()
    return [clip for clip in clips if clip.name not in approved and (anew or clip.name in wanting)]
