"""Where in the inbox a person came from, carried in addresses so that she finds her place again."""

from typing import Any

from flask import request

_KEPT = "view", "before", "after"


def way_back() -> dict[str, Any]:
    """Return what an address needs to lead back to the same page of the inbox."""
    return {name: request.args[name] for name in _KEPT if name in request.args}
