"""X v2 payload -> Post. Pure.

Field names: X's data dictionary (docs.x.com/x-api/fundamentals/data-dictionary) and, beside them, the names of its
OpenAPI document of 2026-08, where tweet became post.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import AliasChoices, Field

from bot.connectors.shared.raw import S, Shape, UnreadableItem, clean, kept
from bot.connectors.x.ids import time_of_id
from bot.connectors.x.site import PERMALINK, SITE
from policies.model.keys import PostKey
from policies.model.moments import believable
from policies.model.post import Direction, Kind, Media, Post

_LONGEST_TOLD = 60  #: characters of a time that is none
UNKNOWN = "unknown"  #: author of a post that X sent without one
_MEDIA_KINDS = {"photo": "image", "video": "video", "animated_gif": "gif"}
#: X escapes exactly these in text; unescaping more would change what a person typed
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


class _Url(Shape):
    url: str | None = None
    expanded_url: str | None = None
    media_key: str | None = None


class _Entities(Shape):
    urls: tuple[_Url, ...] = ()


class _Note(Shape):
    text: str
    entities: _Entities = _Entities()


class _Reference(Shape):
    type: str
    id: str


class _Attachments(Shape):
    media_keys: tuple[str, ...] = ()
    poll_ids: tuple[str, ...] = ()


class _Tweet(Shape):
    id: str = Field(pattern=r"^[0-9]{1,19}$")
    text: str
    author_id: str | None = None
    conversation_id: str | None = None
    created_at: str | None = None
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    source: str | None = None
    attachments: _Attachments = _Attachments()
    entities: _Entities = _Entities()
    history: tuple[str, ...] = Field(
        (), validation_alias=AliasChoices("edit_history_tweet_ids", "edit_history_post_ids")
    )
    note: _Note | None = Field(None, validation_alias=AliasChoices("note_tweet", "note_post"))
    references: tuple[_Reference, ...] = Field(
        (), validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )


class _Media(Shape):
    media_key: str
    type: str = "photo"
    url: str | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None


class _Option(Shape):
    label: str = ""


class _Poll(Shape):
    id: str
    options: tuple[_Option, ...] = ()


class _User(Shape):
    id: str
    username: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedProfile:
    """The watched account."""

    handle: str  #: without ``@``
    id: str | None  #: X's id of it, where known
    own_list: bool = False  #: whether the answer lists what the account itself wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Includes:
    """What X sends beside the posts of an answer."""

    media: Mapping[str, _Media] = field(default_factory=dict)  #: by media key
    users: Mapping[str, _User] = field(default_factory=dict)  #: by id
    polls: Mapping[str, _Poll] = field(default_factory=dict)  #: by id


def read_includes(payload: object) -> Includes:
    """The ``includes`` of an answer; entries that cannot be read are left out, since no post depends on them."""
    parts = payload if isinstance(payload, dict) else {}
    media = _readable(_Media, parts.get("media"))
    users = _readable(_User, parts.get("users"))
    polls = _readable(_Poll, parts.get("polls"))
    return Includes(
        media={m.media_key: m for m in media}, users={u.id: u for u in users}, polls={p.id: p for p in polls}
    )


def normalize(
    payload: object, *, account: WatchedProfile, seen_at: datetime, includes: Includes = Includes()
) -> Post:
    """One post of an answer. Raises `UnreadableItem`, and nothing else, for what is no post.

    ``seen_at`` (UTC) stands in for times that the platform does not tell, or that cannot be.
    """
    raw = clean(payload)
    tweet = kept(_Tweet, raw)
    first = tweet.history[0] if tweet.history else tweet.id
    ours = _ours(tweet, account, includes)
    author = includes.users.get(tweet.author_id or "")
    handle = account.handle if ours else author.username if author else tweet.author_id or UNKNOWN
    parent = _parent(tweet)
    told, by_id = _told(tweet), time_of_id(int(tweet.id))
    by_first = time_of_id(int(first)) if first != tweet.id and first.isascii() and first.isdigit() else None
    created = _first_of((by_first, told, by_id), seen_at)
    return Post(
        key=PostKey(platform=SITE.name, account=account.handle, external_id=first),
        thread_id=_thread(tweet, parent, first),
        parent_id=parent,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        kind=_kind(tweet, parent),
        author=handle,
        author_name=author.name if author else None,
        created_at=created,
        told_at=None if created in (by_first, told) else (tweet.created_at or "")[:_LONGEST_TOLD] or None,
        edited_at=_first_of((told, by_id), seen_at) if first != tweet.id else None,
        text=_unescaped("\n".join([(tweet.note or tweet).text, *_options(tweet, includes)])),
        lang=_language(tweet.lang),
        permalink=PERMALINK.format(author=handle if ours or author else "i", id=tweet.id),
        media=_media(tweet, includes),
        source=tweet.source,
        version_id=tweet.id,
        raw=raw,
    )


def newest_version(payload: Mapping[str, Any]) -> str | None:
    """The id at the end of a post's edit history, None where it has none."""
    try:
        history = kept(_Tweet, clean(payload)).history
    except UnreadableItem:
        return None
    return history[-1] if history else None


