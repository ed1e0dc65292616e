"""What every page needs: the store, the links, the brands, the clock, the templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from bot import words
from bot.connectors import title_of
from bot.links import Links
from bot.logs import spared
from bot.queue.port import Queue
from bot.web import text, wording
from bot.words import figures, glossary
from bot.words.reasons import reason
from policies.masking import masked
from policies.model.cases.machinery import Case
from storage.store import Store
from storage.views import StreamHealth

HERE = Path(__file__).parent
STYLE = (HERE / "static" / "style.css").read_bytes()
MARK = (HERE / "static" / "mark.svg").read_bytes()
# the address changes with the content, so that browsers may keep it
STYLE_PATH = f"/static/style.{hashlib.sha256(STYLE).hexdigest()[:12]}.css"
MARK_PATH = f"/static/mark.{hashlib.sha256(MARK).hexdigest()[:12]}.svg"


def _never(_case: Case, _now: datetime) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandInfo:
    """What the pages know of a brand beyond what the store holds."""

    name: str  #: as people call it
    zone: tzinfo = UTC  #: times are shown in it
    language: str = words.ENGLISH  #: of `bot.words`
    stale_after: timedelta = timedelta(hours=6)  #: an account not read to its end for so long is late
    overdue: Callable[[Case, datetime], bool] = _never  #: whether a claimed fix should have been seen by then


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSite:
    """The pages' surroundings, built once."""

    store: Store
    queue: Queue  #: what a decision makes due
    links: Links
    brands: Mapping[str, BrandInfo]  #: brand id -> what the pages know of it
    clock: Callable[[], datetime]  #: the time now, UTC
    secure_cookies: bool  #: True where people come by https
    templates: jinja2.Environment
    look_again: Callable[[], None] = lambda: None  #: brings the roster up to date with the brand files

    def now(self) -> datetime:
        """The time now, UTC."""
        return self.clock().astimezone(UTC)

    @property
    def language(self) -> str:
        """What is spoken where nobody has come in yet: the first brand's language."""
        return next((brand.language for brand in self.brands.values()), words.ENGLISH)

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A rendered page. Whatever cannot be encoded is replaced, never an error."""
        html = self.templates.get_template(template).render(style=STYLE_PATH, mark=MARK_PATH, **context)
        return HTMLResponse(html.encode("utf-8", "replace"), status_code=status)


def _trouble(stream: StreamHealth) -> str:
    """What keeps a stream from being read; what was noted before codes is told as it is."""
    return reason(stream.code, stream.parts) if stream.code else stream.error or ""


def _stream(name: str) -> Markup:
    """What is read of an account; a list that only its platform names is named as others wrote it."""
    return text.inert_line(glossary.stream(name))


def _part(env: jinja2.Environment, template: str, instead: str, **context: Any) -> Markup:
    """One of many parts of a page; where it cannot be shown, what ``instead`` says of it."""

    def shown(name: str) -> Markup:
        return Markup(env.get_template(name).render(context))  # noqa: S704 -- templates escape what they are given

    return spared(template, partial(shown, template), partial(shown, instead))


def templates() -> jinja2.Environment:
    """The page templates: everything escaped, a missing value is an error."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([HERE / "templates", HERE / "pages"]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        inert=text.shown,
        masked=masked,
        line=text.inert_line,
        named=wording.named,
        when=figures.when,
        ago=figures.ago,
        https=wording.https_only,
        platform=title_of,
        step=glossary.step,
        stream=_stream,
        sure=glossary.sure,
        trouble=_trouble,
    )
    env.globals.update(_=wording.said, language=words.language, part=partial(_part, env))
    return env
