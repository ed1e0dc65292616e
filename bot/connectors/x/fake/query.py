"""What an X request asks for, read and validated as X does, with X's words for what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.datastructures import QueryParams

from bot.connectors.x.fake.payload import POST_NAMES, Json


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TWEET_FIELDS = _set(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "media_metadata note_tweet possibly_sensitive public_metrics referenced_tweets reply_settings scopes source "
    "text withheld"
)
USER_FIELDS = _set(
    "affiliation connection_status created_at description entities id is_identity_verified location "
    "most_recent_tweet_id name parody pinned_tweet_id profile_banner_url profile_image_url protected "
    "public_metrics receives_your_dm subscription_type url username verified verified_type withheld"
)
MEDIA_FIELDS = _set(
    "alt_text duration_ms height media_key preview_image_url public_metrics type url variants width"
)
EXPANSIONS = _set(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id author_screen_name edit_history_tweet_ids entities.mentions.username "
    "geo.place_id in_reply_to_user_id entities.note.mentions.username referenced_tweets.id "
    "referenced_tweets.id.author_id referenced_tweets.id.attachments.media_keys"
)
_OLD_NAMES = {new: old for old, new in POST_NAMES.items()}


class BadQuery(ValueError):
    """A parameter that X refuses with 400. parameter: its name. message: X's words."""

    def __init__(self, parameter: str, value: str, message: str) -> None:
        """Say which parameter had which value and why that is refused."""
        super().__init__(message)
        self.parameter, self.value, self.message = parameter, value, message


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedFields:
    """Which fields and expansions to put in the answer; new_names: with the names of 2026-08."""

    tweet: frozenset[str]
    user: frozenset[str]
    media: frozenset[str]
    expansions: frozenset[str]
    new_names: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """Which part of a timeline is asked for.

    since_id, until_id: exclusive ids or None. start: inclusive, end: exclusive, UTC or None.
    size: posts per page. before_id: where the pagination token says to go on, or None for the first page.
    """

    since_id: int | None
    until_id: int | None
    start: datetime | None
    end: datetime | None
    size: int
    before_id: int | None


def wanted(query: QueryParams) -> WantedFields:
    """Read fields and expansions. Raises BadQuery for names that X does not know."""
    return WantedFields(
        tweet=_names(query, ("tweet.fields", "post.fields"), TWEET_FIELDS),
        user=_names(query, ("user.fields",), USER_FIELDS),
        media=_names(query, ("media.fields",), MEDIA_FIELDS),
        expansions=_names(query, ("expansions",), EXPANSIONS),
        new_names="post.fields" in query,
    )


def window(query: QueryParams, *, smallest: int, default: int) -> Window:
    """Read what part of a timeline is asked for. Raises BadQuery for values out of range."""
    return Window(
        since_id=_id(query, "since_id"),
        until_id=_id(query, "until_id"),
        start=_time(query, "start_time"),
        end=_time(query, "end_time"),
        size=_size(query, smallest, default),
        before_id=_cursor(query),
    )


def cursor(before_id: str) -> str:
    """The token of the page that begins below a post; opaque to clients."""
    return f"7140dibdnow9c7btw{int(before_id):x}"


def problem(error: BadQuery) -> Json:
    """X's answer to a bad parameter (recorded shape of invalid-request problems)."""
    return {
        "errors": [{"parameters": {error.parameter: [error.value]}, "message": error.message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request",
    }


def _names(query: QueryParams, parameters: tuple[str, ...], known: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for parameter in parameters:
        for value in filter(None, query.get(parameter, "").split(",")):
            name = ".".join(_OLD_NAMES.get(part, part) for part in value.split("."))
            if name not in known:
                choice = ",".join(sorted(known))
                text = f"The `{parameter}` query parameter value [{value}] is not one of [{choice}]"
                raise BadQuery(parameter, value, text)
            found.add(name)
    return frozenset(found)


def _id(query: QueryParams, parameter: str) -> int | None:
    value = query.get(parameter)
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,19}", value):
        raise BadQuery(parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid")
    return int(value)


def _time(query: QueryParams, parameter: str) -> datetime | None:
    value = query.get(parameter)
    if value is None:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value):
        raise BadQuery(
            parameter, value, f"The `{parameter}` query parameter value [{value}] is not RFC 3339 UTC"
        )
    return datetime.fromisoformat(value).astimezone(UTC)


def _size(query: QueryParams, smallest: int, default: int) -> int:
    value = query.get("max_results", str(default))
    if not value.isdigit() or not smallest <= int(value) <= 100:
        text = f"The `max_results` query parameter value [{value}] is not between {smallest} and 100"
        raise BadQuery("max_results", value, text)
    return int(value)


def _cursor(query: QueryParams) -> int | None:
    for parameter in ("pagination_token", "next_token"):
        if value := query.get(parameter):
            match = re.fullmatch(r"7140dibdnow9c7btw([0-9a-f]+)", value)
            if match is None:
                raise BadQuery(
                    parameter, value, f"The `{parameter}` query parameter value [{value}] is not valid"
                )
            return int(match.group(1), 16)
    return None


def inside(window: Window, version_id: str, at: datetime) -> bool:
    """Whether a version with that id and time belongs to the part asked for, cursor aside."""
    number = int(version_id)
    return (
        (window.since_id is None or number > window.since_id)
        and (window.until_id is None or number < window.until_id)
        and (window.start is None or at >= window.start)
        and (window.end is None or at < window.end)
    )
