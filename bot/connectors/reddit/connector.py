"""Reads Reddit: what an account posts, what answers or mentions it, and communities."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from praw.endpoints import API_PATH

from bot.connectors.reddit.client import INFO_SIZE, RedditClient, RedditCredentials
from bot.connectors.reddit.cursor import RedditCursor, mark
from bot.connectors.reddit.normalize import fullname, normalize
from bot.connectors.reddit.site import CAP, SITE
from bot.connectors.shared.limits import Limits
from bot.connectors.shared.raw import UnreadableItem
from bot.errors import AccountUnreachable, PlatformError
from bot.ports import AccountRef, Allowance, Page, SecondLook
from policies.model.coverage import Unchecked, Why
from policies.model.keys import PostKey
from policies.model.post import Post

PAGE_SIZE = 100  #: most things that Reddit serves at once
FIRST_DAYS = 30
_NEARLY = 0.95  #: things that are hidden count into the cap
SUBREDDIT = "subreddit:"


class RedditConnector:
    """Reads Reddit through PRAW. One object may be used by several threads.

    Account options: ``first_days`` (how far back the first pull goes), ``subreddits`` (communities whose comments
    are read too).
    """

    platform = SITE.name

    def __init__(
        self,
        credentials: RedditCredentials,
        *,
        base_url: str | None = None,
        limits: Limits | None = None,
        page_size: int = PAGE_SIZE,
    ) -> None:
        """``base_url`` stands in for both www and oauth.reddit.com; ``limits`` end each call, 20 s by default."""
        self._credentials, self._base_url, self._limits = credentials, base_url, limits or Limits()
        self._page_size = page_size
        self._clients = threading.local()

    def streams(self, account: AccountRef) -> tuple[str, ...]:
        """``comments`` and ``submissions``; with an inbox ``replies`` and ``mentions``; ``subreddit:<name>``."""
        inbox = ("replies", "mentions") if self._credentials.personal else ()
        communities = (f"{SUBREDDIT}{name}" for name in account.options.get("subreddits") or ())
        return ("comments", "submissions", *inbox, *communities)

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,  # noqa: ARG002 -- Reddit does not charge
        now: datetime,
    ) -> Iterator[Page]:
        """Pages of what is new or changed; see `RedditCursor` for what survives a crash."""
        cursors = dict(cursor or {})
        for listing, path in _listings(account, stream).items():
            state = _load(cursors.get(listing))
            if state.floor is None:
                days = timedelta(days=float(account.options.get("first_days", FIRST_DAYS)))
                state = replace(state, floor=(now - days).timestamp())
            pull = _RedditPull(client=self._client, account=account, path=path, size=self._page_size, now=now)
            for page in pull.pages(state):
                cursors[listing] = page.cursor
                yield replace(page, cursor=dict(cursors))

    def look_again(
        self,
        account: AccountRef,
        posts: Sequence[Post],
        allowance: Allowance,  # noqa: ARG002 -- Reddit does not charge
        now: datetime,
    ) -> SecondLook:
        """Known things as they stand now; what was learned before an error is returned."""
        looks: list[SecondLook] = []
        for start in range(0, len(posts), INFO_SIZE):
            try:
                looks.append(_look(self._client, account, posts[start : start + INFO_SIZE], now))
            except PlatformError:
                if not looks:
                    raise
                break
        return SecondLook(
            posts=tuple(post for look in looks for post in look.posts),
            gone=tuple(key for look in looks for key in look.gone),
            unchecked=tuple(note for look in looks for note in look.unchecked),
            answered=tuple(key for look in looks for key in look.answered),
        )

    def check_access(self, account: AccountRef) -> str:
        """A live call; a sentence saying as whom we read."""
        now = datetime.now(UTC)
        if not self._credentials.personal:
            self._client.get(f"user/{account.handle}/about", {}, now)
            return f"Reddit answers; we read the public lists of u/{account.handle}, without an inbox."
        me = self._client.get(API_PATH["me"], {}, now)
        name = str(me.get("name")) if isinstance(me, dict) else "nobody"
        if name.lower() != account.handle.lower():
            return f"Reddit answers, but the inbox is that of u/{name}, not of u/{account.handle}."
        return f"Reddit answers; we read as u/{name}."

    @property
    def _client(self) -> RedditClient:
        if not hasattr(self._clients, "client"):
            client = RedditClient(self._credentials, base_url=self._base_url, limits=self._limits)
            self._clients.client = client
        return cast("RedditClient", self._clients.client)


@dataclass(slots=True, kw_only=True)
class _RedditPull:
    """One pull of one stream."""

    client: RedditClient
    account: AccountRef
    path: str
    size: int  #: things asked for at once
    now: datetime
    walked: dict[str, str] = field(default_factory=dict)  #: fullname -> mark, newest first
    below_floor: bool = False
    bad: int = 0

    def pages(self, state: RedditCursor) -> Iterator[Page]:
        """Read from the top down to a page with something known."""
        after: str | None = None
        used: set[str] = set()
        stalled = False
        while True:
            data = self._listing(after)
            things = [(fullname(thing), thing) for thing in data["children"]]
            stuck = bool(things) and bool(self.walked) and all(name in self.walked for name, _ in things)
            if stuck and stalled:
                raise AccountUnreachable("same-page", site=SITE.title, mend="again")
            if stuck:
                stalled = True
                continue
            met = any(name in state.known for name, _ in things)
            posts = self._take(things, state)
            after = _after(data)
            ended = after is None or met or self.below_floor
            page = self._page(posts, state, met=met, ended=ended)
            if page.posts or page.unchecked or page.cursor != state.dump():
                yield page
            if ended:
                return
            if after in used:
                raise AccountUnreachable("circle", site=SITE.title, mend="again")
            stalled = False
            used.add(after or "")

    def _listing(self, after: str | None) -> dict[str, Any]:
        params: dict[str, Any] = {"limit": self.size}
        if self.path.startswith("user/"):
            params["sort"] = "new"
        if after:
            params["after"] = after
        return self.client.listing(self.path, params, self.now)

    def _take(self, things: list[tuple[str | None, Any]], state: RedditCursor) -> list[Post]:
        """The things of a page that are new or not as we know them."""
        taken = []
        for name, thing in things:
            try:
                post = normalize(thing, account=self.account.handle, seen_at=self.now)
            except UnreadableItem:
                self.bad += 1
                continue
            if post.created_at.timestamp() < (state.floor or 0):
                self.below_floor = self.below_floor or post.key.external_id not in state.known
                continue
            now_marked = mark(edited_at=post.edited_at, deleted=post.deleted_at is not None)
            repeated = self.walked.get(post.key.external_id) == now_marked
            self.walked[name or post.key.external_id] = now_marked
            # What was gone before we ever saw it holds no words to check.
            unseen_tombstone = post.deleted_at is not None and post.key.external_id not in state.known
            if not repeated and not unseen_tombstone and state.known.get(post.key.external_id) != now_marked:
                taken.append(post)
        return taken

    def _page(self, posts: list[Post], state: RedditCursor, *, met: bool, ended: bool) -> Page:
        if not ended:
            return Page(posts=tuple(posts), cursor=state.dump())
        notes = list(self._notes(state, met=met))
        # An empty list where things were known is told once, and then the list is taken as empty.
        following = state.after(self.walked) if self.walked else replace(state, known={})
        return Page(posts=tuple(posts), cursor=following.dump(), unchecked=tuple(notes))

    def _notes(self, state: RedditCursor, *, met: bool) -> Iterator[Unchecked]:
        if self.bad:
            yield self._note(Why.UNREADABLE, "unreadable", count=self.bad)
        if state.known and not self.walked and not self.bad:
            yield self._note(Why.UNREACHABLE, "empty-list", count=len(state.known))
        if not met and not self.below_floor and len(self.walked) >= CAP * _NEARLY:
            yield self._note(Why.GAP, "window", most=CAP)

    def _note(self, why: Why, code: str, count: int | None = None, **parts: int) -> Unchecked:
        return Unchecked(
            why=why,
            platform=SITE.name,
            account=self.account.handle,
            code=code,
            parts=parts,
            until=self.now,
            count=count,
        )


def _look(client: RedditClient, account: AccountRef, posts: Sequence[Post], now: datetime) -> SecondLook:
    known = {post.key.external_id: post for post in posts}
    data = client.listing(API_PATH["info"], {"id": ",".join(known)}, now)
    found: dict[PostKey, Post] = {}
    gone: dict[PostKey, None] = {}
    unreadable = 0
    for thing in data["children"]:
        try:
            post = normalize(thing, account=account.handle, seen_at=now)
        except UnreadableItem:
            unreadable += 1
            continue
        if post.key.external_id not in known:
            continue
        if post.deleted_at is not None:
            gone[post.key] = None
        else:
            found[post.key] = post
    missing = len(known) - len(found) - len(gone)
    note = Unchecked(
        why=Why.UNREADABLE,
        platform=SITE.name,
        account=account.handle,
        code="unreadable" if unreadable else "not-shown",
        until=now,
        count=missing,
    )
    return SecondLook(
        posts=tuple(found.values()),
        gone=tuple(gone),
        unchecked=(note,) if missing else (),
        answered=tuple(post.key for post in posts),
    )


def _listings(account: AccountRef, stream: str) -> dict[str, str]:
    """The lists that make up a stream, and where Reddit serves them."""
    if stream.startswith(SUBREDDIT):
        return {"comments": f"r/{stream.removeprefix(SUBREDDIT)}/comments"}
    return {
        "comments": {"comments": f"user/{account.handle}/comments"},
        "submissions": {"submissions": f"user/{account.handle}/submitted"},
        "replies": {"comments": API_PATH["comment_replies"], "submissions": API_PATH["submission_replies"]},
        "mentions": {"mentions": API_PATH["mentions"]},
    }[stream]


def _load(cursor: object) -> RedditCursor:
    try:
        return RedditCursor.load(cursor if isinstance(cursor, Mapping) else None)
    except UnreadableItem:
        return RedditCursor(known={})


def _after(data: Mapping[str, Any]) -> str | None:
    after = data.get("after")
    return after if isinstance(after, str) and after else None
