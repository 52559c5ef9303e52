"""How two snapshots differ, in Terraform's terms: address, attribute, before, after."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher, unified_diff
from typing import Any

from aibridge_construct.hcl import InvalidTemplateError, native_body

from .elements import addressed
from .lines import Lines, parsed, visible

__all__ = ["drift"]

#: Longer values are shown around what differs in them.
_WIDTH = 100
_CONTEXT = 30
_NOTHING: Any = object()


def drift(before: str, after: str) -> Iterator[str]:
    """The lines that tell how a snapshot differs from what a test compared with it.

    `+` is what is new, `-` what is gone, `~` what changed: first an element, then its attributes; texts of several
    lines as a unified diff.

    Args:
        before: the text of the snapshot.
        after: the text that it would become.
    """
    try:
        old, new = parsed(before), parsed(after)
    except ValueError:
        yield from unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2)
        return
    found = list(_files(old, new) if _is_directory(old) and _is_directory(new) else _content("", old, new))
    yield from found or [
        "  Nothing of the template changed: the snapshot was written in an older form. Run pytest --snapshot-update."
    ]


def _is_directory(value: Any) -> bool:
    return isinstance(value, dict) and any(name.endswith((".tf", ".tf.json")) for name in value)


def _files(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, _NOTHING), new.get(name, _NOTHING)
        if before == after and type(before) is type(after):
            continue
        if name.endswith(".tf.json"):
            yield from _content(name, _or_empty(before), _or_empty(after))
        elif name.endswith(".tf"):
            yield from _native(name, before, after)
        else:
            yield from _element(f"file {name}", before, after)


def _or_empty(content: Any) -> Any:
    return {} if content is _NOTHING else content


def _native(name: str, before: Any, after: Any) -> Iterator[str]:
    try:
        contents = [native_body(_as_text(value)) for value in (before, after)]
    except InvalidTemplateError:
        contents = []
    found = list(_content(name, *contents)) if contents else []
    yield from found or _element(f"file {name}", before, after)


def _as_text(value: Any) -> str:
    if isinstance(value, Lines):
        return value.text
    return "" if value is _NOTHING else str(value)


def _content(file: str, old: Any, new: Any) -> Iterator[str]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield from _attribute("", old, new)
        return
    where = f"  ({file})" if file not in ("", "cdk.tf.json") else ""
    before, after = _elements(old), _elements(new)
    for address in sorted(before.keys() | after.keys()):
        head = list(_element(address, before.get(address, _NOTHING), after.get(address, _NOTHING)))
        yield from (line if number else line + where for number, line in enumerate(head))


def _elements(content: Mapping[str, Any]) -> dict[str, Any]:
    """Elements by address, and whatever else there is by its key."""
    known = addressed(content)
    if not known:
        return dict(content)
    kinds = {element.kind for element in known.values()} | {"locals"}
    return {**known, **{key: value for key, value in content.items() if key not in kinds}}


def _element(address: str, before: Any, after: Any) -> Iterator[str]:
    changes = list(_attribute("", before, after))
    if changes:
        mark = "+" if before is _NOTHING else "-" if after is _NOTHING else "~"
        yield f"  {mark} {address}"
        if mark == "~" or {} not in (before, after):
            yield from changes


def _attribute(path: str, before: Any, after: Any) -> Iterator[str]:
    before, after = _as_lines(before), _as_lines(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            yield from _attribute(_step(path, key), before.get(key, _NOTHING), after.get(key, _NOTHING))
    elif isinstance(before, Mapping) and after is _NOTHING and before:
        for key in sorted(before):
            yield from _attribute(_step(path, key), before[key], _NOTHING)
    elif isinstance(after, Mapping) and before is _NOTHING and after:
        for key in sorted(after):
            yield from _attribute(_step(path, key), _NOTHING, after[key])
    elif isinstance(before, list) and isinstance(after, list) and Lines in (type(before), type(after)):
        yield from _texts(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(path, before, after)
    elif type(before) is not type(after) or before != after:
        yield from _values(path, before, after)


def _as_lines(value: Any) -> Any:
    return Lines.of(value) if isinstance(value, str) and "\n" in value else value


def _step(path: str, key: str) -> str:
    plain = key.replace("_", "a").replace("-", "a").isalnum()
    step = key if plain else f"[{json.dumps(key, ensure_ascii=False)}]"
    return step if not path else f"{path}.{step}" if plain else f"{path}{step}"


def _texts(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    if type(before) is type(after) and before == after:
        return
    yield f"      ~ {path or 'text'}:"
    if type(before) is not type(after):
        kinds = {Lines: "one text", list: "a list (or written by an older version of the kit)"}
        yield f"          was {kinds[type(before)]}, is {kinds[type(after)].partition(' (')[0]}"
    old, new = ([item if isinstance(item, str) else _written(item) for item in items] for items in (before, after))
    for line in list(unified_diff(old, new, lineterm="", n=2))[2:]:
        yield f"          {visible(line)}"


def _lists(path: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    if len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _attribute(f"{path}[{index}]" if len(before) > 1 else path, old, new)
        return
    old, new = ([json.dumps(item, sort_keys=True) for item in items] for items in (before, after))
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            for index in range(start, end):
                yield from _values(f"{path}[{index}]", before[index], _NOTHING)
            for index in range(begin, stop):
                yield from _values(f"{path}[{index}]", _NOTHING, after[index])


def _values(path: str, before: Any, after: Any) -> Iterator[str]:
    name = f"{path} = " if path else ""
    if after is _NOTHING:
        yield from _one("-", name, before)
    elif before is _NOTHING:
        yield from _one("+", name, after)
    else:
        old, new = _around(_written(before), _written(after))
        yield f"      ~ {name}{old} -> {new}"


def _one(mark: str, name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Lines):
        yield f"      {mark} {name}{_cut(_written(value))}"
        return
    yield f"      {mark} {name.removesuffix(' = ') or 'text'}:"
    yield from (f"          {mark}{visible(line)}" for line in value)


def _written(value: Any) -> str:
    return visible(json.dumps(value, sort_keys=True, ensure_ascii=False))


def _cut(text: str) -> str:
    return text if len(text) <= 2 * _WIDTH else f"{text[: 2 * _WIDTH]} …"


def _around(before: str, after: str) -> tuple[str, str]:
    """Two long texts, cut to where they differ."""
    if max(len(before), len(after)) <= _WIDTH:
        return before, after
    shorter = min(len(before), len(after))
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    rest = shorter - start
    same = next((index for index in range(rest) if before[-1 - index] != after[-1 - index]), rest)
    return _window(before, start, len(before) - same), _window(after, start, len(after) - same)


def _window(text: str, start: int, end: int) -> str:
    begin, stop = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    shown = _cut(text[begin:stop])
    return f"{'… ' if begin else ''}{shown}{' …' if stop < len(text) else ''}"
