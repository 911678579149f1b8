"""What can go wrong, one class per cause."""


class PeerlineError(Exception):
    """The root of all errors that Peerline raises itself."""


class UnknownHotlineError(PeerlineError):
    """A call came in on a number that no hotline has."""

    def __init__(self) -> None:
        super().__init__("no hotline has this number")


class NoConsentError(PeerlineError):
    """Something was to be kept of a call whose caller has not agreed."""

    def __init__(self) -> None:
        super().__init__("the caller has not agreed to be recorded")


class SealBrokenError(PeerlineError):
    """Sealed bytes cannot be opened: the key is gone or they were changed."""

    def __init__(self) -> None:
        super().__init__("the seal does not open with this key")


class NoOpenCaseError(PeerlineError):
    """Something was asked of a case in a call in which none is open, or no more."""

    def __init__(self) -> None:
        super().__init__("no case is open in this call")
