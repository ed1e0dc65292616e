"""Builds the digest: what was gathered goes in, a letter comes out. Pure, and without any layout."""

from __future__ import annotations

from bot.letters import words
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
    Fact,
    Figures,
    Letter,
    Link,
    Section,
    Table,
)
from bot.letters.untrusted import name
from policies.model.case import CaseState, waiting_for
from policies.model.finding import Severity
from storage.views import CaseView

_OWNERS = waiting_for("owner")
_AGENCYS = frozenset({CaseState.OPEN, CaseState.UPHELD, CaseState.FIX_CLAIMED})
_MOST_NEEDED, _MOST_WITH_AGENCY, _MOST_CONVERSATIONS, _MOST_RULES = 10, 8, 8, 6
DAYS_SHOWN = 7  #: bars in the chart, newest days


def build(given: DigestInput, link: Link) -> Letter:
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
        period=words.period(given.since, given.until, given.zone),
        button=_first_step(asked, link),
        facts=_facts(given, asked),
        sections=tuple(section for section in sections if section),
        chart=_chart(given.days),
        chart_table=_day_table(given.days),
        footer=_footer(given),
    )


def needs_owner(view: CaseView) -> bool:
    """Whether a case goes to the top: the owner's turn, or so grave that they will want to know now."""
    if view.case.state is CaseState.CLOSED:
        return False
    return view.case.state in _OWNERS or view.case.severity is Severity.CRITICAL


def _asked(given: DigestInput) -> Asked:
    """Counts come from all cases where they are known; the list of cases may be cut."""
    listed = [view for view in given.cases if view.case.state is not CaseState.CLOSED]
    urgent = sum(needs_owner(view) and view.case.state not in _OWNERS for view in listed)
    counts = dict(given.case_counts) or {
        state: sum(view.case.state is state for view in listed) for state in CaseState
    }
    owner = sum(counts.get(state, 0) for state in _OWNERS)
    agency = sum(counts.get(state, 0) for state in _AGENCYS)
    return Asked(
        cases=owner + urgent,
        with_agency=max(agency - urgent, 0),
        answers=sum(trouble.needs_owner for trouble in given.conversations),
        troubled=len(given.conversations),
        unread=len(unread_accounts(given)),
    )


def _first_step(asked: Asked, link: Link) -> Button:
    label = "Open what needs you" if asked.cases else "Open your desk"
    return Button(label=label, url=link(DESK), main=bool(asked.cases))


def _needed(given: DigestInput, link: Link) -> Section | None:
    views = [view for view in given.cases if needs_owner(view)]
    if not views:
        return None
    shown = views[:_MOST_NEEDED]
    total = _asked(given).cases
    return Section(
        title="Needs you now",
        intro="A tap opens the case. Nothing is decided until you press a button there.",
        entries=tuple(case_entry(view, given.zone, link, decide=True) for view in shown),
        more=total - len(shown),
        more_where="on your desk",
        more_link=Button(label="See all of them", url=link(DESK)),
    )


def _with_agency(given: DigestInput, link: Link) -> Section | None:
    views = [view for view in given.cases if view.case.state in _AGENCYS and not needs_owner(view)]
    total = _asked(given).with_agency
    if not total:
        return None
    shown = views[:_MOST_WITH_AGENCY]
    return Section(
        title="With the agency",
        intro="Nothing for you to do here: your agency has these in its queue.",
        entries=tuple(case_entry(view, given.zone, link, decide=False) for view in shown),
        more=total - len(shown),
        more_where="in the queue",
        more_link=Button(label="See all of them", url=link(DESK)),
    )


def _conversations(given: DigestInput) -> Section | None:
    troubled = sorted(given.conversations, key=lambda trouble: not trouble.needs_owner)
    if not troubled:
        return None
    shown = troubled[:_MOST_CONVERSATIONS]
    return Section(
        title="Customers to look after",
        intro="Conversations in which somebody may feel left alone.",
        entries=tuple(conversation_entry(trouble, given.zone) for trouble in shown),
        more=len(troubled) - len(shown),
        more_where="like these",
    )


