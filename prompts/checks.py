"""Checks of the recordings: everything that is missing, out of date or not fit for a telephone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prompts import g711, levels
from prompts.catalogue import MASTER_LANGUAGE, Catalogue, Clip, Slot
from prompts.errors import UnreadableClipError, UnspeakableValueError
from prompts.levels import Measures
from prompts.recordings import Recorded, clip_path, read_index, text_sha256
from prompts.speaking import Spoken, bits
from prompts.telephone import LEVEL_DBFS

LEVEL_TOLERANCE_DB: Final = 1.0  # also keeps any two prompts within 2 dB of each other
PEAK_DBFS: Final = -3.0
SILENCE_MS: Final = 100
OUT_OF_BAND_DB: Final = -6.0
LARGEST_BYTES: Final = 24_000_000

# The longest values that a prompt is planned for; an emergency number has fewer digits.
EXAMPLES: Final = {
    "digits": "123456",
    "key": "1",
    "days": "30",
    "tries": "3",
    "count": "10",
    "topic": "leaving_employer",
    "country": "PH",
    "service": "kind_trafficking",
    "language": "vi",
    "day": "wed",
    "time": "early_morning",
}


SERVICE_NAMES: Final = "service_"
"""How recordings of the names of services begin; an organisation adds them as it needs."""


class Kind(StrEnum):
    """What is wrong."""

    NO_TEXT = "no text"
    GAPS = "other gaps than the English text"
    MISSING = "not recorded"
    UNREADABLE = "unreadable"
    OUT_OF_DATE = "out of date"
    CHANGED = "not the recording that was measured"
    TOO_LONG = "too long"
    TOO_LOUD = "too loud"
    TOO_QUIET = "too quiet"
    CLIPPED = "clipped"
    SILENCE = "silence at an end"
    BAND = "outside the telephone band"
    TOO_LARGE = "too large"
    STRANGER = "belongs to no prompt"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which language, with which clip or prompt, and what was found."""

    language: str
    name: str
    kind: Kind
    found: str

    def __str__(self) -> str:
        return f"{self.language} {self.name}: {self.kind} ({self.found})"


def find_faults(
    catalogue: Catalogue, languages: Iterable[str] | None = None, prompts: Iterable[str] | None = None
) -> tuple[Fault, ...]:
    """Return all that is wrong with the texts and recordings of these prompts in these languages.

    Without arguments: the reachable prompts, in every language there is.
    """
    ids = tuple(catalogue.reachable() if prompts is None else prompts)
    chosen = tuple(catalogue.languages if languages is None else languages)
    in_languages = [fault for language in chosen for fault in _language_faults(catalogue, language, ids)]
    return (*in_languages, *_size_faults(catalogue))


def _language_faults(catalogue: Catalogue, language: str, prompts: Sequence[str]) -> Iterator[Fault]:
    yield from _text_faults(catalogue, language, prompts)
    index = read_index(catalogue.folder, language)
    measures: dict[str, Measures] = {}
    for clip in catalogue.clips(language, prompts).values():
        try:
            measures[clip.name] = _measured(catalogue, language, clip)
        except FileNotFoundError:
            yield Fault(language, clip.name, Kind.MISSING, f'"{clip.text}"')
        except UnreadableClipError as error:
            yield Fault(language, clip.name, Kind.UNREADABLE, str(error))
        else:
            yield from _index_faults(language, clip, index.get(clip.name), measures[clip.name])
            yield from sound_faults(language, clip.name, measures[clip.name])
    yield from _length_faults(
        catalogue, language, prompts, {name: m.duration_ms for name, m in measures.items()}
    )
    yield from _strangers(catalogue, language)


def _text_faults(catalogue: Catalogue, language: str, prompts: Sequence[str]) -> Iterator[Fault]:
    for prompt in prompts:
        if prompt not in catalogue.language(language).texts:
            yield Fault(language, prompt, Kind.NO_TEXT, "it has no text in this language")
        elif _gaps(catalogue, language, prompt) != _gaps(catalogue, MASTER_LANGUAGE, prompt):
            yield Fault(language, prompt, Kind.GAPS, catalogue.text(language, prompt))


def _gaps(catalogue: Catalogue, language: str, prompt: str) -> list[str]:
    return sorted(part.name for part in catalogue.parts(language, prompt) if isinstance(part, Slot))


