"""How X v2 writes posts, users and media: pure functions from the world to JSON-ready dicts.

Shapes follow recorded v2 responses and X's data dictionary; `post` names follow the specification of 2026-08.
"""

from __future__ import annotations

import hashlib
import html
import re
from datetime import UTC, datetime
from typing import Any

from bot.connectors.loopback.story import Photo, Profile
from bot.connectors.loopback.world import Item, Version
from bot.connectors.x.fake.nature import MAX_EDITS, user_id
from bot.connectors.x.site import EDIT_WINDOW

Json = dict[str, Any]

LONG_POST = 280
"""Characters that `text` holds; longer posts come whole in note_tweet (X's data dictionary)."""
LONG_SHARE = 140
"""Characters that `text` holds of a post that is passed on, cut mark and all (recorded by tweepy's tests)."""
POST_NAMES = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "pinned_tweet_id": "pinned_post_id",
    "tweets": "posts",
}
"""Old payload name to new one (X's OpenAPI document of 2026-08)."""
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]'”]")
_MENTION = re.compile(r"(?<![\w@])@(\w{1,15})")


def stamp(at: datetime) -> str:
    """A time as X writes it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def post_json(item: Item, version: Version, now: datetime, fields: frozenset[str]) -> Json:
    """A post in one of its versions, with the default fields and those asked for that have a value."""
    known = item.known(now)
    text, entities = _words(item, version)
    short = text if len(version.text) <= LONG_POST else text[: LONG_POST - 1] + "…"
    payload: Json = {"id": version.id, "text": short, "edit_history_tweet_ids": [v.id for v in known]}
    optional = {
        "attachments": _attachments(item),
        "author_id": user_id(item.author),
        "conversation_id": item.root.first.id,
        "created_at": stamp(version.at),
        "edit_controls": _edit_controls(item, known, now),
        "entities": entities,
        "in_reply_to_user_id": user_id(item.parent.author) if item.parent else None,
        "lang": item.post.lang,
        "note_tweet": {"text": text, "entities": entities} if short != text else None,
        "public_metrics": _metrics(item, now),
        "possibly_sensitive": False,
        "referenced_tweets": _references(item, version),
        "reply_settings": "everyone",
    }
    payload.update({k: v for k, v in optional.items() if k in fields and v not in (None, {}, [])})
    return payload


def user_json(profile: Profile, fields: frozenset[str]) -> Json:
    """A user, with the default fields and those asked for."""
    payload: Json = {"id": user_id(profile), "name": profile.name, "username": profile.handle}
    optional: Json = {
        "created_at": "2019-04-02T14:00:00.000Z",
        "description": "",
        "protected": False,
        "verified": False,
        "public_metrics": {
            "followers_count": 240,
            "following_count": 180,
            "tweet_count": 1900,
            "listed_count": 2,
        },
    }
    payload.update({k: v for k, v in optional.items() if k in fields})
    return payload


def media_json(item: Item, number: int, fields: frozenset[str]) -> Json:
    """A photo, with the default fields and those asked for; alt_text only where there is one."""
    photo: Photo = item.post.photos[number]
    payload: Json = {"media_key": media_key(item, number), "type": "photo"}
    optional: Json = {"url": photo.url, "alt_text": photo.alt_text, "width": 1200, "height": 900}
    payload.update({k: v for k, v in optional.items() if k in fields and v is not None})
    return payload


def media_key(item: Item, number: int) -> str:
    """X's name of a photo: 3_ and a number."""
    return f"3_{int(item.first.id) + number + 1}"


def renamed(payload: Any) -> Any:
    """The same answer with the names of the 2026-08 specification."""
    if isinstance(payload, dict):
        return {POST_NAMES.get(key, key): renamed(value) for key, value in payload.items()}
    if isinstance(payload, list):
        return [renamed(value) for value in payload]
    return payload


