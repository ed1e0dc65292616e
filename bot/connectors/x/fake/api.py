"""The part of the X v2 API that the product reads, over a world and a clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.connectors.loopback.fake import AsciiJSON, Scene
from bot.connectors.loopback.story import Profile
from bot.connectors.loopback.world import Item, Nature, Version, World, mentions
from bot.connectors.shared.site import Prices
from bot.connectors.x.fake.keys import XTestKeys
from bot.connectors.x.fake.limits import XLimits
from bot.connectors.x.fake.nature import XNature, user_id
from bot.connectors.x.fake.payload import (
    Json,
    media_json,
    poll_json,
    post_json,
    referred,
    renamed,
    served_text,
    user_json,
)
from bot.connectors.x.fake.problems import XRefusal, app_only, missing, plain
from bot.connectors.x.fake.query import BadQuery, WantedFields, cursor, inside, problem, wanted, window
from bot.connectors.x.fake.search import RECENT, Found, matcher, require_recent
from bot.connectors.x.site import SITE

OWN_WINDOW = 3_200
"""Most recent posts that a user's timeline serves (X's documentation)."""
REDUCED_WINDOW = 800
"""The same for mentions, and for a timeline with exclude=replies (X's documentation)."""


@dataclass(frozen=True, slots=True)
class XFake:
    """Answers X's requests.

    scene: what there is, and when. keys: whom to let in. limits: calls per window. prices: what X charges.
    new_names: always use the payload names of 2026-08.
    """

    nature: ClassVar[Nature] = XNature()
    cursors: ClassVar[frozenset[str]] = frozenset({"pagination_token", "next_token"})

    scene: Scene
    keys: XTestKeys = field(default_factory=XTestKeys, kw_only=True)
    limits: XLimits = field(default_factory=XLimits, kw_only=True)
    prices: Prices = field(default=SITE.prices, kw_only=True)
    new_names: bool = field(default=False, kw_only=True)

    @property
    def world(self) -> World:
        """What there is."""
        return self.scene.world

    def environment(self, url: str) -> dict[str, str]:
        """Settings that lead the real client here."""
        return {"X_BEARER_TOKEN": self.keys.bearer_token, "X_API_URL": url}

    def refusal(self, status: int, title: str) -> Response:
        """A problem document."""
        return AsciiJSON(plain(title, status), status_code=status)

    def too_many(self, seconds: int) -> Response:
        """X says the end as an epoch, by the sandbox's clock."""
        response = self.refusal(429, "Too Many Requests")
        end = int(self.scene.clock.now().timestamp()) + seconds
        headers = {"limit": "900", "remaining": "0", "reset": str(end)}
        response.headers.update({f"x-rate-limit-{name}": value for name, value in headers.items()})
        return response

    def items(self, page: Any) -> list[Any] | None:
        """The posts of a list."""
        data = page.get("data") if isinstance(page, dict) else None
        return data if isinstance(data, list) else None

    def routes(self) -> list[Route]:
        """The paths served."""
        table: list[tuple[str, str, Callable[[Request, datetime], Json]]] = [
            ("/2/users/me", "me", self._me),
            ("/2/users/by/username/{name}", "users", self._user_by_name),
            ("/2/users/{id:int}", "users", self._user_by_id),
            ("/2/users/{id:int}/tweets", "timeline", self._timeline),
            ("/2/users/{id:int}/mentions", "mentions", self._mentions),
            ("/2/tweets/search/recent", "search", self._search),
            ("/2/tweets/{id:int}/quote_tweets", "quotes", self._quotes),
            ("/2/tweets/{id:int}", "lookup", self._post),
            ("/2/tweets", "lookup", self._posts),
        ]
        return [Route(path, self._endpoint(name, answer)) for path, name, answer in table]

    def _endpoint(
        self, name: str, answer: Callable[[Request, datetime], Json]
    ) -> Callable[[Request], Response]:
        def respond(request: Request) -> Response:
            try:
                now = self.scene.clock.now()
                self._authenticate(request)
                headers = self._within_limits(name, now)
                body = answer(request, now)
            except BadQuery as error:
                return AsciiJSON(problem(error), status_code=400)
            except XRefusal as error:
                return AsciiJSON(error.body, status_code=error.status, headers=error.headers)
            new = self.new_names or "post.fields" in request.query_params
            return AsciiJSON(renamed(body) if new else body, headers=headers)

        return respond

    def _authenticate(self, request: Request) -> None:
        if not self.keys.admit(request.headers.get("authorization", "")):
            raise XRefusal(401, plain("Unauthorized", 401))

    def _within_limits(self, name: str, now: datetime) -> dict[str, str]:
        if not self.scene.enforce_limits:
            return {}
        allowed, headers = self.limits.use(name, now)
        if not allowed:
            raise XRefusal(429, plain("Too Many Requests", 429), headers)
        return headers

    # users

    def _me(self, request: Request, now: datetime) -> Json:
        if not self.keys.is_user(request.headers.get("authorization", "")):
            raise XRefusal(403, app_only())
        brand = self.world.brand(SITE.name)
        return self._user(brand, "me", "", request, now)

    def _user_by_name(self, request: Request, now: datetime) -> Json:
        name = request.path_params["name"]
        return self._user(self.world.profile(SITE.name, name), "username", name, request, now)

    def _user_by_id(self, request: Request, now: datetime) -> Json:
        asked = str(request.path_params["id"])
        return self._user(self.world.profile_by_id(SITE.name, asked), "id", asked, request, now)

    def _user(
        self, profile: Profile | None, parameter: str, value: str, request: Request, now: datetime
    ) -> Json:
        want = wanted(request.query_params)
        if profile is None:
            return {"errors": [missing("user", parameter, value)]}
        self._charge("user", user_id(profile), now)
        return {"data": user_json(profile, want.user)}

    # lists of posts

    def _timeline(self, request: Request, now: datetime) -> Json:
        profile = self._known_user(request)
        excluded = request.query_params.get("exclude", "").split(",")
        items = [
            i for i in self.world.authored(profile) if not ("replies" in excluded and i.parent is not None)
        ]
        served = _visible(items, now)[: REDUCED_WINDOW if "replies" in excluded else OWN_WINDOW]
        return self._page(served, request, now, smallest=5, default=10)

    def _mentions(self, request: Request, now: datetime) -> Json:
        profile = self._known_user(request)
        found = [i for i in self.world.items(SITE.name) if i.author is not profile]
        served = [f for f in _visible(found, now) if mentions(served_text(*f), profile.handle, "@")]
        return self._page(served[:REDUCED_WINDOW], request, now, smallest=5, default=10)

    def _quotes(self, request: Request, now: datetime) -> Json:
        original = self.world.find(SITE.name, str(request.path_params["id"]))
        items = [i for i in self.world.items(SITE.name) if original and i.quoted is original[0]]
        return self._page(_visible(items, now), request, now, smallest=10, default=10)

    def _search(self, request: Request, now: datetime) -> Json:
        matches = matcher(request.query_params.get("query", ""))
        asked = window(request.query_params, smallest=10, default=10)
        require_recent(asked, now)
        recent = [f for f in _visible(self.world.items(SITE.name), now) if f[1].at >= now - RECENT]
        return self._page([f for f in recent if matches(f)], request, now, smallest=10, default=10)

    def _known_user(self, request: Request) -> Profile:
        asked = str(request.path_params["id"])
        profile = self.world.profile_by_id(SITE.name, asked)
        if profile is None:
            text = f"The `id` query parameter value [{asked}] is not the id of a user"
            raise BadQuery("id", asked, text)
        return profile

    def _page(
        self, served: list[Found], request: Request, now: datetime, *, smallest: int, default: int
    ) -> Json:
        asked = window(request.query_params, smallest=smallest, default=default)
        matching = [f for f in served if inside(asked, f[1].id, f[1].at)]
        rest = [f for f in matching if asked.before_id is None or int(f[1].id) < asked.before_id]
        page = rest[: asked.size]
        meta: Json = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0][1].id, "oldest_id": page[-1][1].id}
        if len(rest) > len(page):
            meta["next_token"] = cursor(page[-1][1].id)
        if asked.before_id is not None:
            meta["previous_token"] = cursor(str(asked.before_id + 1))
        body = self._answer(page, wanted(request.query_params), now)
        return {**body, "meta": meta}

    # single posts

    def _post(self, request: Request, now: datetime) -> Json:
        post_id = str(request.path_params["id"])
        found = self._readable(post_id, now)
        if found is None:
            return {"errors": [missing("tweet", "id", post_id)]}
        body = self._answer([found], wanted(request.query_params), now)
        return {**body, "data": body["data"][0]}

    def _posts(self, request: Request, now: datetime) -> Json:
        ids = _ids(request)
        found = {post_id: self._readable(post_id, now) for post_id in ids}
        body = self._answer([f for f in found.values() if f], wanted(request.query_params), now)
        errors = [missing("tweet", "ids", post_id) for post_id, hit in found.items() if hit is None]
        return {**body, **({"errors": errors} if errors else {})}

    def _readable(self, post_id: str, now: datetime) -> Found | None:
        found = self.world.find(SITE.name, post_id)
        return found if found and found[1].at <= now and found[0].visible(now) else None

    # answers

    def _answer(self, page: Iterable[Found], want: WantedFields, now: datetime) -> Json:
        """Write a page with what it expands to, and charge for it."""
        page = list(page)
        body: Json = (
            {"data": [self._charged(item, version, now, want) for item, version in page]} if page else {}
        )
        includes = self._includes(page, want, now)
        return {**body, **({"includes": includes} if includes else {})}

    def _includes(self, page: list[Found], want: WantedFields, now: datetime) -> Json:
        cited = [(i, v) for f in page for _, i, v in referred(*f) if i.visible(now)]
        posts = {v.id: (i, v) for i, v in cited if "referenced_tweets.id" in want.expansions}
        includes: Json = {
            "users": self._users(page, cited, want, now),
            "tweets": [self._charged(item, version, now, want) for item, version in posts.values()],
        }
        if "attachments.media_keys" in want.expansions:
            includes["media"] = [
                media_json(i, n, want.media) for i, _ in page for n in range(len(i.post.photos))
            ]
        if "attachments.poll_ids" in want.expansions:
            includes["polls"] = [poll_json(i) for i, _ in page if i.post.poll]
        return {name: things for name, things in includes.items() if things}

    def _users(self, page: list[Found], cited: list[Found], want: WantedFields, now: datetime) -> list[Json]:
        profiles: dict[str, Profile] = {}
        if "author_id" in want.expansions:
            profiles |= {user_id(i.author): i.author for i, _ in page}
        if "in_reply_to_user_id" in want.expansions:
            profiles |= {user_id(i.parent.author): i.parent.author for i, _ in page if i.parent}
        if "referenced_tweets.id.author_id" in want.expansions:
            profiles |= {user_id(i.author): i.author for i, _ in cited}
        for person in profiles:
            self._charge("user", person, now)
        return [user_json(profile, want.user) for profile in profiles.values()]

    def _charged(self, item: Item, version: Version, now: datetime, want: WantedFields) -> Json:
        owned = item.author is self.world.brand(SITE.name)
        self._charge("owned" if owned else "post", version.id, now)
        return post_json(item, version, now, want.tweet)

    def _charge(self, kind: str, resource_id: str, now: datetime) -> None:
        price = self.prices.micro(kind, owned=kind == "owned")
        self.scene.meter.charge(SITE.name, kind, resource_id, price, now)


def _visible(items: Iterable[Item], now: datetime) -> list[Found]:
    """The readable ones in the version that stands, newest version first."""
    found = [(item, item.current(now)) for item in items if item.visible(now)]
    return sorted(found, key=lambda f: int(f[1].id), reverse=True)


def _ids(request: Request) -> list[str]:
    value = request.query_params.get("ids", "")
    ids = list(dict.fromkeys(value.split(",")))
    if not 1 <= len(ids) <= 100 or not all(re.fullmatch(r"[0-9]{1,19}", post_id) for post_id in ids):
        raise BadQuery("ids", value, "The `ids` query parameter must hold 1 to 100 post ids")
    return ids
