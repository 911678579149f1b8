"""Reading pairs, held against the standard library's reader."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.voice.forms import MOST_FIELDS, read_pairs

TEXT = st.characters(codec="utf-8")


@given(st.text(alphabet="ab=&%+;2Bé\x00", max_size=60))
def test_any_text_is_read_as_the_standard_library_reads_it(text: str) -> None:
    assert read_pairs(text) == parse_qsl(text, keep_blank_values=True)


@given(st.lists(st.tuples(st.text(TEXT, min_size=1), st.text(TEXT))))
def test_what_was_written_comes_back(pairs: list[tuple[str, str]]) -> None:
    assert read_pairs(urlencode(pairs)) == pairs


def test_more_fields_than_any_carrier_posts_are_refused() -> None:
    assert len(read_pairs("&".join(["a=1"] * MOST_FIELDS))) == MOST_FIELDS
    with pytest.raises(ValueError, match="too many fields"):
        read_pairs("&".join(["a=1"] * (MOST_FIELDS + 1)))
