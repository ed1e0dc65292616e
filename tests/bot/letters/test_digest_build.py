"""What the digest says, before any layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from build_stage import section
from client_scene import client
from digest_scene import BERLIN, UNTIL, busy_day, case, finding, link, post, quiet_day, stored

from bot.letters.digest.build import build
from bot.letters.model import DigestInput, Figures, Letter, RuleRecord
from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.finding import Severity
from policies.threads.conversations import Concern
from storage.views import Revision

NEW, GRAVE = "New for you and the agency", "Cannot wait"


def titles(letter: Letter) -> list[str]:
    return [one.title for one in letter.sections]


def quoted(letter: Letter, title: str) -> str:
    quote = section(letter, title).entries[0].quote
    assert quote is not None
    return "".join(f"[{part.text}]" if part.marked else part.text for part in quote.parts)


def with_cases(*views: object, **more: object) -> DigestInput:
    return replace(quiet_day(), cases=views, **more)  # type: ignore[arg-type]


def test_what_cannot_wait_heads_the_digest_and_its_subject() -> None:
    letter = build(busy_day(), link)
    assert letter.subject == "Golden Crust Bakery: urgent: Claims that food heals, 1 account not read"
    assert letter.summary == (
        "Claims that food heals: nobody has settled this since Fri 20 Nov, 17:00, but 1 account could not be fully "
        "read; please look now."
    )
    assert titles(letter)[0] == GRAVE
    assert letter.headlines == ()


def test_sections_come_in_the_order_of_gravity() -> None:
    assert titles(build(busy_day(), link)) == [
        GRAVE,
        NEW,
        "What we did not see",
        "In short",
    ]


def test_a_quiet_day_is_short_kind_and_asks_nothing() -> None:
    letter = build(quiet_day(), link)
    assert letter.subject == "Golden Crust Bakery: a quiet day, 23 posts, all fine"
    assert letter.summary == "Your agency published 23 posts, all fine: well done; nothing is asked of you."
    assert [headline.number for headline in letter.headlines] == ["0", "23", "34 min"]
    assert titles(letter) == ["For your own eye"]


def test_good_work_is_praised_and_only_good_work() -> None:
    assert "well done" in build(quiet_day(), link).summary
    assert "well done" not in str(build(busy_day(), link))


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        (0, None),
        (1, "1 post is signed with your name; if you did not write it, ask"),
        (3, "3 posts are signed with your name; if you did not write one of them, ask"),
    ],
)
def test_the_owner_hears_how_much_went_out_in_their_name(posts: int, said: str | None) -> None:
    given = replace(quiet_day(), figures=replace(quiet_day().figures, in_owners_name=posts))
    told = str(build(given, link).sections)
    assert said in told if said else "signed with your name" not in told


def test_a_day_without_any_post_says_so() -> None:
    letter = build(replace(quiet_day(), figures=Figures(), samples=()), link)
    assert letter.subject == "Golden Crust Bakery: a quiet day, nothing published"
    assert letter.summary == "Nothing was published and no message came in; nothing is asked of you."


@pytest.mark.parametrize(
    ("state", "severity", "title", "button"),
    [
        (FlaggedState.DISPUTED, Severity.BREACH, NEW, "Look and decide"),
        (FlaggedState.ANSWERED, Severity.BREACH, NEW, "Look and decide"),
        (FlaggedState.OPEN, Severity.CRITICAL, GRAVE, "Look and decide"),
        (FlaggedState.FIX_CLAIMED, Severity.CRITICAL, GRAVE, "Look and decide"),
        (FlaggedState.OPEN, Severity.BREACH, NEW, "See the case"),
        (FlaggedState.UPHELD, Severity.BREACH, NEW, "See the case"),
        (FlaggedState.FIX_CLAIMED, Severity.BREACH, NEW, "See the case"),
    ],
)
def test_each_case_stands_by_how_grave_it_is_and_says_whose_turn_it_is(
    state: FlaggedState, severity: Severity, title: str, button: str
) -> None:
    one = post(1, "We refund everyone")
    letter = build(with_cases(case(7, one, finding(one, "refund", severity), state=state)), link)
    assert [t for t in titles(letter) if t in {GRAVE, NEW}] == [title]
    (entry,) = section(letter, title).entries
    assert "case 7" in entry.tag
    assert entry.buttons[0].label == button


def test_a_closed_case_is_nobodys() -> None:
    one = post(1, "We refund everyone")
    view = case(7, one, finding(one, "refund", Severity.CRITICAL), state=FlaggedState.CLOSED)
    assert build(with_cases(view), link).subject.startswith("Golden Crust Bakery: a quiet day")


def test_counts_are_of_all_cases_when_only_some_are_given() -> None:
    one = post(1, "We refund everyone")
    given = with_cases(
        *(case(number, one, finding(one, "refund"), state=FlaggedState.DISPUTED) for number in range(30)),
        case_counts={WaitsFor.OWNER: 47, WaitsFor.AGENCY: 500, WaitsFor.NOBODY: 9_000},
    )
    letter = build(given, link)
    assert letter.subject.endswith(": 30 new for you")
    fresh = section(letter, NEW)
    assert len(fresh.entries) + fresh.more == 30
    assert section(letter, "In short").notes[0] == (
        "From before: 17 wait for your decision and 500 are with the agency."
    )


def test_the_matched_words_are_marked_in_the_revision_they_were_found_in() -> None:
    one = post(1, "edited: nothing to see", edited_at=UNTIL)
    before = "We refund everyone"
    view = case(1, one, finding(replace(one, text=before), "refund"))
    view = replace(view, revisions=(Revision(number=1, text=before, seen_at=UNTIL, edited_at=None),))
    assert quoted(build(with_cases(view), link), NEW) == "We [refund] everyone"


def test_the_agencys_latest_words_stand_beside_an_urgent_case() -> None:
    one = post(1, "We refund everyone")
    view = case(
        1,
        one,
        finding(one, "refund", Severity.CRITICAL),
        state=FlaggedState.ANSWERED,
        note="Agreed by phone",
        action=FlaggedAction.ANSWER,
    )
    assert (
        "The agency wrote: “Agreed by phone”"
        in section(build(with_cases(view), link), GRAVE).entries[0].lines
    )


def test_links_to_cases_open_the_desk_at_that_case() -> None:
    asked: list[tuple[str, int | None]] = []

    def noting(purpose: str, case: int | None = None) -> str:
        asked.append((purpose, case))
        return link(purpose, case)

    build(busy_day(), noting)
    assert {number for _, number in asked} == {36, 37, 38, 39, 40, 41, None}
    assert {purpose for purpose, _ in asked} == {"desk"}


def test_the_period_is_in_the_brands_time_across_a_clock_change() -> None:
    given = replace(
        quiet_day(),
        since=datetime(2026, 3, 28, 17, tzinfo=UTC),
        until=datetime(2026, 3, 29, 16, tzinfo=UTC),
        health=(),
    )
    assert build(given, link).period == "Sat 28 Mar, 18:00 to Sun 29 Mar, 18:00 (Berlin time)"
    assert given.zone is BERLIN


def test_small_remarks_are_one_line_with_the_most_frequent_kinds() -> None:
    kinds = ["Shouts", "Shouts", "Misspells", "Has no name", "Is too long", "Is too long"]
    pairs = tuple(
        (found_one, stored(one))
        for number, title in enumerate(kinds)
        for one in [post(number, "wow!!!")]
        for found_one in case(1, one, finding(one, "!!!", Severity.WARN, title=title)).findings
    )
    (line,) = section(build(replace(quiet_day(), warnings=pairs, warning_count=70), link), "In short").notes
    assert line == "70 small things, such as: Shouts; Is too long; Misspells."


def test_a_client_who_needs_the_owner_comes_before_one_who_only_waits() -> None:
    asks = client(1, post(1, "Hello?", author="ann"), Concern.LATE, severity=Severity.WARN)
    complains = client(2, post(2, "@goldencrust I want a person", author="ben"))
    letter = build(with_cases(asks, complains), link)
    told = section(letter, NEW).entries
    assert [entry.title.split()[0] for entry in told] == ["@ben", "@ann"]
    assert quoted(letter, NEW) == "I want a person"
    assert letter.subject.endswith(": 2 new for you")


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "https://x.com@evil.example/", "//evil.example", ""],
)
def test_a_permalink_that_is_no_plain_web_address_is_no_link(address: str) -> None:
    letter = build(replace(quiet_day(), samples=(stored(post(1, "hi", permalink=address)),)), link)
    assert section(letter, "For your own eye").entries[0].buttons == ()


def test_a_deleted_post_is_not_linked_and_says_so() -> None:
    one = post(1, "We refund everyone", deleted_at=UNTIL)
    view = case(1, one, finding(one, "refund", Severity.CRITICAL))
    entry = section(build(with_cases(view), link), GRAVE).entries[0]
    assert "(since deleted)" in entry.meta
    assert [button.label for button in entry.buttons] == ["Look and decide"]


def test_building_twice_gives_the_same_letter() -> None:
    assert build(busy_day(), link) == build(busy_day(), link)


def test_the_monthly_part_says_how_often_we_were_right_and_what_is_wrong_too_often() -> None:
    fine = RuleRecord(title="Swears", right=3, wrong=0, ever=3, wrong_ever=0, cries_wolf=False)
    wolf = RuleRecord(title="Promises <a> refund", right=1, wrong=7, ever=10, wrong_ever=9, cries_wolf=True)
    part = section(build(replace(quiet_day(), rules=(fine, wolf)), link), "How often we were right")
    assert part.intro.startswith(
        "You decided on 11 things that we stopped at last month; we were right about 4"
    )
    assert "“Promises <a> refund” is wrong too often: 9 of 10 times so far." in part.intro
    assert "Swears" not in part.intro
    assert part.table is not None
    assert [row[1:] for row in part.table.rows] == [("1", "7"), ("3", "0")]
    assert "How often we were right" not in titles(build(quiet_day(), link))
