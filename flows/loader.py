"""From a YAML file to a checked flow; what is wrong is said with file, line and a plain sentence."""

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from flows.model import Choose, Do, End, Flow, Keypad, Languages, Line, Menu, Record, Say, Step

DEFINITIONS = Path(__file__).parent / "definitions"
VERSION_LENGTH = 12
_LINE = "__line__"


class FlowError(Exception):
    """A flow file cannot be used.

    Attributes:
        findings: One sentence for each thing that is wrong, with file and line.
    """

    def __init__(self, findings: list[str]) -> None:
        self.findings = findings
        super().__init__("\n".join(findings))


class _LineLoader(yaml.SafeLoader):
    """YAML that remembers on which line each mapping began and refuses a key given twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {_LINE: node.start_mark.line + 1}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise _Finding(line, f"the key {key!r} must stand in quotation marks")
        if key in result:
            raise _Finding(line, f"{key!r} stands here a second time")
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Finding(Exception):  # noqa: N818 - not an error yet: it gets its file and leaves as FlowError
    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(sentence)


def load_flow(path: Path) -> Flow:
    """Read one flow; its graph is looked at by `flows.checks`.

    Raises:
        FlowError: the file cannot be read as a flow.
    """
    source = path.read_bytes()
    try:
        return _flow(yaml.load(source, _LineLoader), hashlib.sha256(source).hexdigest()[:VERSION_LENGTH])  # noqa: S506 - derived from SafeLoader
    except _Finding as finding:
        raise FlowError([f"{path.name}:{finding.line}: {finding.sentence}"]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FlowError([f"{path.name}:{line}: this is not YAML: {error.problem}"]) from None


def lines_of_steps(path: Path) -> Mapping[str, int]:
    """Return on which line each step of a flow file begins."""
    tree = yaml.load(path.read_bytes(), _LineLoader)  # noqa: S506 - derived from SafeLoader
    return {name: step[_LINE] for name, step in tree["steps"].items() if name != _LINE}


def _flow(tree: Any, version: str) -> Flow:
    if not isinstance(tree, dict):
        raise _Finding(1, "a flow begins with its name, its first step and its steps")
    take = partial(_take, tree)
    flow = Flow(
        name=take("name", str),
        version=version,
        first=take("first", str),
        help=take("help", str),
        farewell=take("farewell", str),
        silent_end=take("silent_end", str),
        panic=take("panic", str),
        bad_key=Line(take("bad_key", str)),
        still_here=Line(take("still_here", str)),
        steps=MappingProxyType({name: _step(name, step) for name, step in _items(take("steps", dict))}),
    )
    _nothing_left(
        tree, {"name", "first", "help", "farewell", "silent_end", "panic", "bad_key", "still_here", "steps"}
    )
    return flow


def _take(tree: dict[str, Any], name: str, kind: type, default: Any = None) -> Any:
    if name not in tree:
        if default is not None:
            return default
        raise _Finding(tree[_LINE], f"{name!r} is missing")
    value = tree[name]
    if not isinstance(value, kind):
        raise _Finding(tree[_LINE], f"{name!r} must be {_KIND_WORDS[kind]}")
    return value


_KIND_WORDS: dict[type, str] = {
    str: "a word",
    dict: "a group of names with values",
    list: "a list",
    int: "a whole number",
    bool: "true or false",
}


def _items(tree: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in tree.items() if name != _LINE]


def _nothing_left(tree: dict[str, Any], known: set[str]) -> None:
    for name in tree:
        if name != _LINE and name not in known:
            raise _Finding(tree[_LINE], f"{name!r} is not known here")


def _step(name: str, tree: Any) -> Step:
    if not isinstance(tree, dict):
        raise _Finding(1, f"the step {name!r} must say what it does")
    for kind, build in _BUILDERS.items():
        if kind in tree:
            return build(tree)
    raise _Finding(tree[_LINE], f"the step {name!r} must be one of: {', '.join(_BUILDERS)}")


def _say(tree: dict[str, Any]) -> Say:
    _nothing_left(tree, {"say", "then"})
    return Say(_lines(tree, "say"), _take(tree, "then", str))


def _menu(tree: dict[str, Any]) -> Menu:
    _nothing_left(tree, {"menu"})
    body = _take(tree, "menu", dict)
    known = {"say", "again", "press", "no_input", "tone", "back", "skip_on_silence", "barge_in", "remember"}
    _nothing_left(body, known)
    return Menu(
        lines=_lines(body, "say"),
        press=MappingProxyType(dict(_items(_take(body, "press", dict)))),
        no_input=_take(body, "no_input", str),
        tone=_tone(body),
        again=_lines(body, "again") if "again" in body else (),
        back=body.get("back"),
        skip_on_silence=_take(body, "skip_on_silence", bool, default=False),
        barge_in=_take(body, "barge_in", bool, default=True),
        remember=_take(body, "remember", bool, default=False),
    )


def _tone(body: dict[str, Any]) -> Any:
    tone = body.get("tone", "private")
    if tone not in {"neutral", "private"}:
        raise _Finding(body[_LINE], "'tone' must be neutral or private")
    return tone


def _languages(tree: dict[str, Any]) -> Languages:
    _nothing_left(tree, {"languages"})
    body = _take(tree, "languages", dict)
    _nothing_left(body, {"say", "item", "more", "then", "no_input"})
    words = {name: _take(body, name, str) for name in ("item", "more", "then", "no_input")}
    return Languages(lines=_lines(body, "say"), **words)


def _choose(tree: dict[str, Any]) -> Choose:
    _nothing_left(tree, {"choose"})
    body = _take(tree, "choose", dict)
    words = ("of", "item", "more", "remember", "then", "empty", "no_input")
    _nothing_left(body, {"say", "back", "tone", *words})
    return Choose(
        lines=_lines(body, "say") if "say" in body else (),
        back=body.get("back"),
        tone=_tone(body),
        **{name: _take(body, name, str) for name in words},
    )


def _keypad(tree: dict[str, Any]) -> Keypad:
    _nothing_left(tree, {"keypad"})
    body = _take(tree, "keypad", dict)
    _nothing_left(body, {"say", "count", "then", "no_input"})
    return Keypad(
        lines=_lines(body, "say"),
        count=_take(body, "count", int),
        then=_take(body, "then", str),
        no_input=_take(body, "no_input", str),
    )


def _record(tree: dict[str, Any]) -> Record:
    _nothing_left(tree, {"record"})
    body = _take(tree, "record", dict)
    _nothing_left(body, {"say", "then", "silent", "max_length_s", "silence_s"})
    return Record(
        lines=_lines(body, "say"),
        then=_take(body, "then", str),
        silent=_take(body, "silent", str),
        max_length_s=_take(body, "max_length_s", int, default=120),
        silence_s=_take(body, "silence_s", int, default=5),
    )


def _do(tree: dict[str, Any]) -> Do:
    _nothing_left(tree, {"do", "outcomes"})
    return Do(_take(tree, "do", str), MappingProxyType(dict(_items(_take(tree, "outcomes", dict)))))


def _end(tree: dict[str, Any]) -> End:
    _nothing_left(tree, {"end"})
    return End(_lines(tree, "end"))


_BUILDERS: dict[str, Callable[[dict[str, Any]], Step]] = {
    "menu": _menu,
    "languages": _languages,
    "choose": _choose,
    "keypad": _keypad,
    "record": _record,
    "do": _do,
    "end": _end,
    "say": _say,
}


def _lines(tree: dict[str, Any], name: str) -> tuple[Line, ...]:
    return tuple(_line(tree[_LINE], item) for item in _take(tree, name, list))


def _line(line: int, item: Any) -> Line:
    if isinstance(item, str):
        return Line(item)
    if not isinstance(item, dict) or "prompt" not in item:
        raise _Finding(line, "each thing to say is a prompt's id, or has a 'prompt'")
    values = tuple((slot, str(value)) for slot, value in _items(item) if slot not in {"prompt", "only_if"})
    return Line(item["prompt"], values=values, only_if=item.get("only_if"))
