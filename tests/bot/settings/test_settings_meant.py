"""Settings that would mean something else than they say: refused with their place and the mend, or made right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings.brand import WEEKDAYS, Brand
from bot.settings.home import BadSettings, load_home, read_brand

HEAD = """\
brand: bakery
name: Juniper
time_zone: UTC
people: [{id: maya, name: Maya, role: owner, email: maya@example.org}]
"""


def said(tmp_path: Path, line: str, head: str = HEAD) -> Brand:
    path = tmp_path / "brand.yaml"
    path.write_text(f"{head}{line}\n", encoding="utf-8")
    return read_brand(path)


@pytest.mark.parametrize(
    ("line", "column", "mend"),
    [
        ("answer_within: 2", 16, "with its unit, like 30m, 2h or 1d"),
        ("answer_within: 2.5", 16, "with its unit"),
        ("answer_within: '90'", 16, "like 30m, 2h or 1d"),
        ("answer_within: true", 16, "with its unit"),
        ("answer_within: 0h", 16, "no time at all"),
        ("answer_within: PT2H", 16, "like 30m, 2h or 1d"),
        ("accounts: [{platform: x, handle: a, every: 15}]", 44, "with its unit"),
        ("accounts: [{platform: x, handle: a, every: 0m}]", 44, "no time at all"),
        ("accounts: [{platform: x, handle: a, look_again: {after: [7]}}]", 58, "with its unit"),
        ("digest: {times: [18]}", 18, "in quotes like '07:30'"),
        ("digest: {times: ['07:30', 0730]}", 27, "in quotes like '07:30'"),
        ("digest: {times: ['6pm']}", 18, "in quotes like '07:30'"),
        ("digest: {times: []}", 17, "at least 1 must stand here"),
        ("digest: {times: '18:00'}", 17, "Write it as a list"),
        ("digest: {days: [friday]}", 17, "must be one of 'mon'"),
        ("digest: {to: [mya]}", 15, "Did you mean 'maya'?"),
        ("hours: {mon: 9}", 14, "'09:00-17:30'"),
        ("hours: {mon: '9-17'}", 14, "'07:30'"),
        ("hours: {mon: '09:00-09:00'}", 14, "'00:00-24:00'"),
        ("hours: {Mon: '09:00-17:00'}", 9, "Did you mean 'mon'?"),
        ("hours: '09:00-17:00'", 8, "`name: value`"),
        (f"hours: {{{', '.join(f'{day}: closed' for day in WEEKDAYS)}}}", 8, "no day is open"),
        ("holidays: {extra: [20261224]}", 20, "in quotes like '2026-12-24'"),
        ("holidays: {extra: ['24.12.2026']}", 20, "in quotes like '2026-12-24'"),
        ("holidays: {region: ME}", 11, "Add `country:`"),
        ("accounts: [{platform: x, handle: '@Bakery'}, {platform: x, handle: bakery}]", 68, "twice"),
        ("accounts: [{platform: reddit, handle: u/Rye}, {platform: reddit, handle: /u/rye}]", 74, "twice"),
        ("policies: [starter, costumer-care]", 21, "Did you mean 'customer-care'?"),
        ("policies: [policies/ours]", 12, "there is no pack 'policies/ours'"),
        ("policies: [starter, privacy, Starter]", 30, "Did you mean 'starter'?"),
        ("campaigns: [{name: a, links: [a], from: 20260401}]", 41, "in quotes"),
        ("digest: {times: ['18:00', '18:00']}", 27, "Each may stand once"),
        ("policies: [starter, starter]", 21, "Each may stand once"),
        ("holidays: {country: ZZ}", 11, "ISO 3166"),
    ],
)  # fmt: skip
def test_what_could_mean_something_else_is_refused_where_it_stands(
    tmp_path: Path, line: str, column: int, mend: str
) -> None:
    with pytest.raises(BadSettings) as caught:
        said(tmp_path, line)
    assert f"brand.yaml:5:{column}: " in str(caught.value)
    assert mend in str(caught.value)


def test_people_cannot_share_an_id_or_a_mark(tmp_path: Path) -> None:
    for twin in ("{id: maya, name: M, role: staff}", "{id: m, name: M, role: agency, marks: ['^mj']}"):
        maya = "{id: maya, name: Maya, role: owner, email: maya@example.org, marks: ['^MJ']}"
        with pytest.raises(BadSettings, match="twice"):
            said(tmp_path, f"people: [{maya}, {twin}]", HEAD[: HEAD.index("people")])


def test_nobody_to_read_is_told_at_the_people(tmp_path: Path) -> None:
    for people, words in (
        ("[]", "at least 1 must stand here"),
        ("[{id: a, name: A, role: owner}]", "an email"),
    ):
        with pytest.raises(BadSettings, match=words) as caught:
            said(tmp_path, f"people: {people}", HEAD[: HEAD.index("people")])
        assert "brand.yaml:4:9: " in str(caught.value)


def test_one_account_in_two_files_belongs_to_one_whatever_the_case_of_its_letters(tmp_path: Path) -> None:
    (tmp_path / "brands").mkdir()
    for name, handle in (("one", "Bakery"), ("two", "bakery")):
        text = HEAD.replace("bakery", name) + f"accounts: [{{platform: x, handle: '{handle}'}}]\n"
        (tmp_path / "brands" / f"{name}.yaml").write_text(text)
    with pytest.raises(BadSettings, match=r"two.yaml:5:34: x/bakery belongs to the brand 'one' already"):
        load_home(tmp_path, process={})


#: 2026-06-06 is a Saturday, 2026-06-10 a Wednesday, 2026-06-08 a Monday.
@pytest.mark.parametrize(
    ("line", "start", "end", "minutes"),
    [
        ("hours: {sat: closed, sun: closed}", "2026-06-06T10:00", "2026-06-06T12:00", 0),
        ("hours: {sat: closed, sun: closed}", "2026-06-05T23:00", "2026-06-08T01:00", 120),
        ("hours: {mon: '09:00-17:00'}", "2026-06-09T00:00", "2026-06-15T09:01", 1),
        ("holidays: {extra: ['2026-06-10']}", "2026-06-10T10:00", "2026-06-10T12:00", 0),
        ("holidays: {extra: ['2026-06-10']}", "2026-06-09T23:00", "2026-06-11T00:30", 90),
        ("holidays: {country: US}", "2026-07-03T12:00", "2026-07-03T13:00", 0),
        ("hours: {mon: ['09:00-13:00', '12:00-17:00']}", "2026-06-08T12:00", "2026-06-08T12:45", 45),
        ("hours: {mon: ['12:00-17:00', '09:00-13:00']}", "2026-06-08T00:00", "2026-06-09T00:00", 480),
        ("hours: {mon: ['09:00-17:00', '10:00-11:00']}", "2026-06-08T00:00", "2026-06-09T00:00", 480),
        ("hours: {mon: ['09:00-17:00', '09:00-17:00']}", "2026-06-08T00:00", "2026-06-09T00:00", 480),
        ("hours: {mon: '20:00-03:00', tue: '02:00-04:00'}", "2026-06-08T00:00", "2026-06-10T00:00", 480),
        ("hours: {mon: ['09:00-13:00', '13:00-17:00']}", "2026-06-08T00:00", "2026-06-09T00:00", 480),
    ],
)  # fmt: skip
def test_hours_are_what_a_reader_takes_them_for(
    tmp_path: Path, line: str, start: str, end: str, minutes: int
) -> None:
    begun, ended = (datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (start, end))
    assert said(tmp_path, line).business_hours(ended).elapsed(begun, ended) == timedelta(minutes=minutes)


def test_a_pack_of_the_owners_is_a_folder_of_the_home_with_or_without_a_slash(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    brand = said(tmp_path, "policies: [starter, ours, ./ours]")
    assert brand.packs(tmp_path) == ("starter", tmp_path / "ours", tmp_path / "ours")
