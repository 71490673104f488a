"""What the logs must never hold, in both forms."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from core.errors import NotFound
from core.log import get_logger, set_up

TEXT = "I am Ann of 7 Elm Street"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers, ours = root.level, root.handlers[:], structlog.get_config()
    yield
    structlog.configure(**ours)
    root.setLevel(level)
    root.handlers[:] = handlers


def _break(error: Exception) -> None:
    try:
        raise error
    except Exception as caught:
        raise LookupError(TEXT) from caught


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("error", [ValueError(TEXT), ExceptionGroup(TEXT, [KeyError(TEXT)])])
def test_a_traceback_tells_kind_and_place_but_nobodys_words(
    style: str, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("info", style)
    try:
        _break(error)
    except LookupError as caught:
        get_logger("here").error("broke", exc_info=caught)
        logging.getLogger("library").exception("broke %s", "too")
    told = capsys.readouterr().err
    assert told.count("_break") >= 2
    assert "builtins.LookupError" in told
    assert f"builtins.{type(error).__name__}" in told
    assert TEXT not in told.replace("raise LookupError(TEXT)", "")


def test_our_own_words_are_told_with_numbers_masked(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("info", "json")
    get_logger("here").error("broke", exc_info=NotFound("no +12075550123, no %2B12075550123"))
    line = json.loads(capsys.readouterr().err)
    assert "NotFound: no +1***23, no %2***23" in line["exception"]


def test_libraries_are_heard_from_warnings_up_and_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up("debug", "json")
    logging.getLogger("httpcore.connection").debug("headers %s", TEXT)
    logging.getLogger("twilio.http_client").info("To: %s", TEXT)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: %s", TEXT)
    told = capsys.readouterr().err
    assert json.loads(told)["event"] == "Task exception was never retrieved"
