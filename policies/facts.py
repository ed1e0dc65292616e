"""What checks must be told about the world outside a post: where links lead, what stands in pictures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What somebody who followed a link found out."""

    alive: bool | None  #: False where there is surely nothing any more; None where it could not be told
    reason: str = ""  #: why it is dead, or why it could not be told, as part of a sentence
    status: int | None = None  #: HTTP status of the last answer; None where nobody answered
    lands_on: str | None = None  #: address that it led to in the end, where it redirects


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureState:
    """What somebody who read a picture found in it."""

    words: str | None  #: line by line, empty where there are none; None where it could not be read
    reason: str = ""  #: why it could not be read, as part of a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the rules in force ask to be found out about one post."""

    links: tuple[str, ...] = ()  #: as they stand in the text, or addresses of attached links
    pictures: tuple[str, ...] = ()  #: addresses of pictures

    def __or__(self, other: Wanted) -> Wanted:
        """What either asks, each once."""
        return Wanted(
            links=tuple(dict.fromkeys(self.links + other.links)),
            pictures=tuple(dict.fromkeys(self.pictures + other.pictures)),
        )


NOTHING = Wanted()
