"""Each benchmark runs in a tiny setting, so that it does not rot; what it measures is not looked at here."""

import importlib
import json
from pathlib import Path

import pytest

from benchmarks import durable, guesses, message_way, start, table, transcription, turns, whole_calls
from benchmarks.__main__ import NAMES
from benchmarks.databases import sqlite
from benchmarks.rows import Row, at_least, at_most, paired_ratios, percentile


def test_a_menu_turn_is_compared_with_a_bare_route() -> None:
    rows = turns.rows(pairs=2, requests=20, wire_pairs=1, wire_s=0.1)

    assert all(row.median > 0 for row in rows)
    assert rows[0].median < 1


def test_a_durable_turn_commits_once_and_every_message_is_kept() -> None:
    commits, p99, p50 = durable.rows_of(sqlite(), runs=1, seconds=0.2, a_second=50)

    assert commits.measured == (1,)
    assert p99.median >= p50.median > 0


def test_whole_calls_come_to_their_end() -> None:
    *waits, errors = whole_calls.rows(runs=1, callers=12, a_second=200, warm_up_s=0.3, seconds=0.7)

    assert all(row.median > 0 for row in waits)
    assert errors.measured == (0,)


@pytest.mark.whole
def test_messages_are_followed_to_their_transcripts() -> None:
    rows = message_way.rows(runs=1, at_once=2)

    assert all(row.median > 0 for row in rows)


@pytest.mark.whole
def test_the_demonstration_is_started_and_called(tmp_path: Path) -> None:
    assert start.start_s(tmp_path) > 0


def test_transcription_is_measured_on_every_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcription, "RUNS", 1)
    monkeypatch.setattr(transcription, "CHILDREN", 1)

    assert all(row.median > 0 for row in transcription.rows())


def test_guesses_are_measured_in_pairs() -> None:
    assert all(row.median >= 1 for row in guesses.rows(pairs=3))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_that_can_be_asked_for_is_a_benchmark(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").rows)


def test_a_row_says_whether_its_median_is_good_enough() -> None:
    assert Row("kept", "ms", (1, 2, 9), at_most(2)).verdict == "met"
    assert Row("kept", "ms", (1, 3, 9), at_most(2)).verdict == "NOT met"
    assert Row("pace", "x", (0.3, 0.5, 0.4), at_least(0.4)).verdict == "met"
    assert Row("pace", "x", (0.3, 0.39, 0.4), at_least(0.4)).verdict == "NOT met"
    assert not Row("size", "MB", (3,)).verdict


def test_pairs_are_measured_in_turn_and_each_ratio_is_of_one_pair() -> None:
    order = []

    def measured(name: str, value: float) -> float:
        order.append(name)
        return value

    ratios = paired_ratios(lambda: measured("a", 1), lambda: measured("b", 4), 3)

    assert ratios == [0.25] * 3
    assert order == ["a", "b", "b", "a", "a", "b"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: float) -> None:
    assert percentile([float(one) for one in range(100, 0, -1)], share) == value


def test_the_table_can_be_read_by_a_machine(tmp_path: Path) -> None:
    file = tmp_path / "speed.json"

    table.write_json(file, table.machine(), [Row("pace", "x", (0.5, 0.4), at_least(0.4), "why")])

    (row,) = json.loads(file.read_text())["rows"]
    assert row["measured"] == [0.5, 0.4]
    assert row["verdict"] == "met"
