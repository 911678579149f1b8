"""What transcription costs beyond Vosk itself, and what another worker process costs in memory."""

import gc
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import vosk

from benchmarks.rows import Row, at_most, one
from transcription.audio import Heard, Recording, listening, read_recording, tidy, waveform
from transcription.models import BUNDLED_MODELS, BUNDLED_NAME
from transcription.recognizer import Recognizer

RUNS = 9
CHILDREN = 3
LONGEST_S = 120.0
PIECE_BYTES = 6400

TINY = BUNDLED_MODELS / BUNDLED_NAME
SPEECH = Path(__file__).parent.parent / "tests" / "speech"


def rows() -> list[Row]:
    """Measure all; takes about half a minute."""
    memory = memory_rows()
    began = time.perf_counter()
    recognizer = Recognizer.load(TINY)
    load_ms = (time.perf_counter() - began) * 1000
    return [
        *decoding_rows(recognizer),
        one("  model load, once a worker (tiny model)", "ms", load_ms),
        *memory,
    ]


def decoding_rows(recognizer: Recognizer) -> list[Row]:
    """Compare `transcribe` with a bare loop over the same samples; runs alternate, medians count."""
    files = [path.read_bytes() for path in sorted(SPEECH.glob("*.wav"))]
    recordings = [tidy(read_recording(content)) for content in files]
    bare_s, ours_s, sound_s = zip(
        *[_one_round(recognizer, recordings, files) for _ in range(RUNS)], strict=True
    )
    length_s = sum(recording.duration_ms for recording in recordings) / 1000
    a_minute = tuple(seconds * 1000 * 60 / length_s for seconds in sound_s)
    ratio = tuple(ours / bare for ours, bare in zip(ours_s, bare_s, strict=True))
    return [
        Row("transcribe() against bare Vosk, wall time", "x", ratio, at_most(1.05)),
        Row("  bare Vosk over the 12 samples", "ms", tuple(seconds * 1000 for seconds in bare_s)),
        Row("  read, judge, tidy, draw: for each minute of sound", "ms", a_minute),
        Row("  read to drawing and transcribe() against bare Vosk", "x", _whole(ours_s, sound_s, bare_s)),
    ]


def memory_rows() -> list[Row]:
    """Measure the memory that each further forked process adds to the first."""
    alone, added = _in_a_process_of_its_own(_forked_memory)
    return [
        one(
            "added by each further process, of the first one's memory", "%", 100 * added / alone, at_most(30)
        ),
        one("  first process with a loaded model, PSS", "MB", alone / 1e6),
        one("  added by each further process that decoded", "MB", added / 1e6),
    ]


def _whole(
    ours_s: tuple[float, ...], sound_s: tuple[float, ...], bare_s: tuple[float, ...]
) -> tuple[float, ...]:
    rounds = zip(ours_s, sound_s, bare_s, strict=True)
    return tuple((ours + sound) / bare for ours, sound, bare in rounds)


def _one_round(
    recognizer: Recognizer, recordings: list[Recording], files: list[bytes]
) -> tuple[float, float, float]:
    bare_s = _timed(lambda: [_bare(recognizer, recording) for recording in recordings])
    ours_s = _timed(lambda: [recognizer.transcribe(each, longest_s=LONGEST_S) for each in recordings])
    sound_s = _timed(lambda: [_sound(content) for content in files])
    return bare_s, ours_s, sound_s


def _bare(recognizer: Recognizer, recording: Recording) -> list[dict[str, object]]:
    """Decode as Vosk's own example does, with the same pieces and the same model."""
    decoder = vosk.KaldiRecognizer(recognizer._model, 8000)  # noqa: SLF001 (one model, or memory differs)
    decoder.SetWords(True)  # noqa: FBT003 (Vosk takes it by place)
    pcm = recording.samples.tobytes()
    pieces = (pcm[at : at + PIECE_BYTES] for at in range(0, len(pcm), PIECE_BYTES))
    results = [json.loads(decoder.Result()) for piece in pieces if decoder.AcceptWaveform(piece)]
    return [*results, json.loads(decoder.FinalResult())]


def _sound(content: bytes) -> tuple[Heard, tuple[int, ...]]:
    recording = read_recording(content)
    return listening(recording), waveform(tidy(recording))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _forked_memory() -> list[int]:
    """Return the first process's PSS in bytes, and what each of its decoding children added to the sum."""
    recognizer = Recognizer.load(TINY)
    recording = tidy(read_recording((SPEECH / "10-debt-long.wav").read_bytes()))
    recognizer.transcribe(recording, longest_s=LONGEST_S)
    gc.freeze()
    alone = _pss_bytes(os.getpid())
    children = [
        _Child(lambda: recognizer.transcribe(recording, longest_s=LONGEST_S)) for _ in range(CHILDREN)
    ]
    for child in children:
        child.wait_until_done()
    together = sum(_pss_bytes(process) for process in [os.getpid(), *(child.pid for child in children)])
    for child in children:
        child.end()
    return [alone, (together - alone) // CHILDREN]


class _Child:
    """A forked process that works, says so, and stays until it is let go."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._done, done = os.pipe()
        leave, self._leave = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                work()
                os.write(done, b".")
                os.close(self._leave)
                os.read(leave, 1)
            finally:
                os._exit(0)
        os.close(done)
        os.close(leave)

    def wait_until_done(self) -> None:
        os.read(self._done, 1)

    def end(self) -> None:
        os.write(self._leave, b".")
        os.waitpid(self.pid, 0)
        os.close(self._leave)
        os.close(self._done)


def _in_a_process_of_its_own(work: Callable[[], list[int]]) -> list[int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said: list[int] = json.loads(answer.read())
    os.waitpid(child, 0)
    return said


def _pss_bytes(process: int) -> int:
    """Return the memory of a process, shared pages divided among those that share them (Linux)."""
    for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("this kernel does not tell the proportional set size")
