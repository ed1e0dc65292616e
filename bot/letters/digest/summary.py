"""The subject and the one sentence that a mail program shows first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.letters import words
from bot.letters.model import DigestInput
from bot.letters.untrusted import header


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What waits, in numbers."""

    cases: int = 0  #: at the top of the digest
    with_agency: int = 0  #: cases that the agency or the platform must move
    answers: int = 0  #: conversations in which only the owner may act
    troubled: int = 0  #: conversations in trouble, those included
    unread: int = 0  #: accounts that could not be read

    @property
    def quiet(self) -> bool:
        """Nothing waits for anybody, and everything was seen."""
        return not (self.cases or self.with_agency or self.troubled or self.unread)


def subject(given: DigestInput, asked: Asked) -> str:
    """``Bright Bakery: 2 need you, 3 with the agency``; safe for a header."""
    parts = []
    if needed := asked.cases + asked.answers:
        parts.append(f"{needed:,} {'needs' if needed == 1 else 'need'} you")
    if asked.with_agency:
        parts.append(f"{asked.with_agency:,} with the agency")
    if others := asked.troubled - asked.answers:
        parts.append(f"{words.count(others, 'customer')} to look after")
    if asked.unread:
        parts.append(f"{words.count(asked.unread, 'account')} not read")
    if asked.quiet:
        parts = ["a quiet day", _published(given)]
    return header(f"{header(given.brand, 60)}: {', '.join(parts)}")


def summary(given: DigestInput, asked: Asked) -> str:
    """What happened and what is asked, in one sentence."""
    return f"{words.capital(_happened(given, asked))}{_unseen(asked)}; {_request(asked)}."


def _published(given: DigestInput) -> str:
    if not given.figures.published:
        return "nothing published"
    posts = words.count(given.figures.published, "post")
    flagged = given.figures.flagged
    return f"{posts}, all clean" if not flagged else f"{posts}, {flagged:,} with small remarks"


def _happened(given: DigestInput, asked: Asked) -> str:
    figures = given.figures
    if not figures.published:
        received = words.count(figures.inbound, "message")
        return f"nothing was published and {received if figures.inbound else 'no message'} came in"
    posts = f"your agency published {words.count(figures.published, 'post')}"
    judged = "all clean" if not figures.flagged else f"{figures.clean:,} of them clean"
    if figures.median_answer is None or asked.cases or asked.troubled:
        return f"{posts}, {judged}"
    return f"{posts}, {judged}, and customers typically heard back in {words.lasting(figures.median_answer)}"


def _unseen(asked: Asked) -> str:
    if not asked.unread:
        return ""
    return f", but {words.count(asked.unread, 'account')} could not be fully read"


def _request(asked: Asked) -> str:
    wishes = []
    if asked.cases:
        wishes.append(f"decide on {words.count(asked.cases, 'case')}")
    if asked.answers:
        wishes.append(f"answer {words.count(asked.answers, 'customer')} yourself")
    if wishes:
        return f"please {words.listed(wishes)}"
    if asked.troubled:
        waits = "customer needs" if asked.troubled == 1 else "customers need"
        return f"{asked.troubled:,} {waits} looking after, which is the agency's to do"
    if asked.with_agency:
        return f"the agency is on {words.count(asked.with_agency, 'case')}, nothing is asked of you"
    return "nothing is asked of you"
