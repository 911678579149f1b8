"""One call's conversation with the app: document after document, its end, and what is told of it."""

from typing import Literal

from ivr.simulator.call import Status, Trouble
from ivr.simulator.desk import note_trouble
from ivr.simulator.documents import Document, DocumentError, read_document
from ivr.simulator.grammar import Play, Say
from ivr.simulator.media import PLAYABLE, playable
from ivr.simulator.talk import Talk
from ivr.simulator.turns import (
    CallerHungUpError,
    End,
    EndedByAppError,
    ImpossibleError,
    Outcome,
    Step,
    TakenElsewhereError,
    Turn,
)
from ivr.simulator.verbs import perform
from ivr.simulator.webhooks import Answered, UndeliveredError

APOLOGY = "We are sorry, an application error has occurred. Goodbye."
MARKUP = frozenset({"text/xml", "application/xml", "text/html"})
FIRST_ERROR_STATUS = 400


class Conversation:
    """Carries one call from its first document to its end."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._used_fallback = False

    async def live(self, first: Step) -> None:
        """Talk until one side ends, then tell the app what it asked to be told."""
        try:
            await self._converse(first)
        except CallerHungUpError:
            await self._close("caller")
        else:
            await self._close("hotline")

    async def _converse(self, first: Step) -> None:
        step: Step | None = first
        while step is not None:
            try:
                step = await self._take_recovering(step)
            except TakenElsewhereError as elsewhere:
                step, self._talk.was_taken_elsewhere = elsewhere.step, True
                self._talk.line.end_sound(complete=False)
            except EndedByAppError:
                return

    async def _take_recovering(self, step: Step) -> Step | None:
        try:
            return await self._take(step)
        except (UndeliveredError, DocumentError) as error:
            return await self._recover(Trouble(error.code, str(error)), step)
        except ImpossibleError as error:
            return await self._recover(error.trouble, step)

    async def _take(self, step: Step) -> Turn | None:
        document = await self._request(step) if isinstance(step, Turn) else step
        self._talk.base_url = document.url
        for code, reason in document.warnings:
            note_trouble(self._talk.call, Trouble(code, reason, is_fatal=False))
        outcome = await self._carry_out(document)
        return None if isinstance(outcome, End) else outcome

    async def _carry_out(self, document: Document) -> Outcome:
        for verb in document.verbs:
            outcome = await perform(self._talk, verb)
            if outcome is not None:
                return outcome
        self._talk.answer()
        return None

    async def _request(self, turn: Turn) -> Document:
        answered = await self._talk.ask(turn)
        if answered.status >= FIRST_ERROR_STATUS and self._talk.desk.profile.heeds_answer_status:
            raise UndeliveredError(11217, f"The app answered {answered.status}.", answered.status)
        return self._read(answered)

    def _read(self, answered: Answered) -> Document:
        kind = answered.content_type
        if kind in MARKUP:
            return read_document(answered.content, answered.url)
        if kind in PLAYABLE:
            return self._sound_as_document(answered)
        if kind == "text/plain":
            return _read_plain(answered)
        code, reason = (
            (12300, f"{kind} is no document.") if kind else (11200, "The answer has no content type.")
        )
        raise UndeliveredError(code, reason, answered.status)

    def _sound_as_document(self, answered: Answered) -> Document:
        media = playable(answered.content, answered.content_type)
        self._talk.desk.shelf.put(answered.url, media)
        return Document((Play(answered.url),), url=answered.url)

    async def _recover(self, trouble: Trouble, step: Step) -> Turn | None:
        note_trouble(self._talk.call, trouble)
        fallback = self._talk.call.instructions.fallback
        if fallback is None or self._used_fallback or not self._talk.desk.profile.heeds_fallback:
            await perform(self._talk, Say(APOLOGY, "en"))
            return None
        self._used_fallback = True
        fields = {"ErrorCode": str(trouble.code), "ErrorUrl": step.url or ""}
        return Turn(fallback.url, fallback.method, fields)

    async def _close(self, ended_by: Literal["hotline", "caller"]) -> None:
        talk, call = self._talk, self._talk.call
        if call.process is not None:
            # What is still owed to the app belongs to `settle`, whoever held the handset.
            call.process.matters = True
        talk.line.end_sound(complete=False)
        status: Status = talk.rejected_as or ("completed" if talk.is_answered else "no-answer")
        call.end(status, ended_by, talk.desk.exchange.clock)
        if talk.farewell is not None:
            await self._say_farewell(talk.farewell)

    async def _say_farewell(self, turn: Turn) -> None:
        try:
            await self._talk.ask(turn)
        except UndeliveredError as error:
            note_trouble(self._talk.call, Trouble(error.code, str(error), is_fatal=False))


def _read_plain(answered: Answered) -> Document:
    try:
        return read_document(answered.content, answered.url)
    except DocumentError:
        return Document((Say(answered.content.decode("utf-8", "replace")),), url=answered.url)
