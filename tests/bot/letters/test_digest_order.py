"""What is grave stands above what is old, and what is old is one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from build_stage import section
from client_scene import client
from digest_scene import BERLIN, DAYS, SINCE, UNTIL, a_monday, case, finding, link, post, quiet_day

from bot.letters.digest.build import build
from bot.letters.model import DigestInput, Letter
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.cases.machinery import CaseEvent, Undo
from policies.model.finding import Severity
from policies.threads.conversations import Concern, Standing
from storage.views import CaseView

TWO_WEEKS = timedelta(days=14)
NEW, GRAVE = "New for you and the agency", "Cannot wait"


def matter(
    number: int,
    title: str,
    *,
    severity: Severity = Severity.BREACH,
    state: FlaggedState = FlaggedState.DISPUTED,
    ago: timedelta = timedelta(hours=2),
    events: tuple[CaseEvent, ...] = (),
) -> CaseView:
    one = post(number, f"words of {number}")
    view = case(number, one, finding(one, "words", severity, title=title, rule=title), state=state)
    at = UNTIL - ago
    return replace(
        view,
        case=replace(view.case, opened_at=at, updated_at=max([at, *(e.at for e in events)]), events=events),
    )


def moved(action: FlaggedAction, state: FlaggedState) -> tuple[CaseEvent, ...]:
    """Somebody moved it today."""
    return (CaseEvent(at=SINCE + timedelta(hours=3), actor="x", action=action, note="", leads_to=state),)


def day(*views: CaseView) -> DigestInput:
    return replace(quiet_day(), cases=views)


def told(letter: Letter, title: str) -> list[str]:
    return [entry.title for entry in section(letter, title).entries]


def test_an_old_question_never_stands_above_todays_trouble() -> None:
    old = matter(1, "Approaches a partner", ago=TWO_WEEKS)
    new = matter(2, "Mocks somebody", state=FlaggedState.OPEN)
    letter = build(day(old, new), link)
    assert told(letter, NEW) == ["Mocks somebody"]
    assert section(letter, "In short").notes == (
        "From before: 1 waits for your decision, the oldest since Fri 6 Nov.",
    )


def test_an_old_case_on_which_the_agency_answered_today_is_news_and_one_the_owner_moved_is_not() -> None:
    answered = moved(FlaggedAction.ANSWER, FlaggedState.ANSWERED)
    upheld = moved(FlaggedAction.UPHOLD, FlaggedState.UPHELD)
    letter = build(
        day(
            matter(1, "Answered", state=FlaggedState.ANSWERED, ago=TWO_WEEKS, events=answered),
            matter(2, "Upheld", state=FlaggedState.UPHELD, ago=TWO_WEEKS, events=upheld),
        ),
        link,
    )
    assert told(letter, NEW) == ["Answered"]
    assert section(letter, "In short").notes == (
        "From before: 1 is with the agency, the oldest since Fri 6 Nov.",
    )


def test_a_decision_that_the_owner_took_back_is_no_news() -> None:
    decided = moved(FlaggedAction.ACCEPT, FlaggedState.CLOSED)
    back = replace(decided[0], action=Undo.UNDO, leads_to=FlaggedState.DISPUTED)
    one = matter(1, "Taken back", ago=TWO_WEEKS, events=(*decided, back))
    letter = build(day(one, matter(2, "Today")), link)
    assert told(letter, NEW) == ["Today"]


def test_what_is_urgent_comes_first_and_todays_before_that_of_last_week() -> None:
    letter = build(
        day(
            matter(1, "Old and urgent", severity=Severity.CRITICAL, ago=timedelta(days=2)),
            matter(2, "New", state=FlaggedState.OPEN),
            matter(3, "New and urgent", severity=Severity.CRITICAL),
        ),
        link,
    )
    assert told(letter, GRAVE) == ["New and urgent", "Old and urgent"]
    assert letter.subject == "Golden Crust Bakery: urgent: New and urgent, and 1 more"
    assert letter.summary.startswith(
        "New and urgent: nobody has settled this since Fri 20 Nov, 16:00, and 1 more"
    )


def test_what_has_been_urgent_for_days_is_one_line_and_does_not_hide_a_quiet_day() -> None:
    old = matter(1, "Old and urgent", severity=Severity.CRITICAL, ago=TWO_WEEKS)
    letter = build(day(old), link)
    assert letter.subject == "Golden Crust Bakery: a quiet day, 23 posts, all fine, 1 older waits for you"
    assert section(letter, "In short").notes[:2] == (
        "Still urgent, and nobody has settled it: Old and urgent.",
        "From before: 1 waits for your decision, the oldest since Fri 6 Nov.",
    )
    moved_on = matter(
        1,
        "Old",
        severity=Severity.CRITICAL,
        ago=TWO_WEEKS,
        events=moved(FlaggedAction.ANSWER, FlaggedState.ANSWERED),
    )
    assert told(build(day(moved_on), link), GRAVE) == ["Old"], "it is news that the agency answered"


def test_a_grave_day_has_no_figure_and_no_praise_above_or_below() -> None:
    given = replace(
        day(matter(1, "Mocks", severity=Severity.CRITICAL)), mood="Of 9 messages 9 sounded pleased."
    )
    letter = build(given, link)
    assert letter.headlines == ()
    assert letter.chart is None
    for cheerful in ("34 min", "pleased", "well done", "For your own eye"):
        assert cheerful not in str(letter)


def test_many_matters_are_few_entries_and_a_link() -> None:
    grave = [matter(n, f"Grave {n}", severity=Severity.CRITICAL) for n in range(9)]
    new = [matter(10 + n, f"New {n}") for n in range(9)]
    letter = build(day(*grave, *new), link)
    first, second = section(letter, GRAVE), section(letter, NEW)
    assert (len(first.entries), first.more, len(second.entries), second.more) == (4, 5, 2, 7)
    assert first.more_link
    assert [bool(entry.buttons[0].main) for entry in first.entries] == [True, True, False, False]


def test_where_nothing_new_fits_it_is_said_what_there_is() -> None:
    new = [
        matter(10 + n, f"New {n}", state=(FlaggedState.DISPUTED, FlaggedState.OPEN)[n % 2]) for n in range(3)
    ]
    letter = build(day(*new), link)
    assert section(letter, NEW).unlisted == (
        "Less urgent: 2 new for you and 1 new with the agency. All of it is on your desk."
    )


def test_the_bars_come_once_a_week_and_not_on_a_grave_day() -> None:
    friday, monday = replace(quiet_day(), days=DAYS), a_monday()
    assert monday.until.astimezone(BERLIN).weekday() == 0
    assert build(friday, link).chart is None
    letter = build(monday, link)
    assert letter.chart is not None
    assert letter.chart_table is not None
    ago = UNTIL - monday.until + timedelta(hours=2)
    grave = replace(monday, cases=day(matter(1, "Mocks", severity=Severity.CRITICAL, ago=ago)).cases)
    assert build(grave, link).chart is None


def test_a_client_in_danger_heads_it_in_their_own_words_with_what_they_were_answered() -> None:
    bitten = post(1, "@goldencrust my son's lip swelled up after one bite", author="dad", hours=5)
    later = post(2, "He cannot close his mouth.", author="dad", hours=4)
    phrase = post(3, "@dad We're sorry you feel that way.", hours=4.5)
    view = client(
        9,
        later,
        Concern.DANGER,
        severity=Severity.CRITICAL,
        asked=bitten,
        answer=phrase,
        standing=Standing.WAITING,
    )
    old = matter(1, "Old and urgent", severity=Severity.CRITICAL, ago=timedelta(days=2))
    letter = build(day(old, view), link)
    assert letter.subject == (
        "Golden Crust Bakery: urgent: @dad: “my son's lip swelled up after one bite”, and 1 more"
    )
    assert letter.summary.startswith(
        "@dad: “my son's lip swelled up after one bite”: nobody has settled this since Fri 20 Nov, 13:00"
    )
    entry = section(letter, GRAVE).entries[0]
    assert "We're sorry you feel that way." in " ".join(entry.lines)


def test_a_grave_matter_that_was_settled_today_is_said_and_praises_nobody() -> None:
    settled = client(
        9, post(1, "My lip swelled up", author="dad"), Concern.DANGER, severity=Severity.CRITICAL
    )
    letter = build(replace(quiet_day(), settled=(settled,)), link)
    assert letter.subject == "Golden Crust Bakery: 1 urgent one settled"
    assert section(letter, "In short").notes[0] == "Urgent and settled: @dad: “My lip swelled up”."
    assert letter.headlines == ()
    assert "well done" not in str(letter)


def test_a_crisis_is_said_in_the_subject_and_stands_at_the_top() -> None:
    upset = [
        client(n, post(n, f"No bread, number {n}", author=f"c{n}", hours=n), crisis=1) for n in range(1, 5)
    ]
    letter = build(day(matter(9, "New"), *upset), link)
    assert letter.subject == (
        "Golden Crust Bakery: 4 customers upset about one thing, urgent: @c1: “No bread, number 1”, and 3 more"
    )
    assert letter.summary.startswith(
        "4 customers are upset about one thing. @c1: “No bread, number 1”: nobody"
    )
    assert len(section(letter, GRAVE).entries) == 4
    assert told(letter, NEW) == ["New"]
