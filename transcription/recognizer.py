"""Vosk, loaded once and asked often; `python -m transcription.recognizer FOLDER` tries a model out."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np
import vosk

from transcription.audio import Recording, to_recognizer_pcm
from transcription.models import language_of
from transcription.transcript import Transcript, Word

# Long pieces of silence or noise, or a result not fetched when one is ready, make Vosk's work grow
# with about the cube of the length; a Kaldi endpoint after at most some seconds bounds it.
_PIECE_S: Final = 0.4

# Kaldi's own value where a model does not name its rate.
_DEFAULT_RATE_HZ: Final = 16_000
_LOWEST_RATE_HZ: Final = 4_000


class ModelError(Exception):
    """The folder holds no model that can be loaded; the sentence names the file at fault."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"model {folder.name}: {why}")


class TranscriptionTimeoutError(Exception):
    """The recording took longer than it was given; nothing of it is kept.

    Attributes:
        longest_s: The time it was given, in seconds.
    """

    def __init__(self, longest_s: float) -> None:
        super().__init__(f"transcription took longer than {longest_s:g} s")
        self.longest_s = longest_s


@dataclass(frozen=True, slots=True, eq=False)
class Recognizer:
    """One loaded model.

    Load it before forking: the children then share its memory. Threads may share it too, as each
    recording gets a decoder of its own.

    Attributes:
        name: Name of the model's folder.
        language: BCP 47 tag, `und` when it is not known.
        sample_rate_hz: The rate that the model expects; recordings are brought to it.
    """

    name: str
    language: str
    sample_rate_hz: int
    _model: Any

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load a model from a folder, never from the network.

        Raises:
            ModelError: The folder is missing, incomplete or broken.
        """
        rate_hz = _sample_rate_hz(folder)
        return cls(folder.name, language_of(folder), rate_hz, _loaded(folder))

    def transcribe(self, recording: Recording, *, longest_s: float) -> Transcript:
        """Return the words of a recording, with times from its beginning.

        Args:
            recording: Sound at any rate, best tidied.
            longest_s: Wall time in seconds after which the attempt is given up.

        Raises:
            TranscriptionTimeoutError: It took longer; also for silence and noise.
        """
        deadline = time.monotonic() + longest_s
        decoder = self._decoder()
        words: list[Word] = []
        for piece in self._pieces(recording):
            if decoder.AcceptWaveform(piece):
                words += _words(decoder.Result())
            if time.monotonic() > deadline:
                raise TranscriptionTimeoutError(longest_s)
        words += _words(decoder.FinalResult())
        return Transcript(tuple(words), self.name, self.language)

    def _decoder(self) -> Any:
        # A used decoder goes on counting time where the last recording ended: always a new one.
        decoder = vosk.KaldiRecognizer(self._model, self.sample_rate_hz)
        decoder.SetWords(True)  # noqa: FBT003 (Vosk takes it by place)
        return decoder

    def _pieces(self, recording: Recording) -> Iterator[bytes]:
        pcm = to_recognizer_pcm(recording, self.sample_rate_hz)
        size_bytes = int(self.sample_rate_hz * _PIECE_S) * 2
        return (pcm[at : at + size_bytes] for at in range(0, len(pcm), size_bytes))


def _words(result: str) -> list[Word]:
    heard = json.loads(result).get("result", [])
    return [
        Word(word["word"], round(word["start"] * 1000), round(word["end"] * 1000), min(word["conf"], 1.0))
        for word in heard
    ]


def _sample_rate_hz(folder: Path) -> int:
    """Read the model's rate; a false one gives nonsense, and 0 makes Vosk run for ever."""
    for line in _feature_settings(folder).splitlines():
        name, _, value = line.partition("#")[0].strip().partition("=")
        if name == "--sample-frequency":
            return _plausible_rate_hz(folder, value)
    return _DEFAULT_RATE_HZ


def _plausible_rate_hz(folder: Path, value: str) -> int:
    try:
        rate_hz = int(float(value))
    except ValueError:
        rate_hz = 0
    if rate_hz < _LOWEST_RATE_HZ:
        raise ModelError(folder, "the sample rate in mfcc.conf makes no sense")
    return rate_hz


def _feature_settings(folder: Path) -> str:
    if not folder.is_dir():
        raise ModelError(folder, "the folder is missing")
    # Models before 2020 keep all files in one folder.
    for relative in ("conf/mfcc.conf", "mfcc.conf"):
        if (folder / relative).is_file():
            return (folder / relative).read_text(encoding="utf-8", errors="replace")
    raise ModelError(folder, "conf/mfcc.conf is missing")


class _Model(vosk.Model):  # type: ignore[misc]  # vosk is untyped
    """A model whose end is quiet even when its beginning failed."""

    def __del__(self) -> None:
        if hasattr(self, "_handle") and self._handle != vosk._ffi.NULL:  # noqa: SLF001 (no other way to ask)
            super().__del__()


def _loaded(folder: Path) -> _Model:
    vosk.SetLogLevel(-1)
    complaints: list[str] = []
    try:
        with _native_complaints(complaints):
            return _Model(str(folder))
    except Exception as error:  # Vosk raises nothing finer
        raise ModelError(folder, _reason(folder, complaints)) from error


def _reason(folder: Path, complaints: list[str]) -> str:
    """Say which file is at fault; Kaldi names all but the acoustic model, which it reads as a stream."""
    for relative in ("am/final.mdl", "conf/model.conf"):
        if not (folder / relative).is_file() and not (folder / Path(relative).name).is_file():
            return f"{relative} is missing"
    said = [line.partition(") ")[2] for line in complaints if line.startswith("ERROR (")]
    reason = (said or ["Vosk cannot load it and does not say why"])[-1].replace(f"{folder}/", "").strip()
    if said and "file" in reason.replace("file position", "").replace("File position", ""):
        return reason
    return f"am/final.mdl seems broken: {reason}"


@contextmanager
def _native_complaints(complaints: list[str]) -> Iterator[None]:
    """Collect what native code writes to standard error; only there does Kaldi name the file."""
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            complaints += _lines(heard)


def _lines(heard: BinaryIO) -> list[str]:
    heard.seek(0)
    return heard.read().decode("utf-8", "replace").splitlines()


def main(arguments: list[str]) -> int:
    """Load the model in the given folder, decode some silence with it, and say what is wrong."""
    try:
        recognizer = Recognizer.load(Path(arguments[0]))
        silence = Recording(np.zeros(recognizer.sample_rate_hz, np.int16), recognizer.sample_rate_hz)
        recognizer.transcribe(silence, longest_s=60)
    except (ModelError, TranscriptionTimeoutError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