def _measured(catalogue: Catalogue, language: str, clip: Clip) -> Measures:
    path = clip_path(catalogue.folder, language, clip.name)
    return levels.measured(g711.from_wav(path.read_bytes(), path.name))


def _index_faults(language: str, clip: Clip, recorded: Recorded | None, found: Measures) -> Iterator[Fault]:
    if recorded is None:
        yield Fault(language, clip.name, Kind.OUT_OF_DATE, "the index does not say what it was spoken from")
    elif (recorded.text_sha256, recorded.version) != (text_sha256(clip.text), clip.version):
        yield Fault(language, clip.name, Kind.OUT_OF_DATE, f'the text is now "{clip.text}"')
    elif recorded.duration_ms != found.duration_ms or abs(recorded.level_dbfs - found.level_dbfs) > 0.1:  # noqa: PLR2004  (rounding)
        yield Fault(language, clip.name, Kind.CHANGED, "its length or level differs from the index")


def sound_faults(language: str, name: str, found: Measures) -> Iterator[Fault]:
    """Yield what makes a recording unfit for a telephone."""
    level = f"{found.level_dbfs:.1f} dBFS while speaking, {LEVEL_DBFS:.0f} wanted"
    if found.level_dbfs > LEVEL_DBFS + LEVEL_TOLERANCE_DB:
        yield Fault(language, name, Kind.TOO_LOUD, level)
    if found.level_dbfs < LEVEL_DBFS - LEVEL_TOLERANCE_DB:
        yield Fault(language, name, Kind.TOO_QUIET, level)
    if found.peak_dbfs > PEAK_DBFS or found.clipped_samples:
        yield Fault(language, name, Kind.CLIPPED, f"its peak is {found.peak_dbfs:.1f} dBFS")
    if max(found.leading_silence_ms, found.trailing_silence_ms) > SILENCE_MS:
        ends = f"{found.leading_silence_ms} ms before, {found.trailing_silence_ms} ms after"
        yield Fault(language, name, Kind.SILENCE, ends)
    if found.out_of_band_db > OUT_OF_BAND_DB:
        yield Fault(
            language, name, Kind.BAND, f"{found.out_of_band_db:.1f} dB lie below 300 or above 3400 Hz"
        )


def _length_faults(
    catalogue: Catalogue, language: str, prompts: Sequence[str], durations_ms: Mapping[str, int]
) -> Iterator[Fault]:
    for prompt in prompts:
        found_ms = length_ms(catalogue, language, prompt, durations_ms)
        ceiling_s = catalogue.prompt(prompt).max_seconds
        if found_ms is not None and found_ms > ceiling_s * 1000:
            yield Fault(
                language, prompt, Kind.TOO_LONG, f"{found_ms / 1000:.1f} s of at most {ceiling_s:g} s"
            )


def length_ms(
    catalogue: Catalogue, language: str, prompt: str, durations_ms: Mapping[str, int]
) -> int | None:
    """Return the length of a whole prompt with example values, or None if something of it is not recorded."""
    if prompt not in catalogue.language(language).texts:
        return None
    gaps = _gaps(catalogue, language, prompt)
    values = tuple((gap, EXAMPLES.get(gap, "1")) for gap in gaps)
    try:
        spoken = bits(catalogue, [Spoken(prompt, language, values)])
    except UnspeakableValueError:
        return None
    if any(bit.clip not in durations_ms for bit in spoken):
        return None
    return sum(durations_ms[bit.clip] + bit.pause_after_ms for bit in spoken)


def _strangers(catalogue: Catalogue, language: str) -> Iterator[Fault]:
    known = catalogue.clips(language, catalogue.prompts)
    for path in sorted(clip_path(catalogue.folder, language, "any").parent.glob("*.wav")):
        if path.stem not in known and not path.stem.startswith(SERVICE_NAMES):
            yield Fault(language, path.stem, Kind.STRANGER, "no text needs this file")


def _size_faults(catalogue: Catalogue) -> Iterator[Fault]:
    size_bytes = sum(path.stat().st_size for path in (catalogue.folder / "recordings").rglob("*.wav"))
    if size_bytes > LARGEST_BYTES:
        found = f"{size_bytes / 1e6:.1f} MB of at most {LARGEST_BYTES / 1e6:.0f} MB"
        yield Fault("every language", "recordings", Kind.TOO_LARGE, found)
