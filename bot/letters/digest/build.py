"""Builds the digest: what was gathered goes in, a letter comes out. Pure, and without any layout."""

from __future__ import annotations

from collections import Counter

from bot.letters.digest.coverage import spend_section, unread_accounts, unseen_section
from bot.letters.digest.rules import rules_section
from bot.letters.digest.summary import Asked, subject, summary
from bot.letters.entries import case_entry, conversation_entry, sample_entry, warning_entries
from bot.letters.model import (
    DESK,
    Button,
    Chart,
    DayFigures,
    DigestInput,
    Figures,
    Headline,
    Letter,
    ReadersLink,
    Section,
    Table,
)
from bot.letters.untrusted import name
from bot.words import figures, say
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from storage.views import CaseView

_WITH_AGENCY = frozenset({WaitsFor.AGENCY, WaitsFor.PLATFORM})
_MOST_NEEDED, _MOST_WITH_AGENCY, _MOST_CONVERSATIONS, _MOST_RULES = 10, 8, 8, 6
DAYS_SHOWN = 7  #: bars in the chart, newest days


def build(given: DigestInput, link: ReadersLink) -> Letter:
    """The digest of one period for one reader.

    ``link`` signs addresses for that reader. Everything in the letter is safe to show.
    """
    asked = _asked(given)
    sections = (
        _needed(given, link),
        _with_agency(given, link),
        _conversations(given),
        _how_it_went(given),
        _samples(given),
        _warnings(given, link),
        rules_section(given),
        unseen_section(given),
        spend_section(given),
    )
    return Letter(
        brand=name(given.brand),
        subject=subject(given, asked),
        summary=summary(given, asked),
        period=figures.period(given.since, given.until, given.zone),
        button=_first_step(asked, link),
        headlines=_headlines(given, asked),
        sections=tuple(section for section in sections if section),
        chart=_chart(given.days),
        chart_table=_day_table(given.days),
        footer=_footer(given),
    )


def needs_owner(view: CaseView) -> bool:
    """Whether a case goes to the top: the owner's turn, or so grave that they will want to know now."""
    if view.case.closed:
        return False
    return view.case.waits_for is WaitsFor.OWNER or view.case.severity is Severity.CRITICAL


def _asked(given: DigestInput) -> Asked:
    """Counts come from all cases where they are known; the list of cases may be cut."""
    listed = [view for view in given.cases if not view.case.closed]
    urgent = sum(needs_owner(view) and view.case.waits_for is not WaitsFor.OWNER for view in listed)
    counts = Counter(given.case_counts) or Counter(view.case.waits_for for view in listed)
    agency = sum(counts[whom] for whom in _WITH_AGENCY)
    return Asked(
        cases=counts[WaitsFor.OWNER] + urgent,
        with_agency=max(agency - urgent, 0),
        answers=sum(trouble.needs_owner for trouble in given.conversations),
        troubled=len(given.conversations),
        unread=len(unread_accounts(given)),
    )


def _first_step(asked: Asked, link: ReadersLink) -> Button:
    label = say("digest.open") if asked.cases else say("digest.desk")
    return Button(label=label, url=link(DESK), main=bool(asked.cases))


def _needed(given: DigestInput, link: ReadersLink) -> Section | None:
    views = [view for view in given.cases if needs_owner(view)]
    if not views:
        return None
    shown = views[:_MOST_NEEDED]
    total = _asked(given).cases
    return Section(
        title=say("digest.needed"),
        intro=say("digest.tap"),
        entries=tuple(case_entry(view, given.zone, link, decide=True) for view in shown),
        more=total - len(shown),
        more_where=say("digest.on_desk"),
        more_link=Button(label=say("digest.all"), url=link(DESK)),
    )


def _with_agency(given: DigestInput, link: ReadersLink) -> Section | None:
    views = [view for view in given.cases if view.case.waits_for in _WITH_AGENCY and not needs_owner(view)]
    total = _asked(given).with_agency
    if not total:
        return None
    shown = views[:_MOST_WITH_AGENCY]
    return Section(
        title=say("digest.agency"),
        intro=say("digest.agency.intro"),
        entries=tuple(case_entry(view, given.zone, link, decide=False) for view in shown),
        more=total - len(shown),
        more_where=say("digest.in_queue"),
        more_link=Button(label=say("digest.all"), url=link(DESK)),
    )


