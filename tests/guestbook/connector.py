"""Reads the guestbook: what an account writes, and where it is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests
from pydantic import SecretStr

from bot.connectors.shared.http import Throttled, number, session
from bot.connectors.shared.limits import Limits
from bot.errors import AccountUnreachable, TokenDead
from bot.ports import AccountRef, Allowance, Page, Read, SecondLook
from guestbook.normalize import Entry, normalize, read
from guestbook.site import SITE, WINDOW
from policies.model.coverage import Unchecked, Why
from policies.model.post import Post

SIZE = 100
LISTS = {"written": "by", "named": "naming"}


class GuestbookConnector:
    """Reads newest changes first until it meets what the last pull saw; the cursor moves with the last page."""

    platform = SITE.name

    def __init__(self, token: SecretStr, *, base_url: str | None, limits: Limits) -> None:
        self._token = token
        self._http = session(
            SITE.title, replaces={SITE.address: base_url or SITE.address}, judge=_judge, limits=limits
        )

    def streams(self, account: AccountRef) -> tuple[str, ...]:
        """``written`` and ``named``."""
        return tuple(LISTS)

    def pull(
        self,
        account: AccountRef,
        stream: str,
        cursor: Mapping[str, Any] | None,
        allowance: Allowance,
        now: datetime,
    ) -> Iterator[Page]:
        """Pages of what is new or changed."""
        seen = str((cursor or {}).get("seen", ""))
        top, below, walked = seen, "", set[str]()
        while True:
            query = {LISTS[stream]: account.handle, "limit": SIZE, **({"before": below} if below else {})}
            answer = self._ask("/api/entries", query, now)
            entries = [read(item) for item in answer["entries"]]
            fresh = [entry for entry in entries if entry.place > seen and entry.place not in walked]
            if entries and not fresh and answer["more"] and min(e.place for e in entries) > seen:
                raise AccountUnreachable("The guestbook serves the same page again and again.")
            walked |= {entry.place for entry in fresh}
            top = max([top, *walked])
            met = len(fresh) < len(entries)
            ended = met or not answer["more"]
            gap = ended and not met and bool(seen) and len(walked) >= WINDOW
            if fresh:
                yield self._page(account, fresh, top if ended else seen, now, gap=gap)
            if ended:
                return
            below = min(entry.place for entry in fresh)

    def look_again(
        self, account: AccountRef, posts: Sequence[Post], allowance: Allowance, now: datetime
    ) -> SecondLook:
        """Known entries as they stand now."""
        answer = self._ask("/api/entries", {"ids": ",".join(p.key.external_id for p in posts)}, now)
        found = [normalize(read(item), account=account.handle) for item in answer["entries"]]
        keys = tuple(post.key for post in posts)
        gone = tuple(key for key in keys if key not in {post.key for post in found})
        return SecondLook(posts=tuple(found), gone=gone, answered=keys)

    def check_access(self, account: AccountRef) -> str:
        """A live call; a sentence saying as whom we read."""
        me = self._ask("/api/me", {}, datetime.now(UTC))
        return f"{SITE.title} answers; we read as {SITE.handles.show(me['name'])}."

    def _page(
        self, account: AccountRef, fresh: Sequence[Entry], seen: str, now: datetime, *, gap: bool
    ) -> Page:
        posts = tuple(normalize(entry, account=account.handle) for entry in fresh)
        detail = f"The guestbook serves only the newest {WINDOW} entries of a list."
        note = Unchecked(why=Why.GAP, platform=SITE.name, account=account.handle, detail=detail, until=now)
        return Page(
            posts=posts,
            cursor={"seen": seen},
            reads=tuple(Read(resource="post", id=p.key.external_id, owned=p.outbound) for p in posts),
            unchecked=(note,) if gap else (),
        )

    def _ask(self, path: str, query: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        try:
            answer = self._http.get(f"{SITE.address}{path}", params=dict(query), headers=headers).json()
        except Throttled as error:
            raise error.limited(SITE.title, now) from error
        except ValueError as error:
            raise AccountUnreachable("The guestbook sent an answer that cannot be read.") from error
        found: dict[str, Any] = answer
        return found


def _judge(response: requests.Response) -> None:
    """Raise our error for a response that is none of the 2xx."""
    if response.status_code == 401:
        raise TokenDead("The guestbook refuses our token.", mend="Renew GUESTBOOK_TOKEN in .env.")
    if response.status_code == 429:
        raise Throttled(after=number(response.headers, "retry-after"))
    if response.status_code >= 400:
        raise AccountUnreachable(f"The guestbook is in trouble ({response.status_code}).")