def _ours(tweet: _Tweet, account: WatchedProfile, includes: Includes) -> bool:
    if tweet.author_id is None:
        return account.own_list
    if account.id is not None:
        return tweet.author_id == account.id
    author = includes.users.get(tweet.author_id)
    return author is not None and author.username.lower() == account.handle.lower()


def _parent(tweet: _Tweet) -> str | None:
    return next((reference.id for reference in tweet.references if reference.type == "replied_to"), None)


def _kind(tweet: _Tweet, parent: str | None) -> Kind:
    if any(reference.type == "retweeted" for reference in tweet.references):
        return Kind.SHARE
    return Kind.REPLY if parent or tweet.in_reply_to_user_id else Kind.POST


def _options(tweet: _Tweet, includes: Includes) -> list[str]:
    """What a poll lets people choose from: X sends it beside the post."""
    polls = [includes.polls[key] for key in tweet.attachments.poll_ids if key in includes.polls]
    return [option.label for poll in polls for option in poll.options if option.label]


def _thread(tweet: _Tweet, parent: str | None, first: str) -> str:
    # Where nothing is answered the post opens its thread, whatever version's id X puts into conversation_id.
    if parent is None and not tweet.in_reply_to_user_id:
        return first
    return tweet.conversation_id or parent or first


def _told(tweet: _Tweet) -> datetime | None:
    """What X says of when this version was written: it gives each version its own created_at."""
    try:
        at = datetime.fromisoformat(tweet.created_at or "")
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _first_of(times: Iterable[datetime | None], seen_at: datetime) -> datetime:
    """The first time that can be: what X says, or else when it gave the id out, or else when we saw it."""
    found = (at for at in times if at and believable(at, SITE.name, seen_at))
    return next(found, seen_at)


def _unescaped(text: str) -> str:
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    return text


def _language(tag: str | None) -> str | None:
    """ISO 639-1 where X names a language; its own marks (und, qme, zxx …) name none."""
    code = (tag or "").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _media(tweet: _Tweet, includes: Includes) -> tuple[Media, ...]:
    shown = [includes.media.get(key) for key in tweet.attachments.media_keys]
    pictures = [_picture(media) for media in shown if media is not None]
    return (*pictures, *_links(tweet))


def _picture(media: _Media) -> Media:
    return Media(
        kind=_MEDIA_KINDS.get(media.type, "image"),
        url=media.url or media.preview_image_url,
        alt_text=media.alt_text or None,
    )


def _links(tweet: _Tweet) -> list[Media]:
    """Where the t.co links lead; the text itself keeps X's short form."""
    urls = tweet.note.entities.urls if tweet.note and tweet.note.entities.urls else tweet.entities.urls
    targets = dict.fromkeys(url.expanded_url for url in urls if url.expanded_url and not _own_media(url))
    return [Media(kind="link", url=target) for target in targets]


def _own_media(url: _Url) -> bool:
    address = url.expanded_url or ""
    on_x = address.startswith(("https://x.com/", "https://twitter.com/"))
    return url.media_key is not None or (on_x and ("/photo/" in address or "/video/" in address))


def _readable(model: type[S], items: object) -> list[S]:
    found = []
    for item in items if isinstance(items, list) else []:
        try:
            found.append(kept(model, clean(item)))
        except UnreadableItem:
            continue
    return found
