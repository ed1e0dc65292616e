"""The part of the Reddit API that PRAW reads, over a world and a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.connectors.loopback.fake import AsciiJSON, Scene
from bot.connectors.loopback.story import Profile
from bot.connectors.loopback.world import Item, Nature, World, mentions, newest_first
from bot.connectors.reddit.fake.auth import bad_client, grant, known_token
from bot.connectors.reddit.fake.keys import RedditTestKeys
from bot.connectors.reddit.fake.nature import RedditNature, fullname
from bot.connectors.reddit.fake.pace import Pace
from bot.connectors.reddit.fake.payload import (
    Json,
    account,
    community,
    depth,
    inbox_entry,
    listing,
    permalink,
    thing,
)
from bot.connectors.reddit.fake.tree import MAX_COMMENTS, MAX_DEPTH, TreeWriter, flat
from bot.connectors.reddit.site import SITE

LISTING_CAP = 1_000
"""Things that a listing serves in all (Reddit's documentation of listings; PRAW's ListingGenerator)."""
MORE_LIMIT = 100
"""Comments that one /api/morechildren call answers (Reddit's API documentation)."""


class NotHere(Exception):
    """A path that names nothing: 404."""


@dataclass(frozen=True, slots=True)
class RedditFake:
    """Answers Reddit's requests. scene: what there is, and when. pace: the limit's headers."""

    nature: ClassVar[Nature] = RedditNature()
    cursors: ClassVar[frozenset[str]] = frozenset({"after", "before", "count"})

    scene: Scene
    pace: Pace = field(default_factory=Pace, kw_only=True)

    @property
    def world(self) -> World:
        """What there is."""
        return self.scene.world

    @property
    def keys(self) -> RedditTestKeys:
        """Whom to let in."""
        return RedditTestKeys(username=self.world.story.brand.get(SITE.name, "nobody"))

    def environment(self, url: str) -> dict[str, str]:
        """Settings that lead the real client here."""
        return {
            "REDDIT_CLIENT_ID": self.keys.client_id,
            "REDDIT_CLIENT_SECRET": self.keys.client_secret,
            "REDDIT_REFRESH_TOKEN": self.keys.refresh_token,
            "REDDIT_API_URL": url,
        }

    def refusal(self, status: int, title: str) -> Response:
        """Reddit's few words."""
        return AsciiJSON({"message": title, "error": status}, status_code=status)

    def too_many(self, seconds: int) -> Response:
        """Reddit says the end in seconds from now."""
        response = self.refusal(429, "Too Many Requests")
        headers = {"used": "1000", "remaining": "0.0", "reset": str(seconds)}
        response.headers.update({f"x-ratelimit-{name}": value for name, value in headers.items()})
        response.headers["retry-after"] = str(seconds)
        return response

    def items(self, page: Any) -> list[Any] | None:
        """The things of a listing."""
        data = page.get("data") if isinstance(page, dict) else None
        things = data.get("children") if isinstance(data, dict) else None
        return things if isinstance(things, list) else None

    def routes(self) -> list[Route]:
        """The paths served, without the slash that some clients put at the end."""
        table: list[tuple[str, Callable[[Request, datetime], Json | list[Json]]]] = [
            ("/api/v1/me", self._me),
            ("/api/info", self._info),
            ("/message/comments", self._comment_replies),
            ("/message/selfreply", self._submission_replies),
            ("/message/mentions", self._mentions),
            ("/message/inbox", self._inbox),
            ("/user/{name}/about", self._about_user),
            ("/user/{name}/comments", self._user_comments),
            ("/user/{name}/submitted", self._user_submissions),
            ("/user/{name}", self._user_all),
            ("/r/{sub}/about", self._about_subreddit),
            ("/r/{sub}/comments", self._subreddit_comments),
            ("/r/{sub}/new", self._subreddit_new),
            ("/r/{sub}/comments/{id}", self._thread),
            ("/comments/{id}", self._thread),
            ("/comments/{id}/{slug}/{comment}", self._thread),
        ]
        routes = [Route(path, self._endpoint(answer)) for path, answer in table]
        routes.append(Route("/api/morechildren", self._morechildren, methods=["POST"]))
        routes.append(Route("/api/v1/access_token", self._token, methods=["POST"]))
        routes.append(Route("/api/v1/revoke_token", self._token, methods=["POST"]))
        return routes

    def _endpoint(
        self, answer: Callable[[Request, datetime], Json | list[Json]]
    ) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            if not known_token(request):
                return self.refusal(401, "Unauthorized")
            try:
                return AsciiJSON(answer(request, self.scene.clock.now()), headers=self.pace.headers())
            except NotHere:
                return self.refusal(404, "Not Found")

        return respond

    # people and places

    def _me(self, _: Request, __: datetime) -> Json:
        return account(self._owner())

    def _about_user(self, request: Request, _: datetime) -> Json:
        return {"kind": "t2", "data": account(self._named(request))}

    def _about_subreddit(self, request: Request, _: datetime) -> Json:
        return community(request.path_params["sub"])

    # listings

    def _user_comments(self, request: Request, now: datetime) -> Json:
        return self._page((i for i in self.world.authored(self._named(request)) if i.parent), request, now)

    def _user_submissions(self, request: Request, now: datetime) -> Json:
        return self._page(
            (i for i in self.world.authored(self._named(request)) if not i.parent), request, now
        )

    def _user_all(self, request: Request, now: datetime) -> Json:
        return self._page(self.world.authored(self._named(request)), request, now)

    def _subreddit_comments(self, request: Request, now: datetime) -> Json:
        return self._page((i for i in self._in_subreddit(request) if i.parent), request, now)

    def _subreddit_new(self, request: Request, now: datetime) -> Json:
        return self._page((i for i in self._in_subreddit(request) if not i.parent), request, now)

    def _in_subreddit(self, request: Request) -> list[Item]:
        wanted = {name.lower() for name in request.path_params["sub"].split("+")}
        return [i for i in self.world.items(SITE.name) if (i.root.post.subreddit or "").lower() in wanted]

    def _comment_replies(self, request: Request, now: datetime) -> Json:
        return self._inbox_page("comment_reply", request, now)

    def _submission_replies(self, request: Request, now: datetime) -> Json:
        return self._inbox_page("post_reply", request, now)

    def _mentions(self, request: Request, now: datetime) -> Json:
        return self._inbox_page("username_mention", request, now)

    def _inbox(self, request: Request, now: datetime) -> Json:
        return self._inbox_page(None, request, now)

    def _inbox_page(self, kind: str | None, request: Request, now: datetime) -> Json:
        owner = self._owner()
        kinds = {i: _inbox_kind(i, owner) for i in self.world.items(SITE.name)}
        items = [i for i, found in kinds.items() if found and kind in (None, found)]
        return self._page(
            items, request, now, lambda i: inbox_entry(i, now, kind=kinds[i] or "", owner=owner)
        )

    def _page(
        self,
        items: Iterable[Item],
        request: Request,
        now: datetime,
        write: Callable[[Item], Json] | None = None,
    ) -> Json:
        query = request.query_params
        size = max(1, min(_number(query.get("limit"), 25), 100))
        served = newest_first(items, now)[:LISTING_CAP]
        if anchor := query.get("before"):
            served = _newer(served, anchor)[-size:]
        elif anchor := query.get("after"):
            served = self._older(served, anchor)
        page = served[:size]
        after = fullname(page[-1]) if len(served) > size else None
        before = fullname(page[0]) if page and _number(query.get("count"), 0) else None
        return listing([(write or (lambda i: thing(i, now)))(i) for i in page], after=after, before=before)

    def _older(self, served: list[Item], anchor: str) -> list[Item]:
        found = self._thing(anchor)
        order = (found.first.at, found.first.id) if found else None
        return [i for i in served if order and (i.first.at, i.first.id) < order]

    # things

    def _info(self, request: Request, now: datetime) -> Json:
        names = [name for name in request.query_params.get("id", "").split(",") if name][:100]
        found = [item for item in map(self._thing, names) if item and item.exists(now)]
        if url := request.query_params.get("url"):
            found = [i for i in self.world.items(SITE.name) if i.exists(now) and url.endswith(permalink(i))]
        return listing([thing(item, now) for item in found])

    def _thread(self, request: Request, now: datetime) -> list[Json]:
        root = self._submission(request.path_params["id"], now)
        limit = min(_number(request.query_params.get("limit"), MAX_COMMENTS), MAX_COMMENTS)
        writer = TreeWriter(now=now, budget=limit, floor=MAX_DEPTH)
        if focus := request.path_params.get("comment"):
            return [listing([thing(root, now)]), self._focused(focus, root, now)]
        return [listing([thing(root, now)]), writer.forest(root)]

    def _focused(self, comment_id: str, root: Item, now: datetime) -> Json:
        item = self._thing(f"t1_{comment_id}")
        if item is None or item.root is not root or not item.exists(now):
            return listing([])
        writer = TreeWriter(now=now, budget=MAX_COMMENTS, floor=depth(item) + MAX_DEPTH)
        return listing([writer.tree(item)])

    async def _morechildren(self, request: Request) -> Response:
        if not known_token(request):
            return self.refusal(401, "Unauthorized")
        form = parse_qs((await request.body()).decode())
        now = self.scene.clock.now()
        names = form.get("children", [""])[0].split(",")
        roots = [i for i in (self._thing(f"t1_{name}") for name in names) if i and i.exists(now)]
        body = {"json": {"errors": [], "data": {"things": flat(roots, now, MORE_LIMIT)}}}
        return AsciiJSON(body, headers=self.pace.headers())

    async def _token(self, request: Request) -> Response:
        if bad_client(request, self.keys):
            return self.refusal(401, "Unauthorized")
        if request.url.path.endswith("revoke_token"):
            return Response(status_code=204)
        return AsciiJSON(grant(parse_qs((await request.body()).decode()), self.keys))

    # looking things up

    def _owner(self) -> Profile:
        brand = self.world.brand(SITE.name)
        if brand is None:
            raise NotHere
        return brand

    def _named(self, request: Request) -> Profile:
        profile = self.world.profile(SITE.name, request.path_params["name"])
        if profile is None:
            raise NotHere
        return profile

    def _thing(self, name: str) -> Item | None:
        found = self.world.find(SITE.name, name[3:])
        return found[0] if found and fullname(found[0]) == name else None

    def _submission(self, bare_id: str, now: datetime) -> Item:
        item = self._thing(f"t3_{bare_id}")
        if item is None or not item.exists(now):
            raise NotHere
        return item


def _inbox_kind(item: Item, owner: Profile) -> str | None:
    """How a comment comes to the owner's inbox, or None if it does not."""
    if item.parent is None or item.author is owner:
        return None
    if item.parent.author is owner:
        return "post_reply" if item.parent.parent is None else "comment_reply"
    return "username_mention" if mentions(item.first.text, owner.handle, "u/") else None


def _newer(served: list[Item], anchor: str) -> list[Item]:
    """What stands above the anchor; nothing at all if the anchor is gone, as on Reddit (README.md)."""
    names = [fullname(item) for item in served]
    return served[: names.index(anchor)] if anchor in names else []


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdigit() else default
