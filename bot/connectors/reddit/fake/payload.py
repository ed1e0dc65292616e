"""How Reddit writes submissions, comments, inbox entries and listings: pure functions from the world to dicts.

Shapes follow recorded responses of Reddit's API (kind and data envelopes, t1_ and t3_ fullnames).
"""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

from bot.connectors.loopback.story import Profile
from bot.connectors.loopback.world import Item
from bot.connectors.reddit.fake.nature import base36, fullname, user_id

Json = dict[str, Any]

SITE = "https://www.reddit.com"
DELETED, REMOVED = "[deleted]", "[removed]"


def listing(things: list[Json], *, after: str | None = None, before: str | None = None) -> Json:
    """A page of things."""
    data = {"after": after, "dist": len(things), "modhash": None, "geo_filter": "", "children": things}
    return {"kind": "Listing", "data": {**data, "before": before}}


def thing(item: Item, now: datetime, *, replies: Json | str = "") -> Json:
    """A submission or comment as anybody but its author sees it at `now`."""
    if item.parent is None:
        return {"kind": "t3", "data": _submission(item, now)}
    return {"kind": "t1", "data": {**_comment(item, now), "replies": replies}}


def inbox_entry(item: Item, now: datetime, *, kind: str, owner: Profile) -> Json:
    """A comment as it lies in the inbox of `owner`; kind: comment_reply, post_reply or username_mention."""
    full = _comment(item, now)
    kept = (
        "subreddit subreddit_name_prefixed likes replies author author_fullname id name score parent_id body "
    )
    kept += "body_html created created_utc distinguished associated_award"
    data = {key: full[key] for key in kept.split() if key in full}
    return {
        "kind": "t1",
        "data": {
            **data,
            "context": permalink(item) + "?context=3",
            "dest": owner.handle,
            "first_message": None,
            "first_message_name": None,
            "link_title": item.root.post.title,
            "new": True,
            "num_comments": comment_count(item.root, now),
            "subject": {"post_reply": "post reply", "comment_reply": "comment reply"}.get(
                kind, "username mention"
            ),
            "type": kind,
            "was_comment": True,
        },
    }


def more(parent: Item, children: list[Item], count: int) -> Json:
    """The stub that stands for comments left out; no children: "continue this thread"."""
    bare = children[0].first.id if children else "_"
    data = {
        "count": count,
        "name": f"t1_{bare}",
        "id": bare,
        "parent_id": fullname(parent),
        "depth": depth(parent) + 1,
    }
    return {"kind": "more", "data": {**data, "children": [child.first.id for child in children]}}


def account(profile: Profile) -> Json:
    """A Redditor's public data."""
    return {
        "id": user_id(profile),
        "name": profile.handle,
        "created": 1_554_213_600.0,
        "created_utc": 1_554_213_600.0,
        "comment_karma": 812,
        "link_karma": 305,
        "has_verified_email": True,
        "is_employee": False,
        "is_mod": False,
        "is_suspended": False,
        "subreddit": None,
    }


def community(name: str) -> Json:
    """A subreddit's public data."""
    return {
        "kind": "t5",
        "data": {
            "id": community_number(name),
            "name": _subreddit_id(name),
            "display_name": name,
            "display_name_prefixed": f"r/{name}",
            "title": name,
            "public_description": "",
            "subreddit_type": "public",
            "subscribers": 4210,
            "over18": False,
            "created_utc": 1_554_213_600.0,
            "url": f"/r/{name}/",
        },
    }


def comment_count(root: Item, now: datetime) -> int:
    """Comments below a submission, deleted ones included, as Reddit counts them."""
    return sum(child.exists(now) + comment_count(child, now) for child in root.children)


def depth(item: Item) -> int:
    """How far below its submission's top level a comment stands; -1 for the submission."""
    steps = -1
    while item.parent is not None:
        item, steps = item.parent, steps + 1
    return steps


