"""Where each kind of concern may be referred: kinds of service, in the order in which to offer them."""

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import yaml

_TAXONOMY: Final = Path(__file__).with_name("taxonomy.yaml")


def referral_kinds(categories: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of service for these kinds of concern, each once, the first named first.

    Non-state help comes first in each list of the taxonomy. A kind of concern that it does not have has none.
    """
    lists = _referrals()
    return tuple(dict.fromkeys(kind for category in categories for kind in lists.get(category, ())))


@functools.cache
def _referrals() -> Mapping[str, tuple[str, ...]]:
    source = yaml.safe_load(_TAXONOMY.read_text(encoding="utf-8"))
    return {row["id"]: tuple(row["referral"]) for row in source["categories"]}
