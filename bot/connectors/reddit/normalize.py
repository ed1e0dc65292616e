"""Reddit thing -> Post. Pure.

A thing is ``{"kind": "t1" | "t3", "data": {...}}``, asked for with ``raw_json=1`` so that text is not escaped
(www.reddit.com/dev/api). Its fullname (t1_…, t3_…) is the external id: parents and threads are named by fullnames.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from bot.connectors.reddit.site import SITE, WWW
from bot.connectors.shared.raw import Shape, UnreadableItem, clean, kept, moment
from policies.model.keys import PostKey
from policies.model.moments import dated
from policies.model.post import Direction, Kind, Media, Post
from policies.served import NOBODIES, is_tombstone

NOBODY = "[deleted]"  #: stands for an author who is gone or hidden
_LONGEST_TOLD = 60  #: characters of a time that is none
_FULLNAME = r"^t[13]_[0-9a-z]{1,13}$"
_CONTEXT = re.compile(r"/comments/([0-9a-z]{1,13})/")
_IMAGE = re.compile(r"\.(?:jpe?g|png|webp)(?:\?|$)", re.IGNORECASE)


class _Video(Shape):
    fallback_url: str | None = None


class _Embed(Shape):
    reddit_video: _Video | None = None


class _Source(Shape):
    u: str | None = None
    gif: str | None = None


class _Picture(Shape):
    s: _Source = _Source()


class _GalleryItem(Shape):
    caption: str | None = None
    outbound_url: str | None = None


class _Gallery(Shape):
    items: tuple[_GalleryItem, ...] = ()


class _Option(Shape):
    text: str = ""


class _Poll(Shape):
    options: tuple[_Option, ...] = ()


class _Data(Shape):
    name: str | None = Field(None, pattern=_FULLNAME)
    id: str | None = None
    author: str | None = None
    created_utc: float | None = None
    edited: bool | float | None = None
    permalink: str | None = None
    context: str | None = None
    # comments
    body: str | None = None
    parent_id: str | None = None
    link_id: str | None = None
    # submissions
    title: str | None = None
    selftext: str | None = None
    is_self: bool = True
    url: str | None = None
    removed_by_category: str | None = None
    media: _Embed | None = None
    media_metadata: dict[str, _Picture] | None = None
    gallery_data: _Gallery | None = None
    poll_data: _Poll | None = None


class _Thing(Shape):
    kind: Literal["t1", "t3"]
    data: _Data


def normalize(payload: object, *, account: str, seen_at: datetime) -> Post:
    """One comment or submission. Raises `UnreadableItem`, and nothing else, for what is none.

    ``seen_at`` (UTC) becomes the time of deletion of one that is gone: Reddit does not tell when it went. It stands in
    for times that cannot be, too.
    """
    raw = clean(payload)
    thing = kept(_Thing, raw)
    data, name = thing.data, _name(thing)
    author, created = data.author or NOBODY, _moment(data.created_utc)
    post = Post(
        key=PostKey(platform=SITE.name, account=account, external_id=name),
        thread_id=_thread(thing, name),
        parent_id=data.parent_id if thing.kind == "t1" else None,
        direction=Direction.OUTBOUND if author.lower() == account.lower() else Direction.INBOUND,
        kind=Kind.COMMENT if thing.kind == "t1" else Kind.POST,
        author=author,
        created_at=created or seen_at,
        told_at=None if created else _told(raw),
        edited_at=_edited(data),
        deleted_at=seen_at if _is_tombstone(thing) else None,
        text=_text(thing),
        permalink=_permalink(data),
        media=tuple(dict.fromkeys(_media(thing))),
        raw=_without_replies(raw),
    )
    return dated(post, seen_at)


def fullname(payload: object) -> str | None:
    """The fullname of what may be a thing, None where it has none."""
    data = payload.get("data") if isinstance(payload, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and re.match(_FULLNAME, name) else None


def _name(thing: _Thing) -> str:
    if thing.data.name and thing.data.name.startswith(thing.kind):
        return thing.data.name
    if thing.data.id and re.match(_FULLNAME, f"{thing.kind}_{thing.data.id}"):
        return f"{thing.kind}_{thing.data.id}"
    raise UnreadableItem("name: missing")


def _thread(thing: _Thing, name: str) -> str:
    """The submission. Inbox entries do not name it, but their link leads through it."""
    if thing.kind == "t3":
        return name
    found = _CONTEXT.search(thing.data.context or thing.data.permalink or "")
    return thing.data.link_id or (f"t3_{found[1]}" if found else thing.data.parent_id or name)


def _text(thing: _Thing) -> str:
    if thing.kind == "t1":
        if thing.data.body is None:
            raise UnreadableItem("body: missing")
        return thing.data.body
    if thing.data.title is None:
        raise UnreadableItem("title: missing")
    captions = (item.caption for item in thing.data.gallery_data.items) if thing.data.gallery_data else ()
    options = (option.text for option in thing.data.poll_data.options) if thing.data.poll_data else ()
    return "\n\n".join(part for part in (thing.data.title, thing.data.selftext, *captions, *options) if part)


def _edited(data: _Data) -> datetime | None:
    """Reddit says False, or when; of very old edits only True."""
    return None if isinstance(data.edited, bool) else _moment(data.edited)


def _moment(epoch: float | None) -> datetime | None:
    try:
        return None if epoch is None else moment(epoch)
    except UnreadableItem:
        return None


def _told(raw: Mapping[str, Any]) -> str:
    return str(raw["data"].get("created_utc", ""))[:_LONGEST_TOLD]


def _is_tombstone(thing: _Thing) -> bool:
    if thing.kind == "t3" and thing.data.removed_by_category is not None:
        return True
    words = thing.data.body if thing.kind == "t1" else thing.data.selftext
    gone = (thing.data.author or NOBODY).lower() in NOBODIES
    return words is not None and is_tombstone(words) and (gone or " by " in words.lower())


def _permalink(data: _Data) -> str | None:
    path = data.permalink or (data.context or "").partition("?")[0]
    return WWW + path if path.startswith("/") else None


def _media(thing: _Thing) -> Iterator[Media]:
    """Pictures, video or the link of a submission, and pictures in a comment. Reddit has no alt text."""
    data = thing.data
    video = data.media.reddit_video if data.media else None
    if video:
        yield Media(kind="video", url=video.fallback_url)
    for picture in (data.media_metadata or {}).values():
        yield Media(kind="gif" if picture.s.gif else "image", url=picture.s.u or picture.s.gif)
    for item in data.gallery_data.items if data.gallery_data else ():
        if item.outbound_url:
            yield Media(kind="link", url=item.outbound_url)
    if thing.kind == "t3" and not data.is_self and not video and not data.media_metadata and data.url:
        yield Media(kind="image" if _IMAGE.search(data.url) else "link", url=data.url)


def _without_replies(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A comment can hold the whole tree below it; each of those is a post of its own."""
    return {**raw, "data": {key: value for key, value in raw["data"].items() if key != "replies"}}
