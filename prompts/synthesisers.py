"""The speech programs that speak drafts; none of them is needed to run a line."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from prompts.catalogue import Voice
from prompts.errors import SynthesiserMissingError
from prompts.intake import from_pcm
from prompts.telephone import Sound

_TIME_LIMIT_S: Final = 60
_ESPEAK_WORDS_PER_MINUTE: Final = 175


def spoken(voice: Voice, text: str) -> Sound:
    """Return a text as a synthesiser speaks it: 8 kHz, values from -1 to 1.

    Raises:
        SynthesiserMissingError: the program is not installed.
    """
    if voice.synthesiser not in _COMMANDS or shutil.which(_PROGRAMS[voice.synthesiser]) is None:
        raise SynthesiserMissingError(voice.synthesiser)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "spoken.wav")
        command = _COMMANDS[voice.synthesiser](voice, text, wav)
        written = text.encode() if voice.synthesiser == "festival" else None
        subprocess.run(command, input=written, check=True, capture_output=True, timeout=_TIME_LIMIT_S)  # noqa: S603  (argument list, no shell)
        return from_pcm(wav.read_bytes(), voice.synthesiser)


def _flite(voice: Voice, text: str, wav: Path) -> list[str]:
    pace = f"duration_stretch={voice.stretch}"
    return ["flite", "-voice", voice.name, "--setf", pace, "-t", text, "-o", str(wav)]


def _festival(voice: Voice, _text: str, wav: Path) -> list[str]:
    pace = f"(Parameter.set 'Duration_Stretch {voice.stretch})"
    return ["text2wave", "-eval", f"(voice_{voice.name})", "-eval", pace, "-o", str(wav)]


def _espeak(voice: Voice, text: str, wav: Path) -> list[str]:
    pace = str(round(_ESPEAK_WORDS_PER_MINUTE / voice.stretch))
    return ["espeak-ng", "-v", voice.name, "-s", pace, "-w", str(wav), "--", text]


_COMMANDS: Final[Mapping[str, Callable[[Voice, str, Path], list[str]]]] = {
    "flite": _flite,
    "festival": _festival,
    "espeak-ng": _espeak,
}
_PROGRAMS: Final = {"flite": "flite", "festival": "text2wave", "espeak-ng": "espeak-ng"}
