"""One pull of one stream of X: the walk down from the newest post, and posts that could not be read before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.connectors.shared.limits import MOST_PAGES
from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.shared.unread import asked, noted
from bot.connectors.x.client import LOOKUP_SIZE, Timeline, Walk, XClient, unavailable
from bot.connectors.x.cursor import XCursor
from bot.connectors.x.ids import can_be, id_at, id_of, time_of_id
from bot.connectors.x.normalize import Includes, WatchedProfile, normalize, read_includes
from bot.connectors.x.site import SITE
from bot.errors import AccountUnreachable, PlatformError
from bot.ports import AccountRef, Allowance, Page, Read
from policies.model.coverage import Unchecked, Why
from policies.model.moments import AHEAD
from policies.model.post import Post

SMALLEST_PAGE, LARGEST_PAGE = 5, 100  #: max_results of the timelines (docs.x.com)
WINDOWS = {stream.name: stream.window or 0 for stream in SITE.streams}  #: newest posts that X serves at all
_NEARLY = 0.98  #: X counts withheld posts into its window too, so a full one may come a little short


@dataclass(slots=True, kw_only=True)
class _ReadAnswer:
    """What an answer holds."""

    includes: Includes
    posts: list[Post] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)  #: ids of what cannot be read
    nameless: int = 0  #: what cannot be read and has no id to ask for


class XPull:
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
        """Ask again for what could not be read, finish the walk that was broken off, then look what is new above it."""
        for page in self._again(state):
            yield page
            state = XCursor.load(page.cursor)
        if state.walking:
            for page in self._walk(state):
                yield page
                state = XCursor.load(page.cursor)
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
                yield spent(self._account, state, self._now)
                return
            answer = self._answer(state, size, token)
            ids = {found for found in map(id_of, _items(answer)) if found and can_be(found, self._now)}
            fresh = {found for found in ids if state.wants(found) or (token and self._is_new(found, state))}
            fresh = {found for found in fresh - self._seen if _reachable(found, state)}
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
            if len(tokens) >= MOST_PAGES:
                raise AccountUnreachable("endless", site=SITE.title, mend="again")

    def _step(
        self, answer: dict[str, Any], fresh: set[int], before: XCursor, *, ended: bool
    ) -> tuple[Page, XCursor, bool]:
        """The page, the state once it is stored, and whether there is anything to store."""
        read = self._read(answer, before, fresh)
        state = replace(before.after(fresh), unread=noted(before.unread, read.unread))
        self._seen |= fresh
        gap = self._gap(state) if ended else ()
        if ended:
            self._served_before += state.served
            state = state.rested()
        count = len(read.unread) + read.nameless
        page = Page(
            posts=tuple(read.posts),
            cursor=state.dump(),
            reads=self._reads(fresh, read),
            unchecked=(*gap, *([self._unreadable(count)] if count else [])),
        )
        return page, state, bool(page.posts or page.unchecked or state != before)

    def _again(self, state: XCursor) -> Iterator[Page]:
        """Ask once more for what could not be read; where X does not answer now, the next pull does."""
        left = self._allowance.reads("post", owned=self._owned)
        ids = list(state.unread)[: LOOKUP_SIZE if left is None else min(left, LOOKUP_SIZE)]
        if not ids:
            return
        try:
            answer = self._client.posts(ids, authors=self._authors, now=self._now)
        except PlatformError:
            return
        served = {found for found in map(id_of, _items(answer)) if found is not None and str(found) in ids}
        read = self._read(answer, state, served)
        after = asked(state.unread, ids, read.unread)
        note = self._unreadable(len(after.given_up), ids=", ".join(after.given_up))
        yield Page(
            posts=tuple(read.posts),
            cursor=replace(state, unread=after.unread).dump(),
            reads=self._reads(served, read),
            unchecked=(note,) if after.given_up else (),
        )

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

    def _read(self, answer: dict[str, Any], state: XCursor, wanted: set[int]) -> _ReadAnswer:
        """The posts of an answer that are wanted, and those whose id cannot be: no cursor tells those apart."""
        profile = WatchedProfile(
            handle=self._account.handle, id=state.user_id, own_list=self._stream == "own"
        )
        read = _ReadAnswer(includes=read_includes(answer.get("includes")))
        for item in _items(answer):
            found = id_of(item)
            known = found is not None and can_be(found, self._now) and _reachable(found, state)
            if known and found not in wanted:
                continue
            try:
                post = normalize(item, account=profile, seen_at=self._now, includes=read.includes)
                read.posts.append(post)
            except UnreadableItem:
                if known:
                    read.unread.append(str(found))
                else:
                    read.nameless += 1
        return read

    def _reads(self, served: set[int], read: _ReadAnswer) -> tuple[Read, ...]:
        """What X charges for. A mention may be the account's own, and then has the price of its own posts."""
        own = bool(self._account.options.get("owned", True))
        ours = {post.version_id for post in read.posts if post.outbound and own}
        named = {*map(str, sorted(served)), *(post.version_id or "" for post in read.posts)}
        users = (Read(resource="user", id=user_id, owned=False) for user_id in read.includes.users)
        return (
            *(Read(resource="post", id=one, owned=self._owned or one in ours) for one in sorted(named)),
            *users,
        )

    def _unreadable(self, count: int, *, ids: str = "") -> Unchecked:
        return Unchecked(
            why=Why.UNREADABLE,
            platform=SITE.name,
            account=self._account.handle,
            code="unreadable-left" if ids else "unreadable",
            parts={"ids": ids} if ids else {},
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


def spent(account: AccountRef, state: XCursor, now: datetime) -> Page:
    """What is yielded where the budget allows nothing more."""
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


def _reachable(post_id: int, state: XCursor) -> bool:
    """Whether a walk can come to an id: the first one does not go below its start."""
    if state.since_id is not None or state.start is None:
        return True
    return post_id >= id_at(datetime.fromisoformat(state.start) - AHEAD)


def _items(answer: dict[str, Any]) -> list[Any]:
    data = answer.get("data")
    return data if isinstance(data, list) else []


def _next_token(answer: dict[str, Any]) -> str | None:
    meta = answer.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None
