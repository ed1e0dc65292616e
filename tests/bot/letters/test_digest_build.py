"""What the digest says, before any layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from build_stage import section
from digest_scene import BERLIN, UNTIL, busy_day, case, finding, link, post, quiet_day, stored, trouble

from bot.letters.digest.build import build, needs_owner
from bot.letters.model import DigestInput, Figures, Letter, RuleRecord
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from policies.threads.trouble import Reason
from storage.views import Revision


def titles(letter: Letter) -> list[str]:
    return [one.title for one in letter.sections]


def quoted(letter: Letter, title: str) -> str:
    quote = section(letter, title).entries[0].quote
    assert quote is not None
    return "".join(f"[{part.text}]" if part.marked else part.text for part in quote.parts)


def with_cases(*views: object, **more: object) -> DigestInput:
    return replace(quiet_day(), cases=views, **more)  # type: ignore[arg-type]


def test_a_busy_day_says_its_counts_and_what_is_asked() -> None:
    letter = build(busy_day(), link)
    assert letter.subject == (
        "Golden Crust Bakery: 3 need you, 2 with the agency, 1 customer to look after, 1 account not read"
    )
    assert letter.summary == (
        "Your agency published 23 posts, 18 of them clean, but 1 account could not be fully read; "
        "please decide on 2 cases and answer 1 customer yourself."
    )


def test_sections_come_in_the_order_of_urgency() -> None:
    assert titles(build(busy_day(), link)) == [
        "Needs you now",
        "With the agency",
        "Customers to look after",
        "How it went",
        "For your own eye",
        "Small things",
        "What we did not see",
        "What it cost",
    ]


def test_a_quiet_day_is_short_kind_and_asks_nothing() -> None:
    letter = build(quiet_day(), link)
    assert letter.subject == "Golden Crust Bakery: a quiet day, 23 posts, all clean"
    assert letter.summary.endswith("heard back in 34 minutes; nothing is asked of you.")
    assert titles(letter) == ["How it went", "For your own eye"]


def test_good_work_is_praised_and_only_good_work() -> None:
    assert "your agency did well" in section(build(quiet_day(), link), "How it went").intro
    assert "did well" not in section(build(busy_day(), link), "How it went").intro


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (0, None),
        (1, "1 post carries your own mark; if you did not write it, ask"),
        (3, "3 posts carry your own mark; if you did not write one of them, ask"),
    ],
)
def test_the_owner_hears_how_much_went_out_in_their_name(posts: int, said: str | None) -> None:
    given = replace(quiet_day(), figures=replace(quiet_day().figures, in_owners_name=posts))
    intro = section(build(given, link), "How it went").intro
    assert said in intro if said else "your own mark" not in intro


def test_a_day_without_any_post_says_so() -> None:
    letter = build(replace(quiet_day(), figures=Figures(), samples=()), link)
    assert letter.subject == "Golden Crust Bakery: a quiet day, nothing published"
    assert letter.summary == "Nothing was published and no message came in; nothing is asked of you."


@pytest.mark.parametrize(
    ("state", "severity", "title"),
    [
        (FlaggedState.DISPUTED, Severity.BREACH, "Needs you now"),
        (FlaggedState.ANSWERED, Severity.BREACH, "Needs you now"),
        (FlaggedState.OPEN, Severity.CRITICAL, "Needs you now"),
        (FlaggedState.FIX_CLAIMED, Severity.CRITICAL, "Needs you now"),
        (FlaggedState.OPEN, Severity.BREACH, "With the agency"),
        (FlaggedState.UPHELD, Severity.BREACH, "With the agency"),
        (FlaggedState.FIX_CLAIMED, Severity.BREACH, "With the agency"),
    ],
)
def test_each_case_stands_with_whoever_must_move(state: FlaggedState, severity: Severity, title: str) -> None:
    one = post(1, "We refund everyone")
    letter = build(with_cases(case(7, one, finding(one, "refund", severity), state=state)), link)
    assert [t for t in titles(letter) if t in {"Needs you now", "With the agency"}] == [title]
    assert "case 7" in section(letter, title).entries[0].tag


def test_a_closed_case_is_nobodys() -> None:
    one = post(1, "We refund everyone")
    view = case(7, one, finding(one, "refund", Severity.CRITICAL), state=FlaggedState.CLOSED)
    assert not needs_owner(view)
    assert build(with_cases(view), link).subject.startswith("Golden Crust Bakery: a quiet day")


def test_counts_are_of_all_cases_when_only_some_are_given() -> None:
    one = post(1, "We refund everyone")
    given = with_cases(
        *(case(number, one, finding(one, "refund"), state=FlaggedState.DISPUTED) for number in range(30)),
        case_counts={WaitsFor.OWNER: 47, WaitsFor.AGENCY: 500, WaitsFor.NOBODY: 9_000},
    )
    letter = build(given, link)
    assert "47 need you, 500 with the agency" in letter.subject
    needed = section(letter, "Needs you now")
    assert len(needed.entries) + needed.more == 47
    assert section(letter, "With the agency").more == 500


def test_the_matched_words_are_marked_in_the_revision_they_were_found_in() -> None:
    one = post(1, "edited: nothing to see", edited_at=UNTIL)
    before = "We refund everyone"
    view = case(1, one, finding(replace(one, text=before), "refund"))
    view = replace(view, revisions=(Revision(number=1, text=before, seen_at=UNTIL, edited_at=None),))
    assert quoted(build(with_cases(view), link), "With the agency") == "We [refund] everyone"


def test_the_agencys_latest_words_stand_beside_the_case() -> None:
    one = post(1, "We refund everyone")
    view = case(
        1,
        one,
        finding(one, "refund"),
        state=FlaggedState.ANSWERED,
        note="Agreed by phone",
        action=FlaggedAction.ANSWER,
    )
    assert (
        "The agency wrote: “Agreed by phone”"
        in section(build(with_cases(view), link), "Needs you now").entries[0].lines
    )


def test_links_to_cases_are_signed_for_that_case() -> None:
    asked: list[tuple[str, int | None]] = []

    def noting(purpose: str, case: int | None = None) -> str:
        asked.append((purpose, case))
        return link(purpose, case)

    build(busy_day(), noting)
    assert {number for purpose, number in asked if purpose == "case"} == {38, 39, 40, 41}
    assert all((purpose == "case") == (number is not None) for purpose, number in asked)
    assert {purpose for purpose, _ in asked} == {"case", "desk"}


def test_the_period_is_in_the_brands_time_across_a_clock_change() -> None:
    given = replace(
        quiet_day(),
        since=datetime(2026, 3, 28, 17, tzinfo=UTC),
        until=datetime(2026, 3, 29, 16, tzinfo=UTC),
        health=(),
    )
    assert build(given, link).period == "Sat 28 Mar, 18:00 to Sun 29 Mar, 18:00 (Berlin time)"
    assert given.zone is BERLIN


def test_remarks_are_grouped_by_rule_with_the_newest_example() -> None:
    posts = [post(number, f"wow!!! number {number}", hours=number) for number in range(1, 8)]
    pairs = tuple(
        (found_one, stored(one))
        for one in posts
        for found_one in case(1, one, finding(one, "!!!", Severity.WARN, title="Shouts")).findings
    )
    small = section(build(replace(quiet_day(), warnings=pairs, warning_count=70), link), "Small things")
    assert small.intro.startswith("70 remarks")
    (entry,) = small.entries
    assert entry.title == "Shouts (7 times)"
    assert entry.quote is not None
    assert "number 1" in "".join(part.text for part in entry.quote.parts)


def test_conversations_for_the_owner_come_first() -> None:
    asks = trouble(post(1, "Hello?", author="ann"), Reason.LATE, waited=timedelta(hours=3))
    complains = trouble(post(2, "I want a person", author="ben"), Reason.UPSET, needs_owner=True)
    letter = build(replace(quiet_day(), conversations=(asks, complains)), link)
    told = section(letter, "Customers to look after").entries
    assert [entry.title for entry in told] == ["@ben", "@ann has waited 3 hours"]
    assert letter.subject.endswith(": 1 needs you, 1 customer to look after")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "https://x.com@evil.example/", "//evil.example", ""],
)
def test_a_permalink_that_is_no_plain_web_address_is_no_link(address: str) -> None:
    letter = build(replace(quiet_day(), samples=(stored(post(1, "hi", permalink=address)),)), link)
    assert section(letter, "For your own eye").entries[0].buttons == ()


def test_a_deleted_post_is_not_linked_and_says_so() -> None:
    one = post(1, "We refund everyone", deleted_at=UNTIL)
    entry = section(build(with_cases(case(1, one, finding(one, "refund"))), link), "With the agency").entries[
        0
    ]
    assert "(since deleted)" in entry.meta
    assert [button.label for button in entry.buttons] == ["See the case"]


def test_building_twice_gives_the_same_letter() -> None:
    assert build(busy_day(), link) == build(busy_day(), link)


def test_the_monthly_part_says_how_the_rules_did_and_which_one_cries_wolf() -> None:
    fine = RuleRecord(title="Swears", right=3, wrong=0, ever=3, wrong_ever=0, cries_wolf=False)
    wolf = RuleRecord(title="Promises <a> refund", right=1, wrong=7, ever=10, wrong_ever=9, cries_wolf=True)
    part = section(build(replace(quiet_day(), rules=(fine, wolf)), link), "How the rules did")
    assert part.intro.startswith("You decided on 11 findings last month, and 4 of them were right.")
    assert "refund” cries wolf: 9 of its 10 findings so far were false alarms." in part.intro
    assert "Swears" not in part.intro
    assert part.table is not None
    assert [row[1:] for row in part.table.rows] == [("1", "7"), ("3", "0")]
    assert "How the rules did" not in titles(build(quiet_day(), link))
