"""One pull of one list of Reddit: from the top down to what is known, and things that could not be read before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from praw.endpoints import API_PATH

from bot.connectors.reddit.client import INFO_SIZE, RedditClient
from bot.connectors.reddit.cursor import RedditCursor, mark
from bot.connectors.reddit.normalize import fullname, normalize
from bot.connectors.reddit.site import CAP, SITE
from bot.connectors.shared.limits import MOST_PAGES
from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.shared.unread import asked, noted
from bot.errors import AccountUnreachable, PlatformError
from bot.ports import AccountRef, Page
from policies.model.coverage import Unchecked, Why
from policies.model.post import Post

_NEARLY = 0.95  #: things that are hidden count into the cap


@dataclass(slots=True, kw_only=True)
class RedditPull:
    """One pull of one stream."""

    client: RedditClient
    account: AccountRef
    path: str
    size: int  #: things asked for at once
    now: datetime
    walked: dict[str, str] = field(default_factory=dict)  #: fullname -> mark, newest first
    below_floor: bool = False
    unread: dict[str, None] = field(default_factory=dict)  #: fullnames of what cannot be read
    nameless: int = 0  #: what cannot be read and has no name to ask for

    def pages(self, state: RedditCursor) -> Iterator[Page]:
        """Ask again for what could not be read, then read from the top down to a page with something known."""
        for page in self._again(state):
            yield page
            state = RedditCursor.load(page.cursor)
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
            if len(used) >= MOST_PAGES:
                raise AccountUnreachable("endless", site=SITE.title, mend="again")

    def _again(self, state: RedditCursor) -> Iterator[Page]:
        """Ask once more for what could not be read; where Reddit does not answer now, the next pull does."""
        names = list(state.unread)[:INFO_SIZE]
        if not names:
            return
        try:
            data = self.client.listing(API_PATH["info"], {"id": ",".join(names)}, self.now)
        except PlatformError:
            return
        posts, still = [], []
        for thing in data["children"]:
            try:
                posts.append(normalize(thing, account=self.account.handle, seen_at=self.now))
            except UnreadableItem:
                still.append(fullname(thing) or "")
        after = asked(state.unread, names, still)
        given_up = dict.fromkeys(
            after.given_up, "unread"
        )  # they are known from now on, by no mark of a thing
        note = self._note(
            Why.UNREADABLE, "unreadable-left", count=len(after.given_up), ids=", ".join(after.given_up)
        )
        yield Page(
            posts=tuple(post for post in posts if post.deleted_at is None),
            cursor=replace(state, unread=after.unread, known=given_up | dict(state.known)).dump(),
            unchecked=(note,) if after.given_up else (),
        )

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
                if name is None:
                    self.nameless += 1
                elif name not in state.known:
                    self.unread[name] = None
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
        following = replace(following, unread=noted(state.unread, self.unread))
        return Page(posts=tuple(posts), cursor=following.dump(), unchecked=tuple(notes))

    def _notes(self, state: RedditCursor, *, met: bool) -> Iterator[Unchecked]:
        bad = len(self.unread.keys() - state.unread.keys()) + self.nameless
        if bad:
            yield self._note(Why.UNREADABLE, "unreadable", count=bad)
        if state.known and not self.walked and not (self.unread or bad):
            yield self._note(Why.UNREACHABLE, "empty-list", count=len(state.known))
        if not met and not self.below_floor and len(self.walked) >= CAP * _NEARLY:
            yield self._note(Why.GAP, "window", most=CAP)

    def _note(self, why: Why, code: str, count: int | None = None, **parts: int | str) -> Unchecked:
        return Unchecked(
            why=why,
            platform=SITE.name,
            account=self.account.handle,
            code=code,
            parts=parts,
            until=self.now,
            count=count,
        )


def _after(data: Mapping[str, Any]) -> str | None:
    after = data.get("after")
    return after if isinstance(after, str) and after else None
