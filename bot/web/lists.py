"""The two lists: the agency's queue and the owner's desk; and the owner's page on how the service is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default as modern

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from bot.web import text, wording
from bot.web.guard import Visit, admit
from bot.web.links import Purpose
from bot.web.site import Site
from policies.model.case import CaseState
from storage.views import CaseView, MessageState, OutMessage, StreamHealth

PAGE = 20  #: cases on one page of a list
_EXCERPT = 240  #: characters of a post in a list
_LOOK_BACK = timedelta(days=7)
_STUCK = (MessageState.DEAD, MessageState.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One case in a list."""

    view: CaseView
    path: str
    titles: tuple[str, ...]  #: of the rules that matched, each once
    excerpt: Markup
    state: str
    severity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One filter of a list."""

    key: str  #: whom the cases wait for
    label: str
    count: int
    current: bool


def states_of(waits_for: str) -> frozenset[CaseState]:
    """The states in which a case waits for somebody."""
    return frozenset(state for state in CaseState if state.waits_for == waits_for)


def show_list(site: Site, request: Request, purpose: Purpose) -> Response:
    """The cases of one filter, worst first, with the counts of all filters."""
    visit = admit(site, request, purpose)
    filters = wording.FILTERS[visit.person.role]
    chosen = request.query_params.get("show", "")
    chosen = chosen if chosen in filters else next(iter(filters))
    counts = site.store.cases.count(visit.grant.brand)
    tabs = _tabs(filters, counts, chosen)
    total = next(tab.count for tab in tabs if tab.current)
    pages = max(1, -(-total // PAGE))
    page = min(_number(request.query_params.get("page", "1")), pages)
    views = site.store.cases.find(
        visit.grant.brand, states=states_of(chosen), limit=PAGE, offset=(page - 1) * PAGE
    )
    return site.page(
        "list.html",
        visit=visit,
        tabs=tabs,
        chosen=chosen,
        cards=[_card(visit, view) for view in views],
        page=page,
        pages=pages,
        week=_week(site, visit),
        settled=counts.get(CaseState.CLOSED, 0),
        troubles=_troubles(site, visit) if purpose is Purpose.DESK else 0,
    )


def _tabs(filters: Mapping[str, str], counts: Mapping[CaseState, int], chosen: str) -> list[Tab]:
    return [
        Tab(
            key=key,
            label=label,
            count=sum(counts.get(state, 0) for state in states_of(key)),
            current=key == chosen,
        )
        for key, label in filters.items()
    ]


def _number(written: str) -> int:
    return max(1, int(written)) if written.isdecimal() and len(written) < 7 else 1


def _card(visit: Visit, view: CaseView) -> Card:
    role = visit.person.role
    spans = text.spans_now(view.findings, view.revisions, view.post.text)
    return Card(
        view=view,
        path=visit.case_path(view.case.id),
        titles=tuple(dict.fromkeys(item.finding.title for item in view.findings)),
        excerpt=text.excerpt(view.post.text, spans, length=_EXCERPT),
        state=wording.STATES[role][view.case.state],
        severity=wording.SEVERITIES[view.case.severity],
    )


def _week(site: Site, visit: Visit) -> tuple[int, int]:
    """How many posts went out in the last seven days, and how many remarks there are on them."""
    days = site.store.periods.days(visit.grant.brand, since=visit.now - _LOOK_BACK, until=visit.now)
    return sum(day.outbound for day in days), sum(day.findings for day in days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message of ours that did not surely arrive."""

    message: OutMessage
    subject: str


def show_status(site: Site, request: Request) -> Response:
    """What the service could not do: mail that did not arrive, accounts not read to their end."""
    visit = admit(site, request, Purpose.DESK)
    streams = site.store.streams.health(visit.grant.brand)
    return site.page(
        "status.html",
        visit=visit,
        letters=[
            Letter(message=message, subject=_subject(message.body))
            for message in site.store.outbox.find(visit.grant.brand, _STUCK)
        ],
        late=_late(streams, visit.now, visit.brand.stale_after),
        streams=streams,
        form_token=site.links.form_token(visit.grant),
        sent=request.query_params.get("sent") == "again",
    )


def stuck_message(site: Site, visit: Visit, number: str) -> OutMessage | None:
    """The message of this number, where it belongs to the brand and is stuck."""
    stuck = site.store.outbox.find(visit.grant.brand, _STUCK)
    return next((message for message in stuck if str(message.id) == number), None)


def _troubles(site: Site, visit: Visit) -> int:
    streams = site.store.streams.health(visit.grant.brand)
    late = _late(streams, visit.now, visit.brand.stale_after)
    return len(late) + len(site.store.outbox.find(visit.grant.brand, _STUCK))


def _late(streams: Sequence[StreamHealth], now: datetime, after: timedelta) -> list[StreamHealth]:
    return [
        stream
        for stream in streams
        if stream.failing_since or stream.complete_at is None or now - stream.complete_at > after
    ]


def _subject(body: bytes) -> str:
    return str(message_from_bytes(body, policy=modern)["subject"] or "(no subject)")
