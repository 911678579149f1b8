"""What we ask of the telephone company: recordings fetched and deleted, calls ended and forgotten."""

from ivr.carrier.contract import Carrier, CarrierRecording
from ivr.carrier.errors import (
    CallNotOverError,
    CarrierBusyError,
    CarrierError,
    CarrierRefusedError,
    CarrierUnavailableError,
    InvalidNameError,
    NotOfferedError,
    RecordingNotReadyError,
    RecordingTooLargeError,
)

__all__ = [
    "CallNotOverError",
    "Carrier",
    "CarrierBusyError",
    "CarrierError",
    "CarrierRecording",
    "CarrierRefusedError",
    "CarrierUnavailableError",
    "InvalidNameError",
    "NotOfferedError",
    "RecordingNotReadyError",
    "RecordingTooLargeError",
]