def referred(item: Item, version: Version) -> list[tuple[str, Item, Version]]:
    """What a post refers to: the kind of reference, and the post as it stood when this one was published."""
    found = []
    if item.parent is not None:
        found.append(("replied_to", item.parent, item.parent.current(version.at)))
    if item.quoted is not None:
        found.append(("quoted", item.quoted, item.quoted.current(version.at)))
    if item.shared is not None:
        found.append(("retweeted", item.shared, item.shared.current(version.at)))
    return found


def served_text(item: Item, version: Version) -> str:
    """The words with the @mention that X puts before an answer to somebody else."""
    if item.shared is not None:
        return _shared_text(item.shared.author, item.shared.current(version.at).text)
    if item.parent is None or item.parent.author is item.author:
        return version.text
    address = f"@{item.parent.author.handle}"
    return version.text if version.text.lower().startswith(address.lower()) else f"{address} {version.text}"


def _shared_text(author: Profile, text: str) -> str:
    """A post passed on, cut as X cuts it: the whole text is in the post that it refers to."""
    whole = f"RT @{author.handle}: {text}"
    return whole if len(whole) <= LONG_SHARE else whole[: LONG_SHARE - 1] + "…"


def poll_json(item: Item) -> Json:
    """A poll, with its default fields."""
    options = [{"position": n, "label": label, "votes": 0} for n, label in enumerate(item.post.poll, start=1)]
    return {"id": poll_id(item), "options": options}


def poll_id(item: Item) -> str:
    """X's name of a post's poll."""
    return str(int(item.first.id) - 1)


def _attachments(item: Item) -> Json:
    keys = [media_key(item, n) for n in range(len(item.post.photos))]
    named = {"media_keys": keys, "poll_ids": [poll_id(item)] if item.post.poll else []}
    return {name: ids for name, ids in named.items() if ids}


def _words(item: Item, version: Version) -> tuple[str, Json]:
    """Text as served (links through t.co, &, < and > escaped, pictures as a link at the end) and its entities."""
    urls: list[Json] = []
    parts: list[str] = []
    raw, at = served_text(item, version), 0
    for match in _LINK.finditer(raw):
        parts.append(html.escape(raw[at : match.start()], quote=False))
        _put_link(parts, urls, match.group())
        at = match.end()
    parts.append(html.escape(raw[at:], quote=False))
    if item.post.photos:
        parts.append(" ")
        _put_link(parts, urls, f"https://x.com/{item.author.handle}/status/{version.id}/photo/1")
        urls[-1]["media_key"] = media_key(item, 0)
    text = "".join(parts)
    mentions = [{"start": m.start(), "end": m.end(), "username": m.group(1)} for m in _MENTION.finditer(text)]
    return text, {key: value for key, value in (("urls", urls), ("mentions", mentions)) if value}


def _put_link(parts: list[str], urls: list[Json], target: str) -> None:
    short = "https://t.co/" + hashlib.sha256(target.encode()).hexdigest()[:10]
    start = sum(len(part) for part in parts)
    display = re.sub(r"^https?://(www\.)?", "", target)
    urls.append(
        {
            "start": start,
            "end": start + len(short),
            "url": short,
            "expanded_url": target,
            "display_url": display[:30],
        }
    )
    parts.append(short)


def _edit_controls(item: Item, known: list[Version], now: datetime) -> Json:
    until = item.first.at + EDIT_WINDOW
    left = MAX_EDITS + 1 - len(known)
    return {
        "edits_remaining": left,
        "is_edit_eligible": now <= until and left > 0,
        "editable_until": stamp(until),
    }


def _metrics(item: Item, now: datetime) -> Json:
    replies = sum(child.visible(now) for child in item.children)
    return {
        "retweet_count": 0,
        "reply_count": replies,
        "like_count": 0,
        "quote_count": 0,
        "impression_count": 0,
    }


def _references(item: Item, version: Version) -> list[Json]:
    return [{"type": kind, "id": seen.id} for kind, _, seen in referred(item, version)]
