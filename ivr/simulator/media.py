"""Fetches what is to be played, keeps it as a caching carrier does, and hands it to phone pages."""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

from ivr.simulator.clock import Clock
from ivr.simulator.sounds import Media, NotSoundError, read_media
from ivr.simulator.webhooks import Courier, UndeliveredError

PLAYABLE = frozenset(
    {
        "audio/mpeg",
        "audio/wav",
        "audio/wave",
        "audio/x-wav",
        "audio/aiff",
        "audio/x-aifc",
        "audio/x-aiff",
        "audio/x-gsm",
        "audio/gsm",
        "audio/ulaw",
    }
)
SHELF_SIZE = 500
NOT_MODIFIED = 304
FIRST_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class Kept:
    """A fetched file with what is needed to ask whether it still holds."""

    media: Media
    fresh_until_s: float
    validators: Mapping[str, str]


class MediaShelf:
    """The last few hundred files that were played. Safe to use from many threads."""

    def __init__(self, courier: Courier, clock: Clock) -> None:
        self._courier = courier
        self._clock = clock
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._by_key: OrderedDict[str, Media] = OrderedDict()
        self._lock = threading.Lock()

    def fetch(self, url: str) -> Media:
        """Return the file at an address, asked for again only where a cache would ask.

        Raises:
            UndeliveredError: It is not there, or it is no sound (12300).
        """
        kept = self._kept.get(url)
        if kept is not None and self._clock.now_s() < kept.fresh_until_s:
            return kept.media
        answered = self._courier.fetch(urldefrag(url).url, kept.validators if kept else {})
        if answered.status == NOT_MODIFIED and kept is not None:
            return self._keep(url, replace(kept, fresh_until_s=self._fresh_until_s(answered.headers))).media
        if answered.status >= FIRST_ERROR_STATUS:
            raise UndeliveredError(11217, "The sound could not be fetched.", answered.status)
        media = playable(answered.content, answered.content_type)
        return self._keep(
            url, Kept(media, self._fresh_until_s(answered.headers), _validators(answered.headers))
        ).media

    def put(self, url: str, media: Media) -> None:
        """Keep a file that came as the answer to another request, for the moment it is played."""
        self._keep(url, Kept(media, self._clock.now_s() + 1, {}))

    def by_key(self, key: str) -> Media | None:
        """Return a file that was played not long ago."""
        return self._by_key.get(key)

    def _keep(self, url: str, kept: Kept) -> Kept:
        with self._lock:
            self._kept[url] = kept
            self._by_key[kept.media.key] = kept.media
            for shelf in (self._kept, self._by_key):
                while len(shelf) > SHELF_SIZE:
                    shelf.popitem(last=False)
        return kept

    def _fresh_until_s(self, headers: Mapping[str, str]) -> float:
        control = headers.get("cache-control", "")
        age = re.search(r"max-age=(\d+)", control)
        if age is None or "no-cache" in control or "no-store" in control:
            return 0.0
        return self._clock.now_s() + int(age[1])


def playable(content: bytes, content_type: str) -> Media:
    """Return an answer as something to play.

    Raises:
        UndeliveredError: 12300, it is no sound.
    """
    if content_type not in PLAYABLE:
        raise UndeliveredError(12300, "The content type is no sound.")
    try:
        return read_media(content, content_type)
    except NotSoundError as error:
        raise UndeliveredError(12300, str(error)) from error


def _validators(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
    return {asked: headers[given] for asked, given in pairs if given in headers}
