"""What can be wrong with a prompt, one class for each cause."""


class PromptsError(Exception):
    """Something about the prompts is not as it must be."""


class CatalogueError(PromptsError):
    """The catalogue or a text file does not say what it must say."""


class UnknownPromptError(PromptsError):
    """No prompt has this id."""

    def __init__(self, prompt: str) -> None:
        super().__init__(f"There is no prompt called {prompt!r}.")


class UnknownLanguageError(PromptsError):
    """The catalogue has no texts in this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"There are no prompts in the language {language!r}.")


class MissingTextError(PromptsError):
    """The prompt has no text in this language."""

    def __init__(self, prompt: str, language: str) -> None:
        super().__init__(f"The prompt {prompt!r} has no text in {language!r}.")


class MissingValueError(PromptsError):
    """A prompt with a gap was asked for without the word that fills it."""

    def __init__(self, prompt: str, slot: str) -> None:
        super().__init__(f"The prompt {prompt!r} needs a value for {slot!r}.")


class UnspeakableValueError(PromptsError):
    """A value cannot be said with the recordings there are; the value itself is never shown."""

    def __init__(self, prompt: str, slot: str) -> None:
        super().__init__(f"The value of {slot!r} in the prompt {prompt!r} cannot be spoken.")


class MissingRecordingError(PromptsError):
    """A clip that is needed now has not been recorded."""

    def __init__(self, language: str, clip: str) -> None:
        super().__init__(f"The clip {clip!r} is not recorded in {language!r}.")


class UnknownClipError(PromptsError):
    """No prompt needs a clip of this name."""

    def __init__(self, language: str, clip: str) -> None:
        super().__init__(f"No prompt in {language!r} needs a clip called {clip!r}.")


class UnreadableClipError(PromptsError):
    """A file is not a recording that a telephone can carry."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} cannot be used: {why}.")


class NoVoiceError(PromptsError):
    """No free program speaks the language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"No program speaks {language!r}: a person has to record it.")


class SynthesiserMissingError(PromptsError):
    """The program that would speak the drafts is not on this computer."""

    def __init__(self, program: str) -> None:
        super().__init__(
            f"The speech synthesiser {program!r} is not installed, so no draft can be made with it."
        )
