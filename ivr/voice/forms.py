"""The form that the carrier posts, with its blanks and repeated names, as the signature needs it."""

from urllib.parse import parse_qsl

from flask import Request, abort

LARGEST_BYTES = 16 * 1024
"""Far more than any carrier posts."""

MOST_FIELDS = 200


def read_form(request: Request) -> list[tuple[str, str]]:
    """Return names and values in the order in which they came; refuses what no carrier posts."""
    if (request.content_length or 0) > LARGEST_BYTES:
        abort(413)
    body = request.get_data(cache=False)
    if len(body) > LARGEST_BYTES:
        abort(413)
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        abort(400)
