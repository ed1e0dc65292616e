"""The subject and the one sentence that a mail program shows first."""

from __future__ import annotations

from dataclasses import dataclass

from bot.letters.digest.matters import Matters
from bot.letters.entries import told_of
from bot.letters.model import DigestInput
from bot.letters.untrusted import header
from bot.words import figures, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What waits, in numbers."""

    grave: int = 0  #: urgent cases
    yours: int = 0  #: other cases with news that wait for the owner
    agencys: int = 0  #: other cases with news that the agency or the platform must move
    older_yours: int = 0  #: cases without news that wait for the owner
    older_agencys: int = 0  #: cases without news that the agency or the platform must move
    settled: int = 0  #: urgent cases that were closed in the period
    unread: int = 0  #: accounts that could not be read
    questions: int = 0  #: things that are likely, of which the owner is asked

    @property
    def calm(self) -> bool:
        """Whether nothing grave is open or was: figures may stand at the top."""
        return not (self.grave or self.settled or self.unread)

    @property
    def quiet(self) -> bool:
        """Whether nothing new waits for anybody, and everything was seen."""
        return self.calm and not (self.yours or self.agencys or self.questions)

    @property
    def older(self) -> int:
        """All cases from before."""
        return self.older_yours + self.older_agencys


def subject(given: DigestInput, sorted_out: Matters, asked: Asked) -> str:
    """``Bright Bakery: urgent, @jo: “my son's lip …”``, or what is new in numbers; safe for a header."""
    parts = _grave_parts(sorted_out) if asked.grave else _parts(given, asked)
    if asked.unread:
        parts.append(say("digest.not_read", asked.unread))
    told = say("list.separator").join(parts)
    return header(say("digest.subject", brand=header(given.brand, 60), parts=told))


def _grave_parts(sorted_out: Matters) -> list[str]:
    first, *others = sorted_out.grave
    crowd = [say("digest.crisis", sorted_out.crowd)] if sorted_out.crowd > 1 else []
    parts = [*crowd, say("digest.urgent", what=told_of(first))]
    if others:
        parts.append(say("digest.urgent.more", len(others)))
    return parts


def _parts(given: DigestInput, asked: Asked) -> list[str]:
    parts = []
    if asked.yours:
        parts.append(say("digest.needs", asked.yours))
    if asked.agencys:
        parts.append(say("digest.with_agency", asked.agencys))
    if asked.questions:
        parts.append(say("digest.asks", asked.questions))
    if asked.settled:
        parts.append(say("digest.urgent.settled", asked.settled))
    if asked.quiet:
        parts += [say("digest.quiet"), _published(given)]
        parts += [say("digest.older_wait", asked.older_yours)] if asked.older_yours else []
    return parts


def summary(given: DigestInput, sorted_out: Matters, asked: Asked) -> str:
    """What happened and what is asked, in one sentence."""
    unseen = say("digest.unseen", asked.unread) if asked.unread else ""
    happened = _urgent(given, sorted_out) if asked.grave else _happened(given, asked)
    return say("digest.summary", happened=figures.capital(happened), unseen=unseen, request=_request(asked))


def _urgent(given: DigestInput, sorted_out: Matters) -> str:
    """What is gravest, since when nobody has settled it, and how much more there is."""
    first, *others = sorted_out.grave
    one = first.conversation
    since = figures.moment(one.asked.created_at if one else first.case.opened_at, given.zone)
    told = say("digest.grave", what=told_of(first, 90), since=since)
    if sorted_out.crowd > 1:
        return say("digest.grave.crisis", sorted_out.crowd, first=told)
    return say("digest.grave.more", len(others), first=told) if others else told


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
    doubt = "doubt" if asked.questions else "clean"
    clean = say(f"digest.judged.{'praise' if asked.quiet else doubt}")
    judged = say("digest.judged.some", seen.flagged) if seen.flagged else clean
    return say("digest.published", posts=say("posts", seen.published), judged=judged)


def _request(asked: Asked) -> str:
    if asked.grave:
        return say("digest.request.look")
    if asked.yours:
        return say("digest.request", wishes=say("digest.request.decide", asked.yours))
    if asked.questions:
        return say("digest.request.answer", asked.questions)
    if asked.agencys:
        return say("digest.request.agency_on", asked.agencys)
    return say("digest.request.nothing")
