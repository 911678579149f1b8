"""What was understood of a recording: words with their times and how sure the recogniser is."""

import json
from dataclasses import dataclass
from typing import Final, Self

UNKNOWN_WORD: Final = "[unk]"
"""What a recogniser writes for a word that is not in its vocabulary."""

_VERSION: Final = 1


class TranscriptFormatError(ValueError):
    """The text is no transcript in a form known here."""

    def __init__(self) -> None:
        super().__init__("this is not a transcript in a form known here")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it was heard.

    Attributes:
        text: The word in lower case, or `UNKNOWN_WORD`.
        start_ms: Its beginning in the sound that was transcribed.
        end_ms: Its end there.
        confidence: 0 to 1, as the recogniser says; useful to compare, not a probability.
    """

    text: str
    start_ms: int
    end_ms: int
    confidence: float

    def is_unsure(self, threshold: float) -> bool:
        """Say whether a person should doubt this word."""
        return self.confidence < threshold or self.text == UNKNOWN_WORD


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words of one recording, in order.

    Attributes:
        words: Empty when nothing was understood.
        model: Name of the model that heard them.
        language: BCP 47 tag of the model's language, `und` when it is not known.
    """

    words: tuple[Word, ...]
    model: str
    language: str

    @property
    def text(self) -> str:
        """All words in a row, without punctuation."""
        return " ".join(word.text for word in self.words)

    @property
    def is_empty(self) -> bool:
        """Whether no word was understood."""
        return not self.words

    def unsure(self, threshold: float = 0.85) -> tuple[Word, ...]:
        """Return the words a person should doubt.

        The threshold was chosen with the demonstration model, whose right words have a mean
        confidence of 0.99 and whose wrong ones 0.72.
        """
        return tuple(word for word in self.words if word.is_unsure(threshold))

    def to_json(self) -> str:
        """Return the transcript as compact JSON, for sealing and storing."""
        rows = [[word.text, word.start_ms, word.end_ms, word.confidence] for word in self.words]
        document = {"version": _VERSION, "model": self.model, "language": self.language, "words": rows}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the transcript that `to_json` wrote.

        Raises:
            TranscriptFormatError: The text is something else.
        """
        try:
            document = json.loads(text)
            if document["version"] != _VERSION:
                raise TranscriptFormatError
            words = tuple(_word(*row) for row in document["words"])
            return cls(words, str(document["model"]), str(document["language"]))
        except (ValueError, TypeError, KeyError):
            # Without `from`: the cause would quote the transcript into a log.
            raise TranscriptFormatError from None


def _word(text: str, start_ms: int, end_ms: int, confidence: float) -> Word:
    return Word(str(text), int(start_ms), int(end_ms), float(confidence))
