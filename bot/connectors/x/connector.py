"""Reads X: what an account posts and what mentions it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from bot.connectors.shared.limits import Limits
from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.x.client import Timeline, Walk, XClient, XCredentials, unavailable
from bot.connectors.x.cursor import XCursor
from bot.connectors.x.look import look_again
from bot.connectors.x.normalize import Includes, WatchedProfile, id_of, normalize, read_includes, time_of_id
from bot.connectors.x.site import SITE
from bot.errors import AccountUnreachable
from bot.ports import AccountRef, Allowance, Page, Read, SecondLook
from policies.model.coverage import Unchecked, Why
from policies.model.post import Post

SMALLEST_PAGE, LARGEST_PAGE = 5, 100  #: max_results of the timelines (docs.x.com)
WINDOWS = {stream.name: stream.window or 0 for stream in SITE.streams}  #: newest posts that X serves at all
FIRST_DAYS = 30
_NEARLY = 0.98  #: X counts withheld posts into its window too, so a full one may come a little short


class XConnector:
    """Reads X through tweepy. One object may be used by several threads.

    Account options: ``first_days`` (how far back the first pull goes), ``owned`` (whether the account owns the
    developer app; X charges less then), ``author_names`` (ask for the names of people who mention the account:
    one user read per person and UTC day).
    """

    platform = SITE.name

    def __init__(
        self, credentials: XCredentials, *, base_url: str | None = None, limits: Limits | None = None
    ) -> None:
        """``base_url`` stands in for https://api.twitter.com; ``limits`` end each call, 20 s by default."""
        self._credentials, self._base_url, self._limits = credentials, base_url, limits or Limits()
        self._clients = threading.local()
        self._user_ids: dict[str, str] = {}

    def streams(self, account: AccountRef) -> tuple[str, ...]:  # noqa: ARG002 -- the same for each
        """``own`` and ``mentions``."""
        return tuple(WINDOWS)

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,
        now: datetime,
    ) -> Iterator[Page]:
        """Pages after the cursor, each with what X charges for it; see `XCursor` for what survives a crash."""
        state = _load(cursor)
        if state.since_id is None and state.start is None:
            days = timedelta(days=float(account.options.get("first_days", FIRST_DAYS)))
            state = replace(state, start=f"{now - days:%Y-%m-%dT%H:%M:%SZ}")
        if state.user_id is None:
            state = replace(state, user_id=self._user_ids.get(account.handle.lower()))
        if state.user_id is None:
            page = self._look_up(account, state, allowance, now)
            yield page
            state = _load(page.cursor)
        if state.user_id is None:
            return
        puller = _XPull(self._client, account, cast("Timeline", stream), allowance, now)
        yield from puller.pages(state)

    def look_again(
        self, account: AccountRef, posts: Sequence[Post], allowance: Allowance, now: datetime
    ) -> SecondLook:
        """Known posts as they stand now. An edit is followed to its newest version."""
        return look_again(self._client, account, posts, allowance, now)

    def check_access(self, account: AccountRef) -> str:
        """A live call; X charges one user read."""
        user = self._client.user(account.handle, datetime.now(UTC))
        return f"X answers; we read @{user.get('username', account.handle)} ({user.get('name', '')})."

    @property
    def _client(self) -> XClient:
        if not hasattr(self._clients, "client"):
            self._clients.client = XClient(self._credentials, base_url=self._base_url, limits=self._limits)
        return cast("XClient", self._clients.client)

    def _look_up(self, account: AccountRef, state: XCursor, allowance: Allowance, now: datetime) -> Page:
        left = allowance.reads("user", owned=False)
        if left is not None and left < 1:
            return _spent(account, state, now)
        user_id = str(self._client.user(account.handle, now)["id"])
        self._user_ids[account.handle.lower()] = user_id
        return Page(
            posts=(),
            cursor=replace(state, user_id=user_id).dump(),
            reads=(Read(resource="user", id=user_id, owned=False),),
        )


