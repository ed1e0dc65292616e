"""README.md and docs/: the commands exist, the links lead somewhere, the numbers are those of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import design_table
import pytest

from benchmarks import structure
from bot.cli import COMMANDS, main
from bot.connectors import site_of, sites
from bot.connectors.shared.site import Site
from bot.health import Health
from bot.settings.service import known_names

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/configuration.md",
    "docs/operations.md",
    "docs/design.md",
    "docs/platforms.md",
    "docs/tour.md",
    "docs/faults.md",
    "bot/connectors/x/README.md",
    "bot/connectors/reddit/README.md",
]
SCREENSHOTS = {f"docs/screenshots/{name}.png" for name in ("alert", "digest", "queue")}


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def links() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
            if "://" not in target:
                yield page, target


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_links_lead_somewhere(page: str, target: str) -> None:
    path, _, anchor = target.partition("#")
    file = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    if str(file.relative_to(ROOT)) in SCREENSHOTS and not file.parent.exists():
        pytest.skip("the pictures are made by `make demo` where there is a browser")
    assert file.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w\- ]", "", h).lower().replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_their_options_exist(page: str) -> None:
    for words in re.findall(
        r"\boversight ((?:--home \S+ )?[a-z]+(?:-[a-z]+)*(?: [^`|\n#]*)?)", text_of(page)
    ):
        parts = [part for part in words.split() if part != "--home" and "/" not in part]
        if not parts or parts[0] not in COMMANDS:
            assert page == "docs/design.md" or f"`oversight {words}" not in text_of(page), words
            continue
        command = main.get_command(click.Context(main), parts[0])
        assert command is not None
        if isinstance(command, click.Group) and len(parts) > 1 and parts[1].islower() and parts[1].isalpha():
            command = command.get_command(click.Context(command), parts[1])
            assert command is not None, words
        known = {name for option in command.params for name in option.opts} | {"--help"}
        for option in re.findall(r"(?<=\s)--[a-z-]+", " ".join(["", *parts])):
            assert option in known, words


def test_make_targets_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert {"demo", "test"} <= targets
    for page in PAGES:
        assert set(re.findall(r"(?:^|`|(?:sudo|&&) )make ([a-z]+)", text_of(page), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_settings_that_are_named_exist(page: str) -> None:
    named = set(re.findall(r"\b(?:OVERSIGHT|X|REDDIT)_[A-Z_]+[A-Z]\b", text_of(page)))
    known = {*known_names(), "X_BAKERY_BEARER_TOKEN", "OVERSIGHT_X_PRICE"}
    assert {name.removesuffix("_FILE") for name in named} <= known


def test_prices_are_those_of_the_settings() -> None:
    text = text_of("README.md")
    prices = site_of("x").prices
    assert f"${prices.owned}" in text
    assert f"${prices.post}" in text
    month = 25 * 30 * prices.owned + 60 * 30 * prices.post
    assert f"= ${month:.2f};" in text
    assert f"${2 * month:.2f}" in text


@pytest.mark.parametrize("site", sites(), ids=lambda site: site.name)
def test_a_site_s_page_has_its_figures(site: Site) -> None:
    lists = ", ".join(f"{stream.name} {stream.window}" for stream in site.streams)
    changes = f"{site.edits_for // timedelta(minutes=1)} minutes" if site.edits_for else "ever"
    prices = ", ".join(f"{price:g}" for price in (site.prices.post, site.prices.owned, site.prices.user))
    text = text_of(f"bot/connectors/{site.name}/README.md")
    assert f"| {lists} | {changes} | {prices} | {site.tried} |" in text
    assert text.startswith(f"# {site.title}\n")


def test_the_table_of_the_design_is_current_and_says_something_of_everything() -> None:
    """`make docs` writes it again."""
    assert design_table.PAGE.read_text(encoding="utf-8") == design_table.page()
    for room in design_table.ROOMS:
        assert [place for place, said in design_table.places(ROOT / room) if not said] == []


def test_the_design_has_the_order_of_the_rooms_that_is_checked() -> None:
    order = text_of("docs/design.md").partition("cli > ")[2].partition("```")[0]
    written = [sorted(re.findall(r"\w+", line)) for line in f"cli > {order}".split(">")]
    assert written == [sorted(line) for line in structure.layers()]


def test_every_target_that_is_no_file_has_a_recipe() -> None:
    makefile = text_of("Makefile")
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    rules = re.findall(r"^([a-z-]+):(.*)\n(\t?)", makefile, re.MULTILINE)
    assert phony == {name for name, needs, recipe in rules if recipe or needs.split("##")[0].strip()}


def test_the_metrics_in_the_docs_are_those_that_are_served(tmp_path: Path) -> None:
    import sys
    from datetime import UTC, datetime

    sys.path.append(str(ROOT / "tests" / "faults"))
    from fault_stage import KeptMail, brand_file, make_home, working

    home = make_home(tmp_path, {}, brand_file(accounts=[], policies=["starter"]))
    with working(home, lambda: datetime(2026, 11, 2, tzinfo=UTC), channel=KeptMail()) as work:
        served = set(re.findall(r"^# TYPE (oversight_\w+)", Health(work).metrics().decode(), re.MULTILINE))
    assert served == set(re.findall(r"`(oversight_\w+)`", text_of("docs/operations.md")))
