"""What is wrong with a flow is said with file, line and a plain sentence, before one caller hears it."""

from pathlib import Path

import pytest

from flows.checks import ends, load_checked
from flows.loader import DEFINITIONS, FlowError

GOOD = """\
name: small
first: menu
help: help
farewell: bye
silent_end: quiet
panic: harmless
bad_key: err_badkey
still_here: err_nokey
steps:
  menu:
    menu:
      say: [main_menu]
      tone: neutral
      press: {"1": agree}
      no_input: bye
  agree: {do: agree, outcomes: {agreed: record, failed: bye}}
  record: {record: {say: [message_beep], then: more, silent: bye}}
  help: {say: [emergency_now], then: bye}
  bye: {end: [goodbye]}
  quiet: {end: []}
  harmless: {end: [harmless]}
  more: {menu: {say: [soon_keys], press: {"1": bye}, no_input: bye}}
"""
MENU = 'press: {"1": agree}'


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text)
    return path


def findings(folder: Path, old: str, new: str) -> list[str]:
    """Return what is said of the good flow after a change."""
    assert old in GOOD
    with pytest.raises(FlowError) as caught:
        load_checked(write(folder, GOOD.replace(old, new)))
    assert str(caught.value) == "\n".join(caught.value.findings)
    return caught.value.findings


def test_a_good_flow_is_loaded(tmp_path: Path) -> None:
    flow = load_checked(write(tmp_path, GOOD))

    assert flow.name == "small"
    assert ends(flow) == ("bye", "quiet", "harmless")


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("steps:", "steps: [", "11: this is not YAML: expected ',' or ']', but got ':'"),
        (GOOD, "- a list\n", "1: a flow begins with its name, its first step and its steps"),
        ("name: small\n", "", "1: 'name' is missing"),
        ("first: menu", "first: [menu]", "1: 'first' must be a word"),
        ("name: small", "name: small\ncolour: red", "1: 'colour' is not known here"),
        ("steps:", "first: menu\nsteps:", "9: 'first' stands here a second time"),
        (MENU, "press: {1: agree}", "14: the key 1 must stand in quotation marks"),
        (MENU, 'press: {"1": agree, "1": bye}', "14: '1' stands here a second time"),
        ("  quiet: {end: []}", "  quiet: hush", "1: the step 'quiet' must say what it does"),
        (
            "  quiet: {end: []}",
            "  quiet: {hush: []}",
            "20: the step 'quiet' must be one of: menu, languages, choose, keypad, record, do, end, say",
        ),
        ("      no_input: bye\n", "", "12: 'no_input' is missing"),
        ("tone: neutral", "tone: loud", "12: 'tone' must be neutral or private"),
        ("tone: neutral", "barge_in: maybe", "12: 'barge_in' must be true or false"),
        ("tone: neutral", "volume: 11", "12: 'volume' is not known here"),
        ("say: [main_menu]", "say: main_menu", "12: 'say' must be a list"),
        (
            "say: [main_menu]",
            "say: [{digits: x}]",
            "12: each thing to say is a prompt's id, or has a 'prompt'",
        ),
        ("silent: bye}}", "silent: bye, max_length_s: long}}", "17: 'max_length_s' must be a whole number"),
        ("outcomes: {agreed", "outcome: {agreed", "16: 'outcome' is not known here"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert findings(tmp_path, old, new) == [f"small.yaml:{finding}"]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("first: menu", "first: start", "1: 'first' leads to 'start', which is not a step"),
        ("help: help", "help: nobody", "1: 'help' leads to 'nobody', which is not a step"),
        ("then: bye}\n  bye", "then: by}\n  bye", "18: step 'help': then leads to 'by', which is not a step"),
        (MENU, 'press: {"1": agree, "2": two}', "11: step 'menu': key 2 leads to 'two', which is not a step"),
        ("  quiet:", "  alone: {end: []}\n  quiet:", "20: step 'alone': no caller can ever come here"),
        (
            "  help: {say: [emergency_now], then: bye}",
            "  help: {say: [emergency_now], then: round}\n  round: {say: [emergency_now], then: help}",
            "18: step 'help': a caller who comes here can never get out",
        ),
        (
            "  help: {say: [emergency_now], then: bye}",
            "  help: {say: [emergency_now], then: round}\n  round: {say: [emergency_now], then: help}",
            "18: step 'help': goes round in a circle without waiting for the caller",
        ),
        (
            MENU,
            'press: {"1": agree, "2": bye, "3": bye, "4": bye, "5": bye, "6": bye}',
            "11: step 'menu': 6 choices are more than a caller can keep in mind; at most 5",
        ),
        (MENU, 'press: {"1": agree, "0": bye}', "11: step 'menu': the key 0 is kept for help now"),
        (MENU, 'press: {"1": agree, "9": bye}', "11: step 'menu': the key 9 is kept for the end of the call"),
        (MENU, 'press: {"1": agree, "*": bye}', "11: step 'menu': the key * is kept for again or back"),
        (MENU, 'press: {"1": agree, "11": bye}', "11: step 'menu': '11' is not a key of a telephone"),
        ("say: [main_menu]", "say: []", "11: step 'menu': it asks without saying anything"),
        ("do: agree,", "do: fly,", "16: step 'agree': nobody knows how to 'fly'"),
        (
            "outcomes: {agreed: record, failed: bye}",
            "outcomes: {agreed: record, refused: bye}",
            "16: step 'agree': 'agree' needs exactly its own outcomes; see failed, refused",
        ),
        (
            MENU,
            'press: {"1": agree, "2": record}',
            "17: step 'record': a caller can be recorded here who has not agreed",
        ),
        (
            "failed: bye}",
            "failed: record}",
            "17: step 'record': a caller can be recorded here who has not agreed",
        ),
    ],
)
def test_what_would_fail_a_caller_is_said(tmp_path: Path, old: str, new: str, finding: str) -> None:
    assert f"small.yaml:{finding}" in findings(tmp_path, old, new)


def test_a_message_behind_too_many_menus_is_said(tmp_path: Path) -> None:
    menus = "".join(
        f'  deep{number}: {{menu: {{say: [main_menu], press: {{"1": {target}}}, no_input: bye}}}}\n'
        for number, target in enumerate(("deep1", "deep2", "deep3", "deep4", "agree"))
    )
    found = findings(tmp_path, "  agree: {do", menus + "  agree: {do")
    with pytest.raises(FlowError) as caught:
        load_checked(write(tmp_path, GOOD.replace(MENU, 'press: {"1": deep0}') + menus))

    assert "small.yaml:16: step 'deep0': no caller can ever come here" in found
    assert caught.value.findings == ["small.yaml:17: step 'record': 6 menus lie before it; at most 4"]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = findings(tmp_path, MENU, 'press: {"0": agree, "a": bye, "1": record}')

    assert len(found) == 3


def test_a_prompt_that_nobody_has_recorded_is_said(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    with pytest.raises(FlowError) as caught:
        load_checked(path, ("en", "id"), lambda language, prompt: (language, prompt) != ("id", "harmless"))

    assert caught.value.findings == ["small.yaml:1: the prompt 'harmless' has no recording in 'id'"]


def test_the_flow_of_this_house_is_good() -> None:
    assert load_checked(DEFINITIONS / "hotline.yaml").first == "welcome"
