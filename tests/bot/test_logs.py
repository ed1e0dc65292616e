"""Logs (docs/faults.md, 23 and 31): a log line is one line of JSON, whatever is in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import HIDDEN, configure, hide_secrets

CANARY = 'canary-Zm9v/YmFy+quux="é'


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[dict[str, Any]]]:
    text = capsys.readouterr().err
    return text, [json.loads(line) for line in text.split("\n")[:-1]]


HOSTILE = "first\nsecond\r\x1b[31mred\x07 \u2028 \u202e nul \x00 half \ud83d"


@pytest.mark.fault(23)
def test_newline_and_escape_in_a_post_make_one_line_and_no_raw_escape(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("info")
    structlog.get_logger("x").info("pulled", text=HOSTILE, **{"key\n\x1b": HOSTILE})
    logging.getLogger("library").warning("from a library: %s", HOSTILE)
    text, events = lines(capsys)
    assert len(events) == 2
    assert events[0]["text"] == HOSTILE
    assert HOSTILE in events[1]["event"]
    assert not any(c in text for c in "\x1b\x07\r\x00\u2028\u202e")


def test_an_exception_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        structlog.get_logger("x").exception("job failed")
        logging.getLogger("library").exception("job failed")
    _, events = lines(capsys)
    assert len(events) == 2
    assert all("Traceback" in event["exception"] for event in events)


@pytest.mark.fault(31)
def test_secrets_are_hidden_whatever_brought_them(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", [CANARY, "abc"])
    log = structlog.get_logger("x")
    log.info("by name", api_token="t0ken-value", password="pa55-value", Authorization="Bearer t0ken-value")
    log.info("in a path", path="/l/eyJiIjo.signature?x=1 and /l/another.one")
    try:
        raise RuntimeError(f"GET https://api.example/?key={CANARY} refused, abc")
    except RuntimeError:
        log.exception("library")
        logging.getLogger("library").exception("quoted %s", CANARY)
    text, events = lines(capsys)
    assert len(events) == 4
    assert HIDDEN in text
    for secret in ("canary", "t0ken-value", "pa55-value", "eyJiIjo", "another.one"):
        assert secret not in text
    assert "refused, abc" in text, "a value this short is an ordinary word"


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    structlog.get_logger("x").info("quiet")
    structlog.get_logger("x").warning("loud")
    _, events = lines(capsys)
    assert [event["event"] for event in events] == ["loud"]


def test_numbers_that_must_not_leak_are_masked() -> None:
    event = hide_secrets(
        None, "", {"event": "failed", "error": "refused: Your card 4111 1111 1111 1111 was charged"}
    )
    assert event["error"] == "refused: Your card •••• •••• •••• 1111 was charged"
