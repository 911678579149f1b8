"""Sealing: what was moved, changed or sealed with another key does not open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.errors import SealBrokenError
from ivr.persistence.sealing import KEY_BYTES, Keys, new_key, seal, unseal

KEY = bytes(range(KEY_BYTES))
KEYS = Keys(KEY)


@given(plain=st.binary(max_size=2000), context=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_was_sealed_opens_in_its_place(plain: bytes, context: str) -> None:
    assert unseal(KEY, seal(KEY, plain, context), context) == plain


@given(place=st.integers(0, 60), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_noticed(place: int, bit: int) -> None:
    sealed = bytearray(seal(KEY, b"she said this", "transcripts.words:1"))
    sealed[place % len(sealed)] ^= 1 << bit

    with pytest.raises(SealBrokenError):
        unseal(KEY, bytes(sealed), "transcripts.words:1")


@given(length=st.integers(0, 42))
def test_what_was_cut_short_is_noticed(length: int) -> None:
    with pytest.raises(SealBrokenError):
        unseal(KEY, seal(KEY, b"she said this", "a")[:length], "a")


def test_what_was_moved_to_another_row_or_column_does_not_open() -> None:
    sealed = seal(KEY, b"482731", "concerns.case_number:1")

    for place in ("concerns.case_number:2", "concerns.pin:1", ""):
        with pytest.raises(SealBrokenError):
            unseal(KEY, sealed, place)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBrokenError):
        unseal(new_key(), seal(KEY, b"x", "a"), "a")


def test_the_same_words_are_never_sealed_alike() -> None:
    sealed = {seal(KEY, b"the same", "a") for _ in range(200)}

    assert len(sealed) == 200


def test_a_wrapped_key_opens_for_its_owner_alone() -> None:
    key = new_key()
    wrapped = KEYS.wrap(key, "concern:1")

    assert KEYS.unwrap(wrapped, "concern:1") == key
    for keys, owner in ((KEYS, "concern:2"), (Keys(new_key()), "concern:1")):
        with pytest.raises(SealBrokenError):
            keys.unwrap(wrapped, owner)


def test_a_keyed_hash_depends_on_key_purpose_and_value() -> None:
    hashes = {
        KEYS.keyed_hash("482731", "case number of 1"),
        KEYS.keyed_hash("482731", "case number of 2"),
        KEYS.keyed_hash("482732", "case number of 1"),
        Keys(new_key()).keyed_hash("482731", "case number of 1"),
    }

    assert len(hashes) == 4
    assert KEYS.keyed_hash("482731", "case number of 1") in hashes


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert KEYS.derived("a") == Keys(KEY).derived("a")
    assert len({KEYS.derived("a"), KEYS.derived("b"), KEY}) == 3


def test_nothing_of_a_key_is_shown() -> None:
    assert KEY.hex() not in repr(KEYS)
