"""Each kind of check fires in the running daemon, on a post that came through a loopback platform."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

TESTS = Path(__file__).parents[2]
sys.path += [
    str(TESTS / "bot"),
    str(TESTS / "bot" / "judging" / "facts"),
    str(TESTS / "faults"),
    str(TESTS / "policies"),
]

import internet as stage  # noqa: E402
from bot_stage import eventually  # noqa: E402
from fault_stage import KeptMail, brand_file, make_home, working  # noqa: E402

from bot.daemon import Daemon  # noqa: E402
from bot.judging.facts.find import facts_from  # noqa: E402
from bot.judging.scorers.similar import OnnxEmbedder  # noqa: E402
from bot.sandbox import Photo, Publish, Sandbox, SandboxClock, story_of  # noqa: E402
from bot.sandbox.synthetic import BRAND, CUSTOMER, EPOCH  # noqa: E402
from policies.conditions import Condition  # noqa: E402
from policies.loader import load  # noqa: E402
from policies.model.finding import Severity  # noqa: E402

AFTER_SILENCE = EPOCH + timedelta(days=4)  #: midnight in the brand's New York
SAME = "Thank you so much for writing to us, we read every word of it."
#: For each kind of check, or use of one, a file: what it looks for, a post of its own, and a piece of the post to find.
KINDS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "kinds").glob("*.yaml"))
}
OWN = (
    "Our cheapest buns today",
    "Fresh rolls at one ^O",
    *(kind["post"] for kind in KINDS.values() if "post" in kind),
    "The last one of many",
)


def said(ref: str, at: datetime, text: str, author: str = BRAND, **changes: Any) -> Publish:
    return Publish(ref=ref, at=at, platform="x", author=author, text=text, **changes)


def story() -> tuple[Publish, ...]:
    cold = said("cold", AFTER_SILENCE, f"@{BRAND} the soup was cold", CUSTOMER)
    refund = said("refund", AFTER_SILENCE, f"@{BRAND} I want a refund", CUSTOMER)
    shown = (Photo(url="http://good.example/a.png"),)
    return (
        said("old", EPOCH, "Long ago we opened."),
        cold,
        refund,
        *(said(f"own{n}", AFTER_SILENCE + timedelta(minutes=n + 1), text) for n, text in enumerate(OWN)),
        said("picture", AFTER_SILENCE + timedelta(minutes=50), "A picture", photos=shown),
        said("first", AFTER_SILENCE + timedelta(hours=2), SAME, parent="refund"),
        said("second", AFTER_SILENCE + timedelta(hours=3), SAME, parent="cold"),
    )


class TextReader:
    """Reads pictures whose bytes are their words: what a real reader makes of pixels is tested apart."""

    def words(self, content: bytes) -> str:
        return content.decode()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[str]]]:
    """The texts that a rule found, after the daemon pulled and judged the whole story."""
    folder = tmp_path_factory.mktemp("home")
    write_pack(folder / "ours")
    box_story = story_of(*story())
    people = [
        {"id": "owner", "name": "Olive", "role": "owner", "email": "olive@example.org", "marks": ["^O"]},
        {"id": "agency", "name": "Ann", "role": "agency", "email": "ann@example.org", "marks": ["^AN"]},
    ]
    brand = brand_file(
        policies=["ours/pack.yaml"],
        people=people,
        campaigns=[{"name": "spring", "hashtags": ["#springmenu"]}],
    )
    with stage.internet() as (net, _), Sandbox(box_story, SandboxClock(box_story.end)) as box:
        net.page("http://gone.example/b", status=404)
        net.page("http://good.example/a.png", body=b"best in town")
        home = make_home(folder, {"OVERSIGHT_LISTEN_PORT": "0"}, brand)
        with working(home, box.clock, channel=KeptMail(), x_url=box.url("x")) as plain:
            facts = facts_from(net.network(), reader=TextReader())  # type: ignore[arg-type]
            work = replace(plain, facts=facts, embedder=OnnxEmbedder())
            with Daemon(home, work, tick=timedelta(milliseconds=100)):
                eventually(lambda: judged(work) == len(box_story.posts()), "the story was not judged")
            yield lambda rule: texts(work, rule)


def write_pack(folder: Path) -> None:
    rules = [
        {"id": name, "title": f"Finds {name}", "topic": "a-topic", "severity": "info", "why": "Because of the test.",
         "check": kind["check"], "applies": kind.get("applies", {})}
        for name, kind in KINDS.items()
    ]  # fmt: skip
    folder.mkdir()
    (folder / "pack.yaml").write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")


def judged(work: Any) -> int:
    """Posts that are stored and judged; 0 while some wait."""
    if work.store.posts.unjudged("example", limit=1):
        return 0
    views = work.store.periods.threads("example", since=EPOCH, until=work.clock(), limit=1000)
    return sum(len(view.thread.posts) for view in views)


def texts(work: Any, rule: str) -> list[str]:
    found = work.store.periods.findings(
        "example",
        since=datetime(2020, 1, 1, tzinfo=UTC),
        until=work.clock() + timedelta(days=1),
        at_least=Severity.INFO,
        limit=10_000,
    )
    keys = [one.finding.post for one, _ in found if one.finding.rule == rule]
    return [work.store.posts.get(key).post.text for key in keys]


@pytest.mark.parametrize("rule", KINDS)
def test_it_fires_in_the_daemon(rule: str, found: Callable[[str], list[str]]) -> None:
    assert any(KINDS[rule]["finds"] in text for text in found(rule)), found(rule)


def test_every_kind_of_check_is_among_them(tmp_path: Path) -> None:
    write_pack(tmp_path / "ours")
    parts = load([tmp_path / "ours" / "pack.yaml"]).checks()
    kinds = {part.kind for part in parts if isinstance(part, Condition)}
    assert kinds == set(Condition.model_fields)
