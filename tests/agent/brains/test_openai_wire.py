"""An answer is read whole or not at all."""

from typing import Any

import pytest

from agent.brains.openai_wire import read


@pytest.mark.parametrize("answer", [None, "text", 7, [], b"x"])
def test_what_is_no_object_is_broken(answer: object) -> None:
    assert read("responses", answer).fault == read("chat", answer).fault == "broken"


def _responses_of(**changed: Any) -> dict[str, Any]:
    text = {"type": "output_text", "text": "{}"}
    base: dict[str, Any] = {
        "status": "completed",
        "output": [{"type": "message", "content": [text]}],
        "usage": {"input_tokens": 5, "output_tokens": 2},
    }
    return base | changed


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"status": "failed"}, "unfinished"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "cut"),
        ({"status": "incomplete", "incomplete_details": None}, "unfinished"),
        ({"output": [{"type": "reasoning"}]}, "empty"),
        ({"output": [{"type": "function_call", "name": "look_up"}]}, "wrong_shape"),
        ({"output": {"type": "message"}}, "wrong_shape"),
        ({"output": [{"type": "message", "content": [{"type": "output_text", "text": 7}]}]}, "wrong_shape"),
        ({"usage": {"input_tokens": -4}}, "wrong_shape"),
        ({"usage": {"input_tokens": "many"}}, "wrong_shape"),
    ],
    ids=str,
)  # fmt: skip
def test_half_an_answer_is_none(changed: dict[str, Any], fault: str) -> None:
    assert read("responses", _responses_of(**changed)).fault == fault


def test_two_calls_under_one_id_are_no_answer() -> None:
    one = {"type": "function_call", "call_id": "c", "name": "my_bookings", "arguments": "{}"}
    assert read("responses", _responses_of(output=[one, one])).fault == "wrong_shape"


def test_a_server_that_counts_nothing_is_read_all_the_same() -> None:
    got = read("responses", _responses_of(usage=None))
    assert got.reply is not None
    assert got.tokens.input == 0
