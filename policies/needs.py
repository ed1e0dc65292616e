"""What a check may need to know of a post besides its text. Whoever judges gathers what is needed, and no more."""

from __future__ import annotations

from enum import StrEnum


class Need(StrEnum):
    """One sort of surroundings of a post."""

    READING = "reading"  #: tone and language, as the tone model reads them
    MEANING = "meaning"  #: the sentence model, which tells what is alike in meaning
    THREAD = "thread"  #: the conversation, and in it what the post answers
    HISTORY = "history"  #: what the account published before
    PEOPLE = "people"  #: the roster
    HOURS = "hours"  #: when the brand is at work
    CAMPAIGN = "campaign"  #: the campaign that the post belongs to
    LABELS = "labels"  #: what the platform itself says of the post, such as that it is paid
    LINKS = "links"  #: where its links lead, by asking the servers that they name
    PICTURES = "pictures"  #: the words in its pictures, by fetching and reading them


#: What only somebody who asks the network can tell.
OUTSIDE = frozenset({Need.LINKS, Need.PICTURES})