def _how_it_went(given: DigestInput) -> Section | None:
    figures = given.figures
    lines = [_work_done(figures)] if figures.published else []
    if figures.in_owners_name:
        lines.append(_in_your_name(figures.in_owners_name))
    if figures.median_answer is not None:
        who = words.count(figures.answered, "conversation")
        took = words.lasting(figures.median_answer)
        lines.append(f"{who} got a first answer, typically within {took} (median, in your opening hours).")
    if figures.settled:
        verb = "was" if figures.settled == 1 else "were"
        lines.append(f"{words.count(figures.settled, 'case')} {verb} settled.")
    if given.mood:
        lines.append(name(given.mood, 200))
    return Section(title="How it went", intro=" ".join(lines)) if lines else None


def _work_done(figures: Figures) -> str:
    posts = words.count(figures.published, "post")
    if not figures.flagged:
        return f"{posts} went out without a single remark: your agency did well."
    return f"{posts} went out, {figures.clean:,} of them clean."


def _in_your_name(posts: int) -> str:
    """Rules on what only the owner may do leave these alone, so the owner must know how many there are."""
    which, verb = ("it", "carries") if posts == 1 else ("one of them", "carry")
    return (
        f"{words.count(posts, 'post')} {verb} your own mark; if you did not write {which}, ask your agency."
    )


def _samples(given: DigestInput) -> Section | None:
    if not given.samples:
        return None
    many = len(given.samples)
    what, ask = ("This post was", "Does it")
    if many > 1:
        what, ask = f"These {words.NUMBERS.get(many, str(many))} posts were", "Do they"
    return Section(
        title="For your own eye",
        intro=f"{what} picked at random from those that no rule flagged. {ask} sound like you?",
        entries=tuple(sample_entry(stored, given.zone) for stored in given.samples),
    )


def _warnings(given: DigestInput, link: Link) -> Section | None:
    small = [pair for pair in given.warnings if pair[0].finding.severity is Severity.WARN]
    total = max(given.warning_count - (len(given.warnings) - len(small)), len(small))
    if not small:
        return None
    entries = warning_entries(small, given.zone)[:_MOST_RULES]
    return Section(
        title="Small things",
        intro=f"{words.count(total, 'remark')} that needed no case."
        + (" Here is one example of each kind." if total > 1 else ""),
        entries=tuple(entries),
        more=len({found.finding.rule for found, _ in small}) - len(entries),
        more_where="kinds on your desk",
        more_link=Button(label="See all of them", url=link(DESK)),
    )


def _facts(given: DigestInput, asked: Asked) -> tuple[Fact, ...]:
    figures = given.figures
    answer = figures.median_answer
    needed = asked.cases + asked.answers
    return (
        Fact(number=f"{needed:,}", label="needs you" if needed == 1 else "need you"),
        Fact(number=f"{figures.published:,}", label="posts out"),
        Fact(number=f"{figures.inbound:,}", label="from customers")
        if answer is None
        else Fact(number=words.brief(answer), label="typical answer"),
    )


def _chart(days: tuple[DayFigures, ...]) -> Chart | None:
    shown = days[-DAYS_SHOWN:]
    if len(shown) < 2 or not any(one.outbound or one.inbound for one in shown):
        return None
    out, received, found = (
        sum(getattr(one, field) for one in shown) for field in ("outbound", "inbound", "findings")
    )
    alt = (
        f"Bars for the last {len(shown)} days: {words.count(out, 'post')} published, "
        f"{words.count(received, 'message')} from customers, {words.count(found, 'remark')} by our rules."
    )
    return Chart(days=shown, alt=alt)


def _day_table(days: tuple[DayFigures, ...]) -> Table | None:
    if _chart(days) is None:
        return None
    rows = tuple(
        (words.date_name(one.date), f"{one.outbound:,}", f"{one.inbound:,}", f"{one.findings:,}")
        for one in days[-DAYS_SHOWN:]
    )
    return Table(
        caption="The last days (UTC)", head=("Day", "Published", "From customers", "Remarks"), rows=rows
    )


def _footer(given: DigestInput) -> tuple[str, ...]:
    return (
        f"For {name(given.owner)}, who looks after {name(given.brand)}.",
        "The buttons in this mail are made for you alone, so please do not forward it.",
        "Machines flagged what you see here; only people decide.",
    )
