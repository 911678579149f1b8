"""How a turn is spoken: its prompts as clips in order, each with the silence after it, cut into files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from prompts.catalogue import Catalogue, Segment, Slot
from prompts.errors import MissingValueError, UnspeakableValueError
from prompts.values import Saying, sayings

GAP_MS: Final = 300
_BEFORE_VALUE_MS: Final = 40


@dataclass(frozen=True, slots=True)
class Spoken:
    """One prompt as a turn asks for it.

    `values` fill its gaps ("digits" -> "123456", "key" -> "1"). The values of a secret prompt are never
    joined into one file, so that no file, name or label holds a case number: its clips are played one by one.
    """

    prompt: str
    language: str
    values: tuple[tuple[str, str], ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Bit:
    """One clip within a turn, the silence after it, how it is written, and whether it begins its prompt.

    A bit that is `alone` shares its file with no other.
    """

    language: str
    clip: str
    written: str
    prompt: str
    pause_after_ms: int
    alone: bool = False
    first: bool = False


def bits(catalogue: Catalogue, spoken: Sequence[Spoken], gap_ms: int = GAP_MS) -> list[Bit]:
    """Return the clips of a turn in order, with `gap_ms` of silence between two prompts and none at the end.

    Raises:
        UnknownPromptError, UnknownLanguageError, MissingTextError: the catalogue does not have it.
        MissingValueError, UnspeakableValueError: a gap has no value, or one that no clip says.
    """
    turn = [bit for one in spoken for bit in _with_gap(list(_prompt_bits(catalogue, one)), gap_ms)]
    if turn and not turn[-1].alone:
        turn[-1] = replace(turn[-1], pause_after_ms=0)
    return turn


def files(turn: Sequence[Bit]) -> Iterator[tuple[Bit, ...]]:
    """Cut a turn into files: what is secret stands alone, all neighbours else are one file."""
    for alone, run in groupby(turn, key=lambda bit: bit.alone):
        if alone:
            yield from ((bit,) for bit in run)
        else:
            yield tuple(run)


def _with_gap(prompt: list[Bit], gap_ms: int) -> list[Bit]:
    if prompt and not prompt[-1].alone:
        prompt[-1] = replace(prompt[-1], pause_after_ms=max(gap_ms, prompt[-1].pause_after_ms))
    return [replace(bit, first=True) for bit in prompt[:1]] + prompt[1:]


def _prompt_bits(catalogue: Catalogue, spoken: Spoken) -> Iterator[Bit]:
    for part in catalogue.parts(spoken.language, spoken.prompt):
        if isinstance(part, Segment):
            yield Bit(spoken.language, part.clip, part.text, spoken.prompt, _BEFORE_VALUE_MS)
        elif spoken.secret:
            yield from _secret_bits(catalogue, spoken, part)
        else:
            yield from _open_bits(catalogue, spoken, part)


def _secret_bits(catalogue: Catalogue, spoken: Spoken, slot: Slot) -> Iterator[Bit]:
    """Yield bits that are the same in every turn, so that a file says one digit and not whose it is."""
    for said in _sayings(catalogue, spoken, slot):
        yield Bit(spoken.language, said.clip, said.written, said.clip, said.pause_after_ms, alone=True)


def _open_bits(catalogue: Catalogue, spoken: Spoken, slot: Slot) -> Iterator[Bit]:
    *before, last = _sayings(catalogue, spoken, slot)
    for said in (*before, replace(last, written=last.written + slot.after)):
        yield Bit(spoken.language, said.clip, said.written, spoken.prompt, said.pause_after_ms)


def _sayings(catalogue: Catalogue, spoken: Spoken, slot: Slot) -> tuple[Saying, ...]:
    value = dict(spoken.values).get(slot.name)
    if value is None:
        raise MissingValueError(spoken.prompt, slot.name)
    said = sayings(slot.name, value, catalogue.language(spoken.language))
    if said is None:
        raise UnspeakableValueError(spoken.prompt, slot.name)
    return said
