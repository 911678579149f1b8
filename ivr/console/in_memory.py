"""Requests whose files stay in memory: a voice that somebody sends must not lie readable on a disk."""

from io import BytesIO
from typing import IO

from flask import Request


class InMemory(Request):
    """A request that writes no part of a form into a temporary file; the guard says how large it may be."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - the parent's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()
