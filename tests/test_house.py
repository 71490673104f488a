"""Rules of the house that no linter knows, read from the source itself."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
ROOMS = ("agent", "api", "booking", "cli", "core", "desk", "evals", "prompts", "texting")
FILE_LINES, FUNCTION_LINES = 400, 60
# spelled so that this file does not break its own rule
MACHINE = re.compile(
    r"(?<![\w.:/-])/(?:" + "work|root|Users|home(?!/ringback)" + r")/\w"
    r"|(?:(?<!emit-)index-url|extra-index|find-links|pypi\.|pythonhosted|npmjs|artifactory)",
)
SPEAKS_OF_PEOPLE = {"body", "text", "phone", "name", "to", "from_", "caller", "token", "email"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git knows (or, in an archive of it, that is there) beside this one."""
    try:
        listed = subprocess.run(
            ["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [str(p.relative_to(HOUSE)) for room in ROOMS for p in (HOUSE / room).rglob("*")]
    return tuple(Path(name) for name in listed if (HOUSE / name).is_file())


@cache
def product() -> tuple[tuple[Path, ast.Module], ...]:
    """The product's own modules; migrations are frozen and keep their own style."""
    files = (f for f in tracked() if f.suffix == ".py" and f.parts[0] in ROOMS)
    return tuple(
        (f, ast.parse((HOUSE / f).read_text(encoding="utf-8")))
        for f in files
        if "versions" not in f.parts
    )


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[Path, ast.AST]]:
    """Every node of a kind, with the file that it stands in."""
    for file, tree in product():
        yield from ((file, node) for node in ast.walk(tree) if isinstance(node, kind))


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call, with what is called as it is written."""
    for file, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        yield file, node, ast.unparse(node.func)


def where(file: Path, node: ast.AST) -> str:
    """A place that an editor opens."""
    return f"{file}:{getattr(node, 'lineno', 0)}"


def test_files_and_functions_stay_short() -> None:
    long = [str(f) for f, _ in product() if len((HOUSE / f).read_text().splitlines()) > FILE_LINES]
    for file, node in nodes((ast.FunctionDef, ast.AsyncFunctionDef)):
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES:
            long.append(f"{where(file, node)} {node.name}")
    assert long == []


def test_no_error_is_swallowed_without_a_word() -> None:
    silent = []
    for file, node in nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        mute = all(isinstance(b, ast.Pass) for b in node.body)
        skips = broad and all(isinstance(b, ast.Continue) for b in node.body)
        if mute or skips or node.type is None:
            silent.append(where(file, node))
    assert silent == []


def test_only_the_command_line_prints() -> None:
    found = [where(f, c) for f, c, name in calls() if name == "print" and f.parts[0] != "cli"]
    assert found == []


def test_only_the_database_commits() -> None:
    """Everybody else works inside `db.work()` or `db.directory()`, which commit whole."""
    ends = re.compile(r"(?:^|\.)(?:commit|rollback)$|session\.begin(?:_nested)?$|engine\.begin$")
    found = [
        where(f, c) for f, c, name in calls() if ends.search(name) and f.parts[:2] != ("core", "db")
    ]
    assert found == []


def test_only_the_outbox_makes_outgoing_texts() -> None:
    found = set()
    for file, call, _ in calls():
        words = {k.arg: ast.unparse(k.value) for k in call.keywords}
        if words.get("direction") == "'outbound'":
            found.add(str(file))
    assert found == {"core/outbox.py"}


def test_only_the_sender_gives_texts_to_a_carrier() -> None:
    """It alone has committed `sending` before."""
    found = {str(f) for f, _, name in calls() if re.search(r"(?:^|[._])carrier\.send$", name)}
    assert found == {"texting/sender.py"}


def test_logs_name_no_people() -> None:
    """Ids, codes and counts are told; a number is masked by whoever tells it."""
    found = []
    for file, call, name in calls():
        if re.fullmatch(r"(?:self\.)?_?log\.\w+", name):
            found += [
                f"{where(file, call)} {k.arg}"
                for k in call.keywords
                if k.arg in SPEAKS_OF_PEOPLE and "mask(" not in ast.unparse(k.value)
            ]
    assert found == []


def test_every_file_of_the_rooms_is_in_the_wheel() -> None:
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    patterns = settings["setuptools"]["package-data"]["*"]
    forgotten = [
        str(f)
        for f in tracked()
        if f.parts[0] in ROOMS and f.suffix not in (".py", ".pyc")
        if not any(fnmatch(f.name, pattern) for pattern in patterns)
    ]
    assert forgotten == []


@pytest.mark.skipif(not (HOUSE / ".git").exists(), reason="needs git's list of files")
def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for file in tracked():
        if file.suffix in (".png", ".jsonl") or file == Path("tests/test_house.py"):
            continue
        lines = (HOUSE / file).read_text(encoding="utf-8").splitlines()
        found += [
            f"{file}:{n}: {t.strip()[:80]}" for n, t in enumerate(lines, 1) if MACHINE.search(t)
        ]
    assert found == []
