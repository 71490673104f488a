"""YAML that knows its lines, read by the 1.2 rules where they differ from 1.1.

What an owner writes is what is meant: a ZIP keeps its zero, `no` is a word, a date stays text
until it is checked, and a key that is given twice is refused.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from api.business_file.problems import BadBusinessFile, Path, Problem, dotted

_MOST_CHARACTERS = 400_000


class _Loader(yaml.SafeLoader):
    """YAML with 1.2's idea of numbers and booleans; dates stay text; no key twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own attribute


def _resolver(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolver("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolver("int", r"^-?(?:0|[1-9][0-9]*)$", "-0123456789")
_resolver("float", r"^-?(?:0|[1-9][0-9]*)?\.[0-9]+$", "-.0123456789")
_resolver("merge", r"^<<$", "<")
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)


def compose(text: str, source: str) -> yaml.MappingNode:
    """The tree of a file, with lines.

    Raises:
        BadBusinessFile: it is not YAML, not keys with values, or gives a key twice.
    """
    root = _parsed(text, source)
    problems = list(_twice(root, ()))
    if problems:
        raise BadBusinessFile(problems, source)
    return root


def as_data(root: yaml.MappingNode, source: str) -> object:
    """What the tree says, as plain data.

    Raises:
        BadBusinessFile: it uses a tag that means nothing here.
    """
    try:
        data: object = _Loader("").construct_document(root)
    except yaml.YAMLError as error:
        raise _not_yaml(error, source) from None
    return data


def _parsed(text: str, source: str) -> yaml.MappingNode:
    if len(text) > _MOST_CHARACTERS:
        raise BadBusinessFile([Problem("", "is too long for a business file")], source)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            raise BadBusinessFile([Problem("", "uses a YAML alias (*name): write it out")], source)
        root = yaml.compose(text, _Loader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, source) from None
    if not isinstance(root, yaml.MappingNode):
        problem = Problem(
            "", "is not a business file: it must be keys with values", "slug: my-shop"
        )
        raise BadBusinessFile([problem], source)
    return root


def _not_yaml(error: yaml.YAMLError, source: str) -> BadBusinessFile:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).partition("\n")[0]
    line = mark.line + 1 if mark is not None else None
    return BadBusinessFile([Problem("", f"this is not YAML: {what}", "", line)], source)


def _twice(node: yaml.Node, path: Path) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                where = dotted((*path, name))
                problem = f"is given twice, first in line {seen[name]}"
                yield Problem(where, problem, "", key.start_mark.line + 1)
            seen.setdefault(name, key.start_mark.line + 1)
            yield from _twice(value, (*path, name))
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            yield from _twice(value, (*path, place))


def line_of(node: yaml.Node, path: Path) -> int:
    """The line of that key, or of the deepest part of it that is there."""
    line = node.start_mark.line + 1
    for part in path:
        found: tuple[yaml.Node, int] | None = None
        if isinstance(node, yaml.MappingNode):
            found = _entry(node, str(part))
        elif isinstance(node, yaml.SequenceNode):
            found = _element(node, part)
        if found is None:
            break
        node, line = found
    return line


def _entry(node: yaml.MappingNode, name: str) -> tuple[yaml.Node, int] | None:
    for key, value in node.value:
        if key.value == name:
            return value, key.start_mark.line + 1
    return None


def _element(node: yaml.SequenceNode, part: str | int) -> tuple[yaml.Node, int] | None:
    """By place, or by its own `key` (`services.drain`)."""
    for place, element in enumerate(node.value):
        named = _entry(element, "key") if isinstance(element, yaml.MappingNode) else None
        if part == place or (named and named[0].value == part):
            return element, element.start_mark.line + 1
    return None
