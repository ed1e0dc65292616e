"""Builds the digest: what was gathered goes in, a letter comes out. Pure, and without any layout.

What is grave stands first, then what is new; what is left from before is one line, and so is all that went well. Who
wants more follows a link: a busy day is read on three screens of a phone, a quiet one on one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from bot.letters.digest.coverage import unread_accounts, unseen_section
from bot.letters.digest.matters import Matters, matters, owners
from bot.letters.digest.questions import questions_section
from bot.letters.digest.room import fitted
from bot.letters.digest.rules import limits_section, rules_section
from bot.letters.digest.short import notes
from bot.letters.digest.summary import Asked, subject, summary
from bot.letters.digest.week import chart, day_table
from bot.letters.entries import brief_entry, case_entry, entries, sample_entry
from bot.letters.model import DESK, Button, DigestInput, Entry, Headline, Letter, ReadersLink, Section
from bot.letters.untrusted import name
from bot.logs import spared
from bot.words import figures, say
from policies.model.cases.machinery import WaitsFor
from storage.views import CaseView

_WHOLE, _MOST_GRAVE, _MOST_FRESH = 2, 4, 6  #: where they fit
_QUIET, _BUSY = 1, 3  #: screens of a phone
_WITH_AGENCY = frozenset({WaitsFor.AGENCY, WaitsFor.PLATFORM})


def build(given: DigestInput, link: ReadersLink) -> Letter:
    """The digest of one period for one reader.

    ``link`` signs addresses for that reader. Everything in the letter is safe to show.
    """
    sorted_out = matters(given)
    asked = _asked(given, sorted_out)
    picture = chart(given) if asked.calm else None
    parts = {
        "alert.title": partial(_grave, given, sorted_out, link),
        "digest.new": partial(_fresh, given, sorted_out, link),
        "digest.unseen.title": partial(unseen_section, given),
        "ask.list.asked": partial(questions_section, given, link),
        "digest.samples": partial(_sample, given, shown=asked.quiet and not picture),
        "digest.limits": partial(limits_section, given, link),
        "digest.rules": partial(rules_section, given),
        "digest.short": partial(_short, given, sorted_out, asked),
    }
    sections = [spared(code, make, partial(_unwritten, code)) for code, make in parts.items()]
    letter = Letter(
        brand=name(given.brand),
        subject=subject(given, sorted_out, asked),
        summary=summary(given, sorted_out, asked),
        period=figures.period(given.since, given.until, given.zone),
        button=_first_step(asked, link),
        headlines=_headlines(given, asked) if asked.calm else (),
        sections=tuple(section for section in sections if section),
        chart=picture,
        chart_table=day_table(given) if picture else None,
        footer=(say("letter.for", person=name(given.owner), brand=name(given.brand)), say("letter.buttons")),
    )
    return fitted(letter, _QUIET if asked.quiet else _BUSY)


def _asked(given: DigestInput, sorted_out: Matters) -> Asked:
    """Counts come from all cases where they are known; the list of cases may be cut."""
    listed = (*sorted_out.grave, *sorted_out.fresh, *sorted_out.older)
    counts = Counter(given.case_counts) or Counter(whom for view in listed for whom in view.case.turns)
    told = Counter(whom for view in (*sorted_out.grave, *sorted_out.fresh) for whom in view.case.turns)
    yours = len(owners(sorted_out.fresh))
    return Asked(
        grave=len(sorted_out.grave),
        yours=yours,
        agencys=len(sorted_out.fresh) - yours,
        older_yours=max(counts[WaitsFor.OWNER] - told[WaitsFor.OWNER], 0),
        older_agencys=max(sum(counts[whom] - told[whom] for whom in _WITH_AGENCY), 0),
        settled=len(sorted_out.settled),
        unread=len(unread_accounts(given)),
        questions=len(given.questions),
    )


def _first_step(asked: Asked, link: ReadersLink) -> Button:
    waits = bool(asked.grave or asked.yours)
    return Button(label=say("digest.open" if waits else "digest.desk"), url=link(DESK), main=waits)


def _grave(given: DigestInput, sorted_out: Matters, link: ReadersLink) -> Section | None:
    """What cannot wait: the first in full, the others in brief."""
    views = sorted_out.grave
    if not views:
        return None
    shown = views[:_MOST_GRAVE]
    return Section(
        title=say("alert.title"),
        entries=(
            *entries(shown[:_WHOLE], partial(case_entry, zone=given.zone, link=link, decide=True), link),
            *entries(shown[_WHOLE:], partial(brief_entry, zone=given.zone, link=link, decide=True), link),
        ),
        more=len(views) - len(shown),
        more_where=say("digest.on_desk"),
        more_link=_all(link),
    )


def _fresh(given: DigestInput, sorted_out: Matters, link: ReadersLink) -> Section | None:
    """What is new, in brief; on a grave day less of it."""
    views = sorted_out.fresh
    if not views:
        return None
    shown = views[:_MOST_FRESH]

    def brief(view: CaseView) -> Entry:
        return brief_entry(view, given.zone, link, decide=WaitsFor.OWNER in view.case.turns)

    return Section(
        title=say("digest.new"),
        entries=entries(shown, brief, link),
        more=len(views) - len(shown),
        more_where=say("digest.on_desk"),
        more_link=_all(link),
        unlisted=say("digest.new.unlisted", parts=figures.listed(_whose(views))),
    )


def _whose(views: Sequence[CaseView]) -> list[str]:
    """How many are for whom."""
    yours = len(owners(views))
    parts = (("digest.needs", yours), ("digest.with_agency", len(views) - yours))
    return [say(code, many) for code, many in parts if many]


def _all(link: ReadersLink) -> Button:
    return Button(label=say("digest.all"), url=link(DESK))


def _unwritten(title: str) -> Section:
    """Stands in the place of a section that could not be written."""
    return Section(title=say(title), notes=(say("digest.broken"),))


def _sample(given: DigestInput, *, shown: bool) -> Section | None:
    """One post for the owner's own eye, on days that leave time for it."""
    if not (shown and given.samples):
        return None
    return Section(
        title=say("digest.samples"),
        intro=say("digest.samples.one"),
        entries=(sample_entry(given.samples[0], given.zone),),
    )


def _short(given: DigestInput, sorted_out: Matters, asked: Asked) -> Section | None:
    """Everything else, one line each."""
    lines = notes(given, sorted_out, asked)
    return Section(title=say("digest.short"), notes=lines) if lines else None


def _headlines(given: DigestInput, asked: Asked) -> tuple[Headline, ...]:
    seen, yours = given.figures, asked.yours + asked.questions
    answer = seen.median_answer
    return (
        Headline(number=figures.grouped(yours), label=say("digest.headline.needs", yours)),
        Headline(number=figures.grouped(seen.published), label=say("digest.headline.published")),
        Headline(number=figures.grouped(seen.inbound), label=say("digest.headline.received"))
        if answer is None
        else Headline(number=figures.brief(answer), label=say("digest.headline.answer")),
    )
