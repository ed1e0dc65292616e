"""Stories from YAML: a folder with `story.yaml` (who and when) and any number of other files (what happens).

Each of the other files is a list of threads. A thread's posts answer the one before unless `to` says otherwise,
and are called <thread>/1, <thread>/2, …; edits, deletions and removals stand among them and name a post by its
number in the thread. Times are local to the story's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.connectors import SITES
from bot.connectors.loopback.story import (
    Delete,
    Edit,
    Event,
    Photo,
    Profile,
    Publish,
    Remove,
    Story,
    StoryError,
)
from bot.connectors.loopback.world import World
from bot.sandbox.fakes import fake_of, natures
from bot.sandbox.yaml_nodes import Place, compose

STORIES = Path(__file__).parent / "story"
_THREAD_KEYS = "thread platform subreddit title posts"
_POST_KEYS = "at author text to quotes shares poll photos lang expect"
_CHANGE_KEYS = "at edit delete remove text"


@cache
def load_story(name: str) -> Story:
    """A story that comes with the product ("bakery"). Raises StoryError if there is none of that name."""
    folder = STORIES / name
    if not (folder / "story.yaml").is_file():
        known = ", ".join(sorted(path.parent.name for path in STORIES.glob("*/story.yaml")))
        raise StoryError(f"no story is called {name!r}; known: {known}")
    return read_story(folder)


def read_story(folder: Path) -> Story:
    """The story in a folder. Raises StoryError, with file and line, for the first mistake in it."""
    head = _document(folder / "story.yaml")
    fields = head.fields("name time_zone start end brand profiles")
    zone = _zone(head.need(fields, "time_zone"))
    files = sorted(path for path in folder.glob("*.yaml") if path.name != "story.yaml")
    placed = [pair for path in files for pair in _file_events(_document(path), zone)]
    brand = head.need(fields, "brand")
    story = Story(
        name=head.need(fields, "name").text(),
        start=_time(head.need(fields, "start"), zone),
        end=_time(head.need(fields, "end"), zone),
        time_zone=zone.key,
        brand={key: place.text() for key, place in brand.fields(" ".join(SITES)).items()},
        profiles=tuple(_profile(place) for place in head.need(fields, "profiles").items()),
        events=tuple(event for event, _ in placed),
    )
    _check(story, {(event.ref, event.at): place for event, place in placed})
    return story


def _document(path: Path) -> Place:
    return compose(path.name, path.read_text(encoding="utf-8"))


def _zone(place: Place) -> ZoneInfo:
    try:
        return ZoneInfo(place.text())
    except (ZoneInfoNotFoundError, ValueError):
        place.fail(f"{place.text()!r} is not an IANA time zone")


def _time(place: Place, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(place.text()).replace(tzinfo=zone).astimezone(UTC)
    except ValueError:
        place.fail(f"{place.text()!r} is not a time like 2026-10-19 08:30")


def _platform(place: Place) -> str:
    if place.text() not in SITES:
        place.fail(f"{place.text()!r} is not a platform; known: {', '.join(SITES)}")
    return place.text()


def _profile(place: Place) -> Profile:
    fields = place.fields("platform handle name")
    return Profile(
        platform=_platform(place.need(fields, "platform")),
        handle=place.need(fields, "handle").text(),
        name=place.need(fields, "name").text(),
    )


@dataclass(kw_only=True, slots=True)
class _Thread:
    """What the events of one thread share. name: before the / in refs. count: posts read so far."""

    name: str
    platform: str
    zone: ZoneInfo
    subreddit: str | None
    title: str | None
    count: int = 0

    def ref(self, place: Place) -> str:
        """The ref that a number in this thread, or a full ref, stands for."""
        text = place.text()
        if not text.isdigit():
            return text
        if not 1 <= int(text) <= self.count:
            place.fail(f"the thread has no post {text} before this line")
        return f"{self.name}/{text}"


def _file_events(document: Place, zone: ZoneInfo) -> Iterator[tuple[Event, Place]]:
    for place in document.items():
        fields = place.fields(_THREAD_KEYS)
        thread = _Thread(
            name=place.need(fields, "thread").text(),
            platform=_platform(place.need(fields, "platform")),
            zone=zone,
            subreddit=_optional(fields, "subreddit"),
            title=_optional(fields, "title"),
        )
        for event in place.need(fields, "posts").items():
            yield _event(event, thread), event


def _event(place: Place, thread: _Thread) -> Event:
    fields = place.fields(f"{_POST_KEYS} edit delete remove")
    at = _time(place.need(fields, "at"), thread.zone)
    if "edit" in fields:
        place.fields(_CHANGE_KEYS)
        return Edit(ref=thread.ref(fields["edit"]), at=at, text=place.need(fields, "text").text())
    if "delete" in fields:
        place.fields(_CHANGE_KEYS)
        return Delete(ref=thread.ref(fields["delete"]), at=at)
    if "remove" in fields:
        place.fields(_CHANGE_KEYS)
        return Remove(ref=thread.ref(fields["remove"]), at=at)
    return _publish(place, fields, at, thread)


def _publish(place: Place, fields: dict[str, Place], at: datetime, thread: _Thread) -> Publish:
    previous = f"{thread.name}/{thread.count}" if thread.count else None
    parent = thread.ref(fields["to"]) if "to" in fields else previous
    thread.count += 1
    opens = parent is None and fake_of(thread.platform).nature.titled
    return Publish(
        ref=f"{thread.name}/{thread.count}",
        at=at,
        platform=thread.platform,
        author=place.need(fields, "author").text(),
        text=place.need(fields, "text").text(),
        parent=parent,
        quotes=_optional(fields, "quotes"),
        shares=_optional(fields, "shares"),
        poll=tuple(p.text() for p in fields["poll"].items()) if "poll" in fields else (),
        title=thread.title if opens else None,
        subreddit=thread.subreddit if opens else None,
        photos=tuple(_photo(p) for p in fields["photos"].items()) if "photos" in fields else (),
        lang=_optional(fields, "lang") or "en",
        expect=tuple(p.text() for p in fields["expect"].items()) if "expect" in fields else (),
    )


def _photo(place: Place) -> Photo:
    fields = place.fields("url alt")
    return Photo(url=place.need(fields, "url").text(), alt_text=_optional(fields, "alt"))


def _optional(fields: dict[str, Place], key: str) -> str | None:
    return fields[key].text() if key in fields else None


def _check(story: Story, places: dict[tuple[str, datetime], Place]) -> None:
    """Lay the story out once, so that a contradiction is reported where it stands."""
    for event in story.events:
        if not story.start <= event.at < story.end:
            places[event.ref, event.at].fail(f"happens outside the story ({story.start} to {story.end})")
    try:
        World(story, natures())
    except StoryError as error:
        if error.event is None:
            raise
        places[error.event.ref, error.event.at].fail(str(error))