def _conversations(given: DigestInput) -> Section | None:
    troubled = sorted(given.conversations, key=lambda trouble: not trouble.needs_owner)
    if not troubled:
        return None
    shown = troubled[:_MOST_CONVERSATIONS]
    return Section(
        title=say("digest.customers"),
        intro=say("digest.customers.intro"),
        entries=tuple(conversation_entry(trouble, given.zone) for trouble in shown),
        more=len(troubled) - len(shown),
        more_where=say("digest.like_these"),
    )


def _how_it_went(given: DigestInput) -> Section | None:
    seen = given.figures
    lines = [_work_done(seen)] if seen.published else []
    if seen.in_owners_name:  # rules on what only the owner may do leave these alone: say how many there are
        lines.append(say("digest.your_mark", seen.in_owners_name))
    if seen.median_answer is not None:
        lines.append(say("digest.first_answers", seen.answered, time=figures.lasting(seen.median_answer)))
    if seen.settled:
        lines.append(say("digest.settled", seen.settled))
    if given.mood:
        lines.append(name(given.mood, 200))
    return Section(title=say("digest.went"), intro=" ".join(lines)) if lines else None


def _work_done(seen: Figures) -> str:
    posts = say("posts", seen.published)
    return (
        say("digest.clean", posts=posts, clean=seen.clean)
        if seen.flagged
        else say("digest.no_remark", posts=posts)
    )


def _samples(given: DigestInput) -> Section | None:
    if not given.samples:
        return None
    many = len(given.samples)
    intro = (
        say("digest.samples.many", number=figures.in_words(many)) if many > 1 else say("digest.samples.one")
    )
    return Section(
        title=say("digest.samples"),
        intro=intro,
        entries=tuple(sample_entry(stored, given.zone) for stored in given.samples),
    )


def _warnings(given: DigestInput, link: ReadersLink) -> Section | None:
    small = [pair for pair in given.warnings if pair[0].finding.severity is Severity.WARN]
    total = max(given.warning_count - (len(given.warnings) - len(small)), len(small))
    if not small:
        return None
    entries = warning_entries(small, given.zone)[:_MOST_RULES]
    return Section(
        title=say("digest.small"),
        intro=" ".join(
            [say("digest.small.intro", total), *([say("digest.small.examples")] if total > 1 else [])]
        ),
        entries=tuple(entries),
        more=len({found.finding.rule for found, _ in small}) - len(entries),
        more_where=say("digest.small.more"),
        more_link=Button(label=say("digest.all"), url=link(DESK)),
    )


def _headlines(given: DigestInput, asked: Asked) -> tuple[Headline, ...]:
    seen = given.figures
    answer = seen.median_answer
    needed = asked.cases + asked.answers
    return (
        Headline(number=figures.grouped(needed), label=say("digest.headline.needs", needed)),
        Headline(number=figures.grouped(seen.published), label=say("digest.headline.published")),
        Headline(number=figures.grouped(seen.inbound), label=say("digest.headline.received"))
        if answer is None
        else Headline(number=figures.brief(answer), label=say("digest.headline.answer")),
    )


def _chart(days: tuple[DayFigures, ...]) -> Chart | None:
    shown = days[-DAYS_SHOWN:]
    if len(shown) < 2 or not any(one.outbound or one.inbound for one in shown):
        return None
    out, received, found = (
        sum(getattr(one, field) for one in shown) for field in ("outbound", "inbound", "findings")
    )
    alt = say(
        "digest.bars",
        days=len(shown),
        posts=say("posts", out),
        messages=say("messages", received),
        remarks=say("remarks", found),
    )
    return Chart(days=shown, alt=alt)


def _day_table(days: tuple[DayFigures, ...]) -> Table | None:
    if _chart(days) is None:
        return None
    rows = tuple(
        (
            figures.date_name(one.date),
            *(figures.grouped(n) for n in (one.outbound, one.inbound, one.findings)),
        )
        for one in days[-DAYS_SHOWN:]
    )
    return Table(
        caption=say("digest.days.utc"),
        head=tuple(say(f"digest.days.{column}") for column in ("day", "published", "received", "remarks")),
        rows=rows,
    )


def _footer(given: DigestInput) -> tuple[str, ...]:
    return (
        say("letter.for", person=name(given.owner), brand=name(given.brand)),
        say("letter.buttons"),
        say("digest.machines"),
    )
