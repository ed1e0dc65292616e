"""Logs: one JSON object a line, with no secrets and no raw control characters."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Collection, MutableMapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import structlog

from policies.masking import masked

#: Signed tokens in paths, and what stands behind words for secrets.
_TOKEN = re.compile(r"(/l/)[^/\s\"?]+")
_SECRET_KEYS = re.compile(r"token|secret|password|authorization|cookie|api_key", re.IGNORECASE)
log = structlog.get_logger(__name__)
Made = TypeVar("Made")
HIDDEN = "[hidden]"
SHORTEST_SECRET = 6  #: characters; hiding shorter values would hide ordinary words


def configure(level: str = "info", secrets: Collection[str] = ()) -> None:
    """Send our logs and those of libraries to the error stream as JSON lines.

    ``secrets`` are the values that must not stand in any line, whatever brought them there: an exception of a
    library may quote the address or the header that it sent.
    """
    render = partial(_render, structlog.processors.JSONRenderer(), _forms(secrets))
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                render,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def spared(what: str, make: Callable[[], Made], instead: Callable[[], Made]) -> Made:
    """What is made; where that fails, the log has it whole and something else is taken.

    For one of many: an entry that nobody foresaw is a line in a letter or on a page, never the end of it.
    """
    try:
        return make()
    except Exception:
        log.exception("one of many failed", what=what)
        return instead()


def hide_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank values under names that mean secrets, and tokens inside addresses; mask numbers that must not leak."""
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = masked(_TOKEN.sub(rf"\1{HIDDEN}", value))
    return event


def _forms(secrets: Collection[str]) -> tuple[str, ...]:
    """How each secret may stand in a JSON line: as it is, escaped, and inside an address; the longest first."""
    long = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
    forms = {form for s in long for form in (s, json.dumps(s)[1:-1], quote(s, safe=""), quote(s))}
    return tuple(sorted(forms, key=len, reverse=True))


def _render(
    renderer: structlog.processors.JSONRenderer, hidden: tuple[str, ...], logger: Any, name: str, event: Any
) -> str:
    line = str(renderer(logger, name, event))
    for secret in hidden:
        line = line.replace(secret, HIDDEN)
    return line
