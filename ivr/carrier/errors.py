"""What can go wrong with the telephone company; no sentence here names a call, a recording or an address."""

from ivr.domain.errors import PeerlineError


class CarrierError(PeerlineError):
    """The root of all that goes wrong between us and the telephone company."""


class CarrierUnavailableError(CarrierError):
    """The telephone company is down, too slow, or failed inside (5xx): ask again later."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the telephone company does not answer as it should: {reason}")


class CarrierBusyError(CarrierError):
    """The telephone company turned the request away unread (429): always safe to repeat."""

    def __init__(self) -> None:
        super().__init__("the telephone company is busy; it did nothing yet")


class CarrierRefusedError(CarrierError):
    """The telephone company understood and said no (4xx): repeating does not help."""

    def __init__(self, status: int, code: int | None = None) -> None:
        self.status = status
        self.code = code
        detail = f" (its code {code})" if code is not None else ""
        super().__init__(f"the telephone company refused with status {status}{detail}")


class CallNotOverError(CarrierRefusedError):
    """A record of a call can only go once the call has been over for a while."""


class RecordingNotReadyError(CarrierError):
    """The recording is not there: either not yet, or not any more."""

    def __init__(self) -> None:
        super().__init__("the telephone company has no sound for this recording now")


class RecordingTooLargeError(CarrierError):
    """The recording is larger, or takes longer to send, than any message of ours can."""

    def __init__(self, limit: str) -> None:
        super().__init__(f"the recording exceeds {limit}")


class NotOfferedError(CarrierError):
    """This telephone company has no such service; the operator has to do it by other means."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this telephone company offers no way to {what}")


class InvalidNameError(CarrierError):
    """A name of a call or recording is no text of 1 to 64 plain characters."""

    def __init__(self) -> None:
        super().__init__("the name of a call or recording is not usable in an address")
