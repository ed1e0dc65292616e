"""What the owner's answers changed in what is asked and said, and a button to take a change back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.links import Purpose
from bot.web.guard import Visit, admit, form_handler
from bot.web.site import WebSite
from bot.words import say
from policies.topics import shipped
from storage.limits import KeptLimits

_ADDRESS = "/desk/{brand}/limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedTopic:
    """What changed in one topic."""

    id: int  #: number of the newest change, which can be undone
    title: str  #: what is looked for
    steps: tuple[tuple[datetime, str], ...]  #: UTC and what happened, the newest first
    undone: bool  #: whether the newest step took something back


def routes(site: WebSite) -> list[Route]:
    """The page, and its form that takes a change back."""

    def show(request: Request) -> Response:
        return _show(site, request, admit(site, request, Purpose.DESK))

    def undo(_request: Request, visit: Visit, form: dict[str, str]) -> Response:
        return _undo(site, visit, form.get("change", ""))

    return [
        Route(_ADDRESS, show),
        Route(_ADDRESS, form_handler(site, Purpose.DESK, undo), methods=["POST"]),
    ]


def _show(site: WebSite, request: Request, visit: Visit) -> Response:
    return site.page(
        "limits/page.html",
        visit=visit,
        topics=_topics(site.store.limits.history(visit.grant.brand)),
        form_token=site.links.form_token(visit.grant),
        undone=request.query_params.get("undone") == "1",
    )


def _topics(history: list[KeptLimits]) -> list[ChangedTopic]:
    """By topic, what changed last first."""
    by_topic: dict[str, list[KeptLimits]] = {}
    for one in history:
        by_topic.setdefault(one.topic, []).append(one)
    return [
        ChangedTopic(
            id=steps[0].id,
            title=str(next((s.change.parts["title"] for s in steps if "title" in s.change.parts), topic)),
            steps=tuple((s.made_at, say(f"limits.{s.change.code}", **s.change.parts)) for s in steps),
            undone=steps[0].change.code == "undone",
        )
        for topic, steps in by_topic.items()
    ]


def _undo(site: WebSite, visit: Visit, number: str) -> Response:
    """Take back the change of this number, where it is the brand's and the newest of its topic."""
    ours = shipped().limits_by_topic
    for topic, kept in site.store.limits.newest(visit.grant.brand).items():
        if str(kept.id) == number:
            before = ours.get(topic, kept.change.limits)
            site.store.limits.undo(
                visit.grant.brand, kept.id, shipped=before, actor=visit.person.id, now=visit.now
            )
    return RedirectResponse(f"{visit.home}/limits?undone=1", status_code=303)
