"""The guestbook on loopback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.connectors.loopback.fake import AsciiJSON, FakeClass, Scene
from bot.connectors.loopback.story import Event, Profile, Remove
from bot.connectors.loopback.world import Item, Nature, mentions, person_number, unix_milliseconds
from guestbook.site import SITE, WINDOW


class GuestbookNature:
    """Entries are numbered by time; nobody but the author takes one away."""

    edits_make_ids = False
    titled = False

    def bare_id(self, at: datetime, sequence: int) -> str:
        return f"{unix_milliseconds(at)}-{sequence}"

    def external_id(self, item: Item, bare_id: str) -> str:
        return bare_id

    def person_id(self, profile: Profile) -> str:
        return f"pen-{person_number(profile)}"

    def objection(self, event: Event, item: Item) -> str | None:
        return "the guestbook has no moderators" if isinstance(event, Remove) else None


@dataclass(frozen=True, kw_only=True)
class GuestbookTestKeys:
    """What the server lets in."""

    token: str = "sandbox-guestbook-token"


class GuestbookFake:
    """Two paths: lists of entries, newest change first, and who is asking."""

    nature: ClassVar[Nature] = GuestbookNature()
    cursors: ClassVar[frozenset[str]] = frozenset({"before"})

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.keys = GuestbookTestKeys()

    def environment(self, url: str) -> dict[str, str]:
        return {"GUESTBOOK_TOKEN": self.keys.token, "GUESTBOOK_API_URL": url}

    def routes(self) -> list[Route]:
        return [Route("/api/entries", self._entries), Route("/api/me", self._me)]

    def refusal(self, status: int, title: str) -> Response:
        return AsciiJSON({"error": title}, status_code=status)

    def too_many(self, seconds: int) -> Response:
        response = self.refusal(429, "Too Many Requests")
        response.headers["retry-after"] = str(seconds)
        return response

    def items(self, page: Any) -> list[Any] | None:
        return page.get("entries") if isinstance(page, dict) else None

    def _me(self, request: Request) -> Response:
        if not self._admits(request):
            return self.refusal(401, "Unauthorized")
        return AsciiJSON({"name": self.scene.world.story.brand[SITE.name]})

    def _entries(self, request: Request) -> Response:
        if not self._admits(request):
            return self.refusal(401, "Unauthorized")
        now, query = self.scene.clock.now(), request.query_params
        found = [_entry(item, now) for item in self._asked(request) if item.visible(now)]
        served = sorted(found, key=_place, reverse=True)[:WINDOW]
        rest = [entry for entry in served if "before" not in query or _place(entry) < query["before"]]
        size = int(query.get("limit", WINDOW))
        page = rest[:size]
        for entry in page:
            self.scene.meter.charge(
                SITE.name, "post", entry["id"], SITE.prices.micro("post", owned=False), now
            )
        return AsciiJSON({"entries": page, "more": len(rest) > size})

    def _asked(self, request: Request) -> Iterable[Item]:
        query, world = request.query_params, self.scene.world
        if ids := query.get("ids"):
            return [found[0] for one in ids.split(",") if (found := world.find(SITE.name, one))]
        if writer := query.get("by"):
            profile = world.profile(SITE.name, writer)
            return world.authored(profile) if profile else []
        named = query.get("naming", "")
        items = world.items(SITE.name)
        return [i for i in items if i.author.handle != named and mentions(i.first.text, named, "~")]

    def _admits(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {self.keys.token}"


def _entry(item: Item, now: datetime) -> dict[str, Any]:
    version = item.current(now)
    return {
        "id": item.first.id,
        "author": item.author.handle,
        "text": version.text,
        "written": item.first.at.isoformat(),
        "changed": version.at.isoformat(),
        "answers": item.parent.first.id if item.parent else None,
        "thread": item.root.first.id,
    }


def _place(entry: dict[str, Any]) -> str:
    return f"{entry['changed']} {entry['id']}"


FAKE: FakeClass = GuestbookFake
