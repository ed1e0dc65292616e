"""The words of the pages: what states, steps and times are called, and to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from bot.connectors import title_of
from policies.model.case import Action, CaseState
from policies.model.finding import Severity
from policies.model.people import Role

SEVERITIES = {
    Severity.INFO: "For information",
    Severity.WARN: "Worth a look",
    Severity.BREACH: "Off-brand",
    Severity.CRITICAL: "Urgent",
}

#: role -> waits_for -> what the filter is called
FILTERS: dict[Role, dict[str, str]] = {
    Role.AGENCY: {
        "agency": "Waiting for you",
        "owner": "With the owner",
        "platform": "Fix being checked",
        "nobody": "Closed",
    },
    Role.OWNER: {
        "owner": "Waiting for you",
        "agency": "With the agency",
        "platform": "Fix being checked",
        "nobody": "Closed",
    },
}

STATES: dict[Role, dict[CaseState, str]] = {
    Role.AGENCY: {
        CaseState.OPEN: "Waiting for you",
        CaseState.UPHELD: "Please mend",
        CaseState.ANSWERED: "With the owner",
        CaseState.DISPUTED: "With the owner",
        CaseState.FIX_CLAIMED: "Fix being checked",
        CaseState.CLOSED: "Closed",
    },
    Role.OWNER: {
        CaseState.OPEN: "With the agency",
        CaseState.UPHELD: "To be mended",
        CaseState.ANSWERED: "Answered",
        CaseState.DISPUTED: "Disputed",
        CaseState.FIX_CLAIMED: "Fix being checked",
        CaseState.CLOSED: "Closed",
    },
}

#: role -> state -> one or two sentences on what happens next
NEXT: dict[Role, dict[CaseState, str]] = {
    Role.AGENCY: {
        CaseState.OPEN: "Please look at this one: answer, mend it, or say why you disagree.",
        CaseState.UPHELD: "The owner has decided that this must be mended. Edit or delete the post, then say so here.",
        CaseState.ANSWERED: "Your answer is with the owner. You can add to it, or mend the post meanwhile.",
        CaseState.DISPUTED: "The owner will decide whether the rule is right here. You can add to what you wrote.",
        CaseState.FIX_CLAIMED: "You said that it is mended. We look at the post again and close this "
        "by ourselves as soon as the platform shows it. Nothing more to do.",
        CaseState.CLOSED: "This is settled. Nothing to do.",
    },
    Role.OWNER: {
        CaseState.OPEN: "The agency has been asked. You can wait for the answer or decide now.",
        CaseState.UPHELD: "You decided that this must be mended. It closes when the platform shows the fix.",
        CaseState.ANSWERED: "The agency has answered. Your decision is what is missing.",
        CaseState.DISPUTED: "The agency thinks the rule is wrong here. You have the last word.",
        CaseState.FIX_CLAIMED: "The agency says that it is mended. We believe it when the platform shows it, "
        "and then close this by ourselves.",
        CaseState.CLOSED: "This is settled. Nothing to do.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One step that a person may take, as the form offers it."""

    action: Action
    label: str
    hint: str
    needs_words: bool = False  #: whether a note must go with it


CHOICES: dict[Role, tuple[Choice, ...]] = {
    Role.AGENCY: (
        Choice(
            action=Action.ANSWER,
            label="Explain",
            hint="Tell the owner what was behind it. The owner then decides.",
            needs_words=True,
        ),
        Choice(
            action=Action.CLAIM_FIX,
            label="It is mended",
            hint="You edited or deleted the post. It closes once the platform itself shows that.",
        ),
        Choice(
            action=Action.DISPUTE,
            label="We disagree",
            hint="The rule does not fit here. Say why; the owner has the last word.",
            needs_words=True,
        ),
    ),
    Role.OWNER: (
        Choice(
            action=Action.UPHOLD,
            label="It must be mended",
            hint="The agency is asked to edit or delete it. Closes when the platform shows it.",
        ),
        Choice(
            action=Action.ACCEPT,
            label="Fine this time",
            hint="Closes now. The rule stays as it is.",
        ),
        Choice(
            action=Action.FALSE_ALARM,
            label="The rule is wrong here",
            hint="Closes now and counts against the rule, so that it can be improved.",
        ),
    ),
}

#: what the page says right after a step
THANKS = {
    Action.ANSWER: "Thank you. Your answer is with the owner.",
    Action.CLAIM_FIX: "Thank you. We look at the post again and close this when the platform shows the fix.",
    Action.DISPUTE: "Noted. The owner will decide.",
    Action.UPHOLD: "Decided. The agency is asked to mend it.",
    Action.ACCEPT: "Decided: fine this time. The case is closed.",
    Action.FALSE_ALARM: "Decided: the rule is wrong here. The case is closed.",
}

#: what follows where the text is kept as an example
KEPT = " The text is kept as an example."

#: what the history calls a step that somebody took
STEPS = {
    Action.ANSWER: "explained",
    Action.CLAIM_FIX: "said that it is mended",
    Action.DISPUTE: "disagreed",
    Action.UPHOLD: "decided: it must be mended",
    Action.ACCEPT: "decided: fine this time",
    Action.FALSE_ALARM: "decided: the rule is wrong here",
    Action.FIX_SEEN: "saw the fix on the platform",
    Action.FOUND_AGAIN: "found something new in a later revision",
}

WHAT_WENT_WRONG = {
    403: (
        "This link does not open anything",
        "Please ask for a new link, or use the one in the newest e-mail from your oversight desk.",
    ),
    404: ("There is nothing here", "Go back, or open the link in your newest e-mail again."),
    405: ("This address only shows things", "Go back and use the buttons on the page."),
    413: ("That is too much text", "Go back and shorten what you wrote: up to 4,000 characters fit."),
    500: (
        "Something broke on our side",
        "Nothing was changed. Please try again in a minute; if it stays, tell the person who runs the desk.",
    ),
    503: (
        "The desk cannot save anything just now",
        "Nothing was changed, and your text is kept below. Please try again in a minute.",
    ),
}


def platform_name(platform: str) -> str:
    """How a platform writes its own name."""
    return title_of(platform)


def many(count: int, one: str, several: str | None = None) -> str:
    """``1 post``, ``3 posts``, ``1,200 posts``."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def when(at: datetime, zone: tzinfo) -> str:
    """A moment in the brand's own time, for instance ``Sun 22 Nov 2026, 18:03``."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in one unit, for instance ``3 hours ago``."""
    passed = now - at
    if passed < timedelta(minutes=2):
        return "just now"
    if passed < timedelta(hours=2):
        return f"{passed // timedelta(minutes=1)} minutes ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} hours ago"
    return f"{passed.days} days ago"


def https_only(address: str | None) -> str | None:
    """The address where it is safe to link to, None for every other scheme."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme == "https" and parts.hostname else None