class _XPull:
    """One pull of one stream."""

    def __init__(
        self, client: XClient, account: AccountRef, stream: Timeline, allowance: Allowance, now: datetime
    ) -> None:
        self._client, self._account, self._stream = client, account, stream
        self._allowance, self._now = allowance, now
        self._owned = stream == "own" and bool(account.options.get("owned", True))
        self._authors = stream != "own" and bool(account.options.get("author_names", False))
        self._seen: set[int] = set()  #: ids served in this pull
        self._served_before = 0  #: posts of the walk that this pull took up and ended
        self._out_of_money = False

    def pages(self, state: XCursor) -> Iterator[Page]:
        """Finish the walk that was broken off, then look what is new above it."""
        if state.walking:
            for page in self._walk(state):
                yield page
                state = _load(page.cursor)
            if self._out_of_money:
                return
        yield from self._walk(state)

    def _walk(self, state: XCursor) -> Iterator[Page]:
        token: str | None = None
        tokens: set[str] = set()
        stalled = False
        while True:
            size = self._size()
            if size is None:
                self._out_of_money = True
                yield _spent(self._account, state, self._now)
                return
            answer = self._answer(state, size, token)
            ids = {found for found in map(id_of, _items(answer)) if found is not None}
            fresh = {found for found in ids if state.wants(found) or (token and self._is_new(found, state))}
            fresh -= self._seen
            following = _next_token(answer)
            below = bool(ids) and state.since_id is not None and max(ids) <= state.since_id
            stuck = not below and (following in tokens or (bool(ids) and not fresh))
            if stuck and (stalled or not state.walking):
                raise AccountUnreachable("same-page", site=SITE.title, mend="again")
            page, state, changed = self._step(
                answer, fresh, state, ended=below or (following is None and not stuck)
            )
            if changed:
                yield page
            if below or (following is None and not stuck):
                return
            # Where X's paging runs in a circle, ask by id once before giving up.
            stalled, token = (True, None) if stuck else (False, following)
            tokens.add(following or "")

    def _step(
        self, answer: dict[str, Any], fresh: set[int], before: XCursor, *, ended: bool
    ) -> tuple[Page, XCursor, bool]:
        """The page, the state once it is stored, and whether there is anything to store."""
        state = before.after(fresh)
        self._seen |= fresh
        gap = self._gap(state) if ended else ()
        if ended:
            self._served_before += state.served
            state = state.rested()
        page = self._page(answer, fresh, state, gap)
        return page, state, bool(page.posts or page.unchecked or state != before)

    def _is_new(self, post_id: int, state: XCursor) -> bool:
        """Pages out of order: X's own paging may serve what lies above the lowest post so far."""
        return post_id not in self._seen and (state.since_id is None or post_id > state.since_id)

    def _size(self) -> int | None:
        """Posts to ask for, None where the budget does not allow the smallest page."""
        left = self._allowance.reads("post", owned=self._owned)
        if left is None:
            return LARGEST_PAGE
        return min(left, LARGEST_PAGE) if left >= SMALLEST_PAGE else None

    def _answer(self, state: XCursor, size: int, token: str | None) -> dict[str, Any]:
        walk = Walk(
            size=size,
            since_id=state.since_id,
            start=state.start if state.since_id is None else None,
            until_id=None if token else state.until,
            token=token,
        )
        answer = self._client.timeline(
            self._stream, state.user_id or "", walk, authors=self._authors, now=self._now
        )
        # An answer that says neither posts nor how many there are is no sign that all is quiet.
        if not isinstance(answer.get("data"), list) and not isinstance(answer.get("meta"), dict):
            raise unavailable(answer, "not-served", self._account.handle)
        return answer

    def _page(
        self, answer: dict[str, Any], fresh: set[int], state: XCursor, gap: tuple[Unchecked, ...]
    ) -> Page:
        profile = WatchedProfile(
            handle=self._account.handle, id=state.user_id, own_list=self._stream == "own"
        )
        includes = read_includes(answer.get("includes"))
        posts: list[Post] = []
        bad = 0
        for item in _items(answer):
            found = id_of(item)
            if found is not None and found not in fresh:
                continue
            try:
                posts.append(normalize(item, account=profile, includes=includes))
            except UnreadableItem:
                bad += 1
        return Page(
            posts=tuple(posts),
            cursor=state.dump(),
            reads=self._reads(fresh, posts, includes),
            unchecked=(*gap, *([self._unreadable(bad)] if bad else [])),
        )

    def _reads(self, fresh: set[int], posts: Sequence[Post], includes: Includes) -> tuple[Read, ...]:
        """What X charges for. A mention may be the account's own, and then has the price of its own posts."""
        ours = {
            post.version_id for post in posts if post.outbound and self._account.options.get("owned", True)
        }
        named = {str(found): self._owned or str(found) in ours for found in sorted(fresh)}
        read = (Read(resource="post", id=found, owned=owned) for found, owned in named.items())
        return (*read, *(Read(resource="user", id=user_id, owned=False) for user_id in includes.users))

    def _unreadable(self, count: int) -> Unchecked:
        return Unchecked(
            why=Why.UNREADABLE,
            platform=SITE.name,
            account=self._account.handle,
            code="unreadable",
            until=self._now,
            count=count,
        )

    def _gap(self, state: XCursor) -> tuple[Unchecked, ...]:
        """X drops since_id without a word when it is older than its window; a full window shows it."""
        window = WINDOWS[self._stream]
        if state.until is None or self._served_before + state.served < window * _NEARLY:
            return ()
        return (
            Unchecked(
                why=Why.GAP,
                platform=SITE.name,
                account=self._account.handle,
                code="window",
                parts={"most": window},
                since=_since(state),
                until=time_of_id(state.until),
            ),
        )


def _spent(account: AccountRef, state: XCursor, now: datetime) -> Page:
    note = Unchecked(
        why=Why.BUDGET_SPENT,
        platform=SITE.name,
        account=account.handle,
        code="budget-spent",
        since=_since(state),
        until=now,
    )
    return Page(posts=(), cursor=state.dump(), unchecked=(note,))


def _since(state: XCursor) -> datetime | None:
    if state.since_id is not None:
        return time_of_id(state.since_id)
    return datetime.fromisoformat(state.start) if state.start else None


def _load(cursor: Mapping[str, Any] | None) -> XCursor:
    try:
        return XCursor.load(cursor)
    except UnreadableItem:
        # Reading again costs a little; going on from a place that we do not understand could skip posts.
        return XCursor()


def _items(answer: dict[str, Any]) -> list[Any]:
    data = answer.get("data")
    return data if isinstance(data, list) else []


def _next_token(answer: dict[str, Any]) -> str | None:
    meta = answer.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None