def permalink(item: Item) -> str:
    """The path of a thing on the site."""
    root = item.root
    slug = re.sub(r"[^a-z0-9]+", "_", (root.post.title or "").lower()).strip("_")[:50] or "_"
    base = f"/r/{root.post.subreddit}/comments/{root.first.id}/{slug}/"
    return base if item is root else f"{base}{item.first.id}/"


def _shared(item: Item, now: datetime) -> Json:
    """What submissions and comments have in common."""
    gone = item.deleted(now)
    faceless = gone or (item.removed(now) and item.parent is not None)
    created = float(int(item.first.at.timestamp()))
    subreddit = item.root.post.subreddit or ""
    return {
        "approved_by": None,
        "archived": False,
        "author": DELETED if faceless else item.author.handle,
        "author_flair_text": None,
        **({} if faceless else {"author_fullname": f"t2_{user_id(item.author)}"}),
        "banned_by": None,
        "created": created,
        "created_utc": created,
        "distinguished": None,
        "edited": _edited(item, now),
        "gilded": 0,
        "id": item.first.id,
        "likes": None,
        "locked": False,
        "mod_reports": [],
        "name": fullname(item),
        "num_reports": None,
        "permalink": permalink(item),
        "removal_reason": None,
        "saved": False,
        "score": 1,
        "stickied": False,
        "subreddit": subreddit,
        "subreddit_id": _subreddit_id(subreddit),
        "subreddit_name_prefixed": f"r/{subreddit}",
        "ups": 1,
        "downs": 0,
        "user_reports": [],
    }


def _submission(item: Item, now: datetime) -> Json:
    words = _words(item, now)
    url = SITE + permalink(item)
    photo = item.post.photos[0].url if item.post.photos else None
    gone = item.deleted(now)
    return {
        **_shared(item, now),
        "domain": "i.redd.it" if photo else f"self.{item.post.subreddit}",
        "hidden": False,
        "is_self": photo is None,
        "is_video": False,
        "link_flair_text": None,
        "media": None,
        "num_comments": comment_count(item, now),
        "num_crossposts": 0,
        "over_18": False,
        "removed_by_category": "deleted" if gone else "moderator" if item.removed(now) else None,
        "selftext": words,
        "selftext_html": _as_html(words) if words else None,
        "spoiler": False,
        "thumbnail": "self" if photo is None else "default",
        "title": "[deleted by user]" if gone else item.post.title,
        "upvote_ratio": 1.0,
        "url": photo or url,
    }


def _comment(item: Item, now: datetime) -> Json:
    root = item.root
    words = _words(item, now)
    return {
        **_shared(item, now),
        "body": words,
        "body_html": _as_html(words),
        "collapsed": item.deleted(now) or item.removed(now),
        "controversiality": 0,
        "depth": depth(item),
        "is_submitter": item.author is root.author,
        "link_author": DELETED if root.deleted(now) else root.author.handle,
        "link_id": fullname(root),
        "link_title": root.post.title,
        "link_url": SITE + permalink(root),
        "num_comments": comment_count(root, now),
        "parent_id": fullname(item.parent or root),
        "replies": "",
        "score_hidden": False,
    }


def _words(item: Item, now: datetime) -> str:
    if item.deleted(now):
        return DELETED
    return REMOVED if item.removed(now) else item.current(now).text


def _edited(item: Item, now: datetime) -> float | bool:
    last = item.current(now)
    return False if last is item.first else float(int(last.at.timestamp()))


def _as_html(words: str) -> str:
    paragraphs = "\n\n".join(f"<p>{html.escape(part)}</p>" for part in words.split("\n\n"))
    return f'<!-- SC_OFF --><div class="md">{paragraphs}\n</div><!-- SC_ON -->'


def _subreddit_id(name: str) -> str:
    return "t5_" + community_number(name)


def community_number(name: str) -> str:
    """A subreddit's external id without t5_; stable over runs."""
    return base36(sum(ord(letter) * 131**place for place, letter in enumerate(name.lower())) % 36**5)
