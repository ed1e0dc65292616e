"""The layout: golden files, the size limit, and that nothing in it can act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from client_scene import client
from digest_scene import (
    BERLIN,
    UNTIL,
    a_monday,
    busy_day,
    case,
    finding,
    link,
    post,
    quiet_day,
    stored,
)
from golden_file import check
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from mail_reading import Page
from PIL import Image

from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.mail.render import LIMIT, TooLarge, render, shortened, transferred
from bot.letters.model import AccountSpend, DayFigures, DigestInput, Letter
from policies.model.cases.flagged import FlaggedState
from policies.model.cases.machinery import WaitsFor
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Severity
from policies.model.keys import AccountKey
from storage.views import Spent

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=200)
ATTACK = (
    "</p></td><script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
    "{{ 7*7 }}{% raw %}\u202eexe.gpj\r\nBcc: x@evil.example\x1b[2J<!--"
)


def spent(platform: str, handle: str) -> Spent:
    account = AccountKey(platform=platform, handle=handle)
    return Spent(account=account, month="2026-11", micro_dollars=5, reads=1)


def alert_letter() -> Letter:
    busy = busy_day()
    return build_alert(
        AlertInput(
            brand=busy.brand, owner=busy.owner, zone=BERLIN, now=UNTIL, cases=busy.cases[:1], link=link
        )
    )


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("digest-busy", build(busy_day(), link)),
        ("digest-quiet", build(quiet_day(), link)),
        ("alert", alert_letter()),
    ],
)
def test_mails_read_word_for_word_as_agreed(name: str, letter: Letter) -> None:
    shown = render(letter)
    check(f"{name}.txt", f"Subject: {shown.subject}\n\n{shown.text}")
    body = shown.html.partition("</head>")[2]
    check(
        f"{name}.html", body.replace("<table", "\n<table").replace("<p", "\n<p").replace("<h", "\n<h") + "\n"
    )


def test_the_text_part_says_everything_the_page_says() -> None:
    letter = build(busy_day(), link)
    shown = render(letter)
    flat = " ".join(shown.text.replace("|", " ").replace("*", "").split())
    for section in letter.sections:
        assert section.title.upper() in shown.text
        for entry in section.entries:
            quote = "".join(part.text for part in entry.quote.parts) if entry.quote else ""
            for words in (entry.title, entry.meta, quote.strip(), *entry.lines):
                assert (
                    " ".join(words.split()) in flat.replace("\u2068", "").replace("\u2069", "")
                    or words in flat
                )
            for button in entry.buttons:
                assert button.url in shown.text


def test_the_first_words_are_the_summary_for_programs_and_people() -> None:
    letter = build(busy_day(), link)
    page = Page(render(letter).html)
    assert page.text.split(letter.subject, 1)[1].strip().startswith(letter.summary)
    assert page.text.count(letter.summary) == 2  # the hidden preheader, then the headline


def test_matched_words_are_marked() -> None:
    assert Page(render(build(busy_day(), link)).html).marked == [
        "cures gluten intolerance",
        "in full",
        "bank details",
        "maybe read",
    ]


def hostile(text: str) -> DigestInput:
    """The busy day with that text wherever others than us write."""
    one = post(1, text, author=text, author_name=text, permalink=text)
    shown = finding(one, text[:5], title=text, message=text, suggest=text)
    return replace(
        busy_day(),
        brand=text,
        owner=text,
        cases=(case(1, one, shown, state=FlaggedState.DISPUTED, note=text), client(2, one, answer=one)),
        case_counts={},
        warnings=((case(2, one, shown).findings[0], stored(one)),),
        samples=(stored(one),),
        unchecked=(Unchecked(why=Why.GAP, platform="x", account=text, detail=text),),
        health=(),
        spend=(
            AccountSpend(
                spent=Spent(
                    account=AccountKey(platform=text, handle=text), month="2026-11", micro_dollars=5, reads=1
                ),
                budget=1,
            ),
        ),
        mood=text,
        notices=(text,),
        days=(),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT)
@example(ATTACK)
@example("\ud800\udfff\x00")
def test_hostile_text_is_inert_everywhere(text: str) -> None:
    shown = render(build(hostile(text), link))
    page = Page(shown.html)
    assert page.active == []
    assert page.sources == []
    assert all(address.startswith(("https://watch.example/l/", "http")) for address in page.addresses)
    assert "49" not in shown.html.partition("7*7")[0][-20:]
    plain = shown.text.replace("\n", "")
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in plain)
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067") & set(
        shown.html + shown.text + shown.subject
    )
    assert shown.subject.isprintable() or not {"\r", "\n", "\x1b"} & set(shown.subject)
    assert shown.text.count("\u2068") == shown.text.count("\u2069")
    assert shown.html.count("<bdi>") == shown.html.count("</bdi>")
    shown.html.encode()


def test_the_attack_is_shown_as_the_words_it_is() -> None:
    page = Page(render(build(hostile(ATTACK), link)).html)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7*7 }}" in page.text


def test_ten_thousand_findings_fit_and_the_rest_is_counted() -> None:
    text = "🥖 We will refund <everyone> & more. " * 30
    cases = []
    for number in range(10_000):
        one = post(number, text, permalink=f"https://x.com/{'long' * 100}/{number}")
        shown = finding(one, "refund <everyone>", rule=f"rule-{number}", title="T" * 300, message="ü" * 900)
        state = FlaggedState.DISPUTED if number % 2 else FlaggedState.OPEN
        cases.append(case(number, one, shown, state=state, note="é" * 900))
    many = replace(
        busy_day(),
        cases=tuple(cases),
        case_counts={WaitsFor.OWNER: 5_000, WaitsFor.AGENCY: 5_000},
        warnings=tuple((one.findings[0], stored(one.post)) for one in cases),
        warning_count=10_000,
        samples=tuple(stored(one.post) for one in cases[:3]),
        unchecked=tuple(
            Unchecked(why=Why.GAP, platform="x", account=f"a{n}", detail="ä" * 900) for n in range(5_000)
        ),
        spend=tuple(
            AccountSpend(
                spent=Spent(
                    account=AccountKey(platform="x", handle=f"a{n}"), month="m", micro_dollars=10, reads=1
                )
            )
            for n in range(5_000)
        ),
    )
    shown = render(build(many, link))
    assert transferred(shown.html) <= LIMIT
    assert "5,000 new for you" in shown.subject
    assert "5,000 new with the agency" in shown.subject
    assert "more on your desk" in shown.text
    assert Page(shown.html).active == []


def test_long_links_cut_the_lists_until_the_mail_fits() -> None:
    def long_link(purpose: str, case: int | None = None) -> str:
        return link(purpose, case) + "x" * 15_000

    one = post(1, "We refund everyone")
    urgent = finding(one, "refund", Severity.CRITICAL)
    full = replace(
        busy_day(),
        cases=tuple(case(number, one, urgent, state=FlaggedState.DISPUTED) for number in range(40)),
        case_counts={},
    )
    shown = render(build(full, long_link))
    assert transferred(shown.html) <= LIMIT
    listed = shown.text.count("Look and decide")
    assert 0 < listed < 4
    assert f"and {40 - listed} more on your desk" in shown.text


def test_what_cannot_fit_at_all_is_an_error_not_a_cut_mail() -> None:
    with pytest.raises(TooLarge):
        render(build(quiet_day(), lambda purpose, case=None: "https://watch.example/" + "x" * 200_000))


def test_shortening_never_loses_count() -> None:
    letter = build(busy_day(), link)
    for scale in (0.7, 0.2, 0.0):
        for before, after in zip(letter.sections, shortened(letter, scale).sections, strict=True):
            assert len(after.entries) + after.more == len(before.entries) + before.more


def test_the_chart_is_a_small_picture_with_words_beside_it() -> None:
    shown = render(build(a_monday(), link))
    assert shown.chart is not None
    assert len(shown.chart) < 40_000
    with Image.open(BytesIO(shown.chart)) as picture:
        assert picture.format == "PNG"
        assert picture.width >= 2 * 311  # sharp on a phone
    assert "129 posts published" in shown.html
    assert 'alt="Bars for the last 7 days' in shown.html
    assert "Wed 18 Nov         24              31        6" in shown.text
    assert render(build(a_monday(), link)).chart == shown.chart


def test_numbers_of_every_size_can_be_drawn() -> None:
    first = date(2026, 1, 1)
    days = tuple(
        DayFigures(date=first + timedelta(days=n), outbound=10 ** (n % 7), inbound=0, findings=0)
        for n in range(400)
    )
    shown = render(build(replace(a_monday(), days=days), link))
    assert shown.chart is not None
    assert len(shown.chart) < 40_000


def test_an_alert_names_what_cannot_wait() -> None:
    letter = alert_letter()
    assert letter.subject == "Golden Crust Bakery: 1 post needs you now"
    page = Page(render(letter).html)
    assert "cures gluten intolerance" in page.marked
    assert any("desk.41" in address for address in page.addresses)


def test_severities_are_said_in_words_not_only_in_colour() -> None:
    one = post(1, "We refund everyone")
    for severity, words in ((Severity.CRITICAL, "Urgent"), (Severity.BREACH, "Off-brand")):
        given_day = replace(quiet_day(), cases=(case(3, one, finding(one, "refund", severity)),))
        assert f"{words} · case 3" in Page(render(build(given_day, link)).html).text
