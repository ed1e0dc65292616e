"""The subject and the one sentence that a mail program shows first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.letters.model import DigestInput
from bot.letters.untrusted import header
from bot.words import figures, say


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
        parts.append(say("digest.needs", needed))
    if asked.with_agency:
        parts.append(say("digest.with_agency", asked.with_agency))
    if others := asked.troubled - asked.answers:
        parts.append(say("digest.look_after", others))
    if asked.unread:
        parts.append(say("digest.not_read", asked.unread))
    if asked.quiet:
        parts = [say("digest.quiet"), _published(given)]
    return header(
        say("digest.subject", brand=header(given.brand, 60), parts=say("list.separator").join(parts))
    )


def summary(given: DigestInput, asked: Asked) -> str:
    """What happened and what is asked, in one sentence."""
    unseen = say("digest.unseen", asked.unread) if asked.unread else ""
    happened = figures.capital(_happened(given, asked))
    return say("digest.summary", happened=happened, unseen=unseen, request=_request(asked))


def _published(given: DigestInput) -> str:
    if not given.figures.published:
        return say("digest.nothing_published")
    posts = say("posts", given.figures.published)
    flagged = given.figures.flagged
    return (
        say("digest.small_remarks", posts=posts, flagged=flagged)
        if flagged
        else say("digest.all_clean", posts=posts)
    )


def _happened(given: DigestInput, asked: Asked) -> str:
    seen = given.figures
    if not seen.published:
        received = say("messages", seen.inbound) if seen.inbound else say("digest.no_message")
        return say("digest.silence", received=received)
    judged = say("digest.judged.some", clean=seen.clean) if seen.flagged else say("digest.judged.clean")
    published = say("digest.published", posts=say("posts", seen.published), judged=judged)
    if seen.median_answer is None or asked.cases or asked.troubled:
        return published
    return say("digest.answered", published=published, time=figures.lasting(seen.median_answer))


def _request(asked: Asked) -> str:
    wishes = []
    if asked.cases:
        wishes.append(say("digest.request.decide", asked.cases))
    if asked.answers:
        wishes.append(say("digest.request.answer", asked.answers))
    if wishes:
        return say("digest.request", wishes=figures.listed(wishes))
    if asked.troubled:
        return say("digest.request.agencys", asked.troubled)
    if asked.with_agency:
        return say("digest.request.agency_on", cases=say("cases", asked.with_agency))
    return say("digest.request.nothing")
