"""brand.yaml: what it means, and what is said of mistakes in it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings.brand import Brand
from bot.settings.home import load_home, read_brand
from bot.settings.starter import brand_schema, brand_text, write_home

GOOD = {
    "brand": "bakery",
    "name": "Juniper & Rye",
    "time_zone": "America/New_York",
    "hours": {"mon": "07:00-18:00", "sat": ["07:00-12:00", "13:00-16:00"]},
    "holidays": {"country": "US", "region": "ME", "extra": ["2026-12-24"]},
    "answer_within": "1h 30m",
    "accounts": [{"platform": "x", "handle": "@juniperandrye", "every": "15m", "monthly_budget": 5}],
    "people": [
        {"id": "maya", "name": "Maya", "role": "owner", "email": "maya@example.org"},
        {"id": "tk", "name": "Tomás", "role": "agency", "marks": ["^TK"]},
    ],
    "digest": {"times": ["07:30", "18:00"]},
}


def brand_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "brand.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_is_understood(tmp_path: Path) -> None:
    brand = read_brand(brand_file(tmp_path, brand_text(GOOD)))
    assert brand.accounts[0].handle == "juniperandrye"
    assert brand.answer_within == timedelta(minutes=90)
    assert brand.digest.times == (time(7, 30), time(18))
    assert [p.id for p in brand.recipients()] == ["maya"]
    assert brand.owner.name == "Maya"


def test_business_hours_know_holidays_and_the_time_zone(tmp_path: Path) -> None:
    brand = read_brand(brand_file(tmp_path, brand_text(GOOD)))
    hours = brand.business_hours(datetime(2026, 11, 22, tzinfo=UTC))
    assert {date(2026, 12, 25), date(2026, 12, 24)} <= hours.holidays
    assert hours.is_open(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))  # Monday 07:30 in New York
    assert not hours.is_open(datetime(2026, 11, 23, 11, 30, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 28, 17, 30, tzinfo=UTC))  # Saturday's break
    assert hours.elapsed(
        datetime(2026, 11, 28, 16, 30, tzinfo=UTC), datetime(2026, 11, 28, 18, 30, tzinfo=UTC)
    ) == timedelta(hours=1)


def test_round_the_clock_is_so_in_the_brands_own_zone(tmp_path: Path) -> None:
    brand = read_brand(brand_file(tmp_path, brand_text({**GOOD, "hours": {}})))
    hours = brand.business_hours(datetime(2026, 11, 22, tzinfo=UTC))
    assert hours.zone.key == "America/New_York"
    two_days = datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    assert hours.elapsed(*two_days) == timedelta(days=2)


def test_campaigns_have_days_and_marks(tmp_path: Path) -> None:
    spring = {"name": "spring menu", "from": "2026-04-01", "until": "2026-04-30", "hashtags": ["#springmenu"]}
    (entry,) = read_brand(brand_file(tmp_path, brand_text({**GOOD, "campaigns": [spring]}))).campaigns
    campaign = entry.value()
    assert (campaign.since, campaign.until) == (date(2026, 4, 1), date(2026, 4, 30))
    assert campaign.hashtags == ("#springmenu",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("time_zone: America/Nowhere", "no time zone"),
        ("tme_zone: UTC", "Did you mean 'time_zone'?"),
        ("answer_within: soon", "30m, 2h or 1d"),
        ("name: {", ""),
    ],
)
def test_a_mistake_names_line_and_mend(tmp_path: Path, change: str, words: str) -> None:
    text = brand_text({k: v for k, v in GOOD.items() if not change.startswith(f"{k}:")})
    path = brand_file(tmp_path, f"{change}\n{text}")
    with pytest.raises(ConfigError) as caught:
        read_brand(path)
    assert f"{path}:" in str(caught.value)
    assert words in str(caught.value)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = brand_text({**GOOD, "time_zone": "Mars", "answer_within": "soon", "colour": "red"})
    with pytest.raises(ConfigError) as caught:
        read_brand(brand_file(tmp_path, text))
    assert len(str(caught.value).splitlines()) >= 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"campaigns": [{"name": "spring"}]}, "nothing tells its posts"),
        (
            {"campaigns": [{"name": "a", "links": ["a"], "from": "2026-04-02", "until": "2026-04-01"}]},
            "`until` lies before `from`",
        ),
        ({"people": [GOOD["people"][0], GOOD["people"][0]]}, "twice"),  # type: ignore[index]
        ({"accounts": GOOD["accounts"] * 2}, "twice"),  # type: ignore[operator]
        ({"people": [{"id": "a", "name": "A", "role": "owner"}]}, "Give the owner an email"),
        ({"digest": {"to": ["nobody"]}}, "not under people"),
        ({"holidays": {"country": "ZZ"}}, "no public holidays"),
        ({"hours": {"mon": "all day"}}, "opening hours"),
        ({"accounts": [{"platform": "x", "handle": "two words"}]}, "no handle"),
    ],
)
def test_contradictions_are_refused(tmp_path: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        read_brand(brand_file(tmp_path, brand_text({**GOOD, **change})))


def test_one_account_belongs_to_one_brand(tmp_path: Path) -> None:
    write_home(tmp_path, env={}, brands=[GOOD, {**GOOD, "brand": "other"}])
    with pytest.raises(ConfigError, match="belongs to the brand 'bakery' already"):
        load_home(tmp_path, process={})


def test_mistakes_in_all_files_come_together(tmp_path: Path) -> None:
    write_home(tmp_path, env={}, brands=[{**GOOD, "time_zone": "Mars"}])
    (tmp_path / ".env").write_text("OVERSIGHT_LISTEN_PORT=x\n")
    with pytest.raises(ConfigError) as caught:
        load_home(tmp_path, process={})
    assert "bakery.yaml" in str(caught.value)
    assert ".env:1:1" in str(caught.value)


def test_the_schema_knows_every_field() -> None:
    schema = brand_schema()
    assert set(schema["properties"]) == set(Brand.model_fields)
    assert json.loads(json.dumps(schema)) == schema


def test_writing_never_overwrites(tmp_path: Path) -> None:
    write_home(tmp_path, env={}, brands=[GOOD])
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(ConfigError, match="there already"):
        write_home(tmp_path, env={"OVERSIGHT_LISTEN_PORT": "1"}, brands=[{**GOOD, "name": "Another"}])
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


#: Every field that an account could have before each platform had options of its own.
BEFORE = """\
brand: bakery
name: Juniper & Rye
time_zone: America/New_York
answer_within: 2h
accounts:
  - platform: x
    handle: "@juniperandrye"
    credentials: BAKERY
    every: 15m
    first_days: 60
    monthly_budget: 5.00
    owned: false
    author_names: true
    subreddits: [juniperandrye]
    look_again: {same_day: false, after: [1d, 7d]}
  - platform: reddit
    handle: u/juniperandrye
    owned: true
    author_names: false
    subreddits: [juniperandrye, portlandmaine]
people:
  - {id: maya, name: Maya Lindqvist, role: owner, email: maya@example.org}
"""


def test_a_file_of_the_first_release_says_what_it_said_then(tmp_path: Path) -> None:
    x, reddit = read_brand(brand_file(tmp_path, BEFORE)).account_refs()
    assert (x.platform, x.handle) == ("x", "juniperandrye")
    assert x.options == {"credentials": "BAKERY", "first_days": 60, "owned": False, "author_names": True}
    assert (reddit.platform, reddit.handle) == ("reddit", "juniperandrye")
    assert reddit.options["subreddits"] == ("juniperandrye", "portlandmaine")
    account = read_brand(brand_file(tmp_path, BEFORE)).accounts[0]
    assert (account.every, account.monthly_budget) == (timedelta(minutes=15), 5.0)
    assert account.look_again.after == (timedelta(days=1), timedelta(days=7))


def test_the_file_in_the_documentation_is_understood(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
    block = page.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "policies" / "ours").mkdir(parents=True)
    brand = read_brand(brand_file(tmp_path, block))
    assert [account.key.platform for account in brand.accounts] == ["x", "reddit"]
