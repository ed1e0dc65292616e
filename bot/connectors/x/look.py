"""A second look at known X posts, for edits and deletions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.connectors.shared.raw import UnreadableItem
from bot.connectors.x.client import LOOKUP_SIZE, XClient
from bot.connectors.x.normalize import Includes, WatchedProfile, newest_version, normalize, read_includes
from bot.connectors.x.site import SITE
from bot.errors import PlatformError
from bot.ports import AccountRef, Allowance, Read, SecondLook
from policies.model.coverage import Unchecked, Why
from policies.model.keys import PostKey
from policies.model.post import Post


def look_again(
    client: XClient,
    account: AccountRef,
    posts: Sequence[Post],
    allowance: Allowance,
    now: datetime,
    *,
    user_id: str | None = None,
) -> SecondLook:
    """Known posts as they stand now, as many as the allowance lets us read. ``user_id``: X's id of the account.

    What was learned before an error is returned; the error is raised only where nothing was learned.
    """
    look = _Look(client, account, user_id, allowance, now)
    try:
        for owned in (True, False):
            look.group([p for p in posts if look.is_owned(p) is owned], owned=owned)
    except PlatformError:
        if not look.answered:
            raise
    return look.result()


@dataclass(slots=True)
class _Look:
    client: XClient
    account: AccountRef
    user_id: str | None
    allowance: Allowance
    now: datetime
    seen: dict[PostKey, Post] = field(default_factory=dict)
    gone: dict[PostKey, None] = field(default_factory=dict)
    withheld: dict[PostKey, str] = field(default_factory=dict)  #: X's reason
    unreadable: dict[PostKey, None] = field(default_factory=dict)
    skipped: int = 0  #: posts that the budget did not allow
    reads: list[Read] = field(default_factory=list)

    @property
    def answered(self) -> tuple[PostKey, ...]:
        return (*self.seen, *self.gone, *self.withheld, *self.unreadable)

    def is_owned(self, post: Post) -> bool:
        return post.outbound and bool(self.account.options.get("owned", True))

    def group(self, posts: Sequence[Post], *, owned: bool) -> None:
        """Look at posts of one price."""
        for chunk in _chunks(posts):
            affordable = self._affordable(len(chunk), owned=owned)
            self.skipped += len(chunk) - affordable
            self._ask(
                {p.version_id or p.key.external_id: p for p in chunk[:affordable]}, owned=owned, follow=True
            )

    def _affordable(self, wish: int, *, owned: bool) -> int:
        # The allowance learns of our reads only once they are stored. One already made counts for one of the
        # same price: a little too careful where cheaper ones went before.
        left = self.allowance.reads("post", owned=owned)
        return wish if left is None else max(0, min(wish, left - len(self.reads)))

    def _ask(self, wanted: Mapping[str, Post], *, owned: bool, follow: bool) -> None:
        if not wanted:
            return
        answer = self.client.posts(list(wanted), authors=False, now=self.now)
        newer = self._take(answer, wanted, owned=owned)
        self._take_missing(answer, wanted)
        if newer and follow:
            affordable = self._affordable(len(newer), owned=owned)
            self.skipped += len(newer) - affordable
            self._ask(dict(list(newer.items())[:affordable]), owned=owned, follow=False)

    def _take(self, answer: dict[str, Any], wanted: Mapping[str, Post], *, owned: bool) -> dict[str, Post]:
        """Keep the posts that were served; those that have a newer version, by its id."""
        newer: dict[str, Post] = {}
        includes = read_includes(answer.get("includes"))
        data = answer.get("data")
        for item in data if isinstance(data, list) else []:
            known = wanted.get(str(item.get("id"))) if isinstance(item, dict) else None
            if known is None:
                continue
            self.reads.append(Read(resource="post", id=str(item["id"]), owned=owned))
            self._keep(item, known, includes)
            newest = newest_version(item)
            if newest is not None and newest != str(item["id"]):
                newer[newest] = known
        return newer

    def _keep(self, item: dict[str, Any], known: Post, includes: Includes) -> None:
        profile = WatchedProfile(handle=self.account.handle, id=self.user_id)
        try:
            post = normalize(item, account=profile, seen_at=self.now, includes=includes)
        except UnreadableItem:
            self.unreadable[known.key] = None
            return
        # Who wrote it does not change, and X charges for telling it again.
        self.seen[known.key] = _by_same_author(post, known) if known.author else replace(post, key=known.key)

    def _take_missing(self, answer: dict[str, Any], wanted: Mapping[str, Post]) -> None:
        errors = answer.get("errors")
        for error in errors if isinstance(errors, list) else []:
            if not isinstance(error, dict):
                continue
            known = wanted.get(str(error.get("resource_id") or error.get("value")))
            if known is None:
                continue
            self.seen.pop(known.key, None)
            if _deleted(error):
                self.gone[known.key] = None
            else:
                self.withheld[known.key] = str(error.get("detail") or error.get("title") or "")

    def result(self) -> SecondLook:
        return SecondLook(
            posts=tuple(self.seen.values()),
            gone=tuple(self.gone),
            reads=tuple(self.reads),
            unchecked=tuple(self._notes()),
            answered=tuple(dict.fromkeys(self.answered)),
        )

    def _notes(self) -> Iterator[Unchecked]:
        if self.withheld:
            yield self._note(Why.UNREADABLE, "withheld", len(self.withheld))
        if self.unreadable:
            yield self._note(Why.UNREADABLE, "unreadable", len(self.unreadable))
        if self.skipped:
            yield self._note(Why.BUDGET_SPENT, "budget-spent-looking", self.skipped)

    def _note(self, why: Why, code: str, count: int) -> Unchecked:
        handle = self.account.handle
        return Unchecked(why=why, platform=SITE.name, account=handle, code=code, until=self.now, count=count)


def _deleted(error: Mapping[str, Any]) -> bool:
    """X's problem types: resource-not-found is a deletion; a suspended author is told apart only in words."""
    found = str(error.get("type", "")).endswith("/resource-not-found")
    return found and "suspended" not in str(error.get("detail", "")).lower()


def _by_same_author(post: Post, known: Post) -> Post:
    link = post.permalink or ""
    return replace(
        post,
        key=known.key,
        direction=known.direction,
        author=known.author,
        author_name=known.author_name,
        permalink=link.replace("/i/status/", f"/{known.author}/status/", 1) if known.outbound else link,
    )


def _chunks(posts: Sequence[Post]) -> Iterator[Sequence[Post]]:
    for start in range(0, len(posts), LOOKUP_SIZE):
        yield posts[start : start + LOOKUP_SIZE]
