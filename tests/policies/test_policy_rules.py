"""Checks put together, where and when a rule applies, and what it says."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rule_helpers import NOW, engine, found, post, talk
from rule_stage import flags

from policies.engine import Context
from policies.model.post import Direction, Kind


def test_thread_must_be_followed_in_time(tmp_path: Path) -> None:
    check = {"thread": {"first": {"terms": ["allergic"]}, "then": {"terms": ["owner"]}, "within": "4h"}}
    eng = engine(tmp_path, {"check": check})

    def judged(answer: str, hours: float) -> bool:
        thread = talk(("anna", "I am allergic to nuts, was there any?", 0), ("brand", answer, hours))
        return bool(eng.check(thread.posts[1], Context(thread=thread)))

    assert judged("Thanks for asking!", 1)
    assert judged("The owner will call you", 5)
    assert not judged("The owner will call you", 1)


def test_parent_any_all_not_and_unless(tmp_path: Path) -> None:
    eng = engine(
        tmp_path,
        {
            "check": {"all": [{"parent": {"terms": ["cold"]}}, {"not": {"terms": ["sorry"]}}]},
            "unless": {"pattern": r"\?"},
        },
    )

    def judged(answer: str) -> bool:
        thread = talk(("anna", "The soup was cold", 0), ("brand", answer, 1))
        return bool(eng.check(thread.posts[1], Context(thread=thread)))

    assert judged("Noted.")
    assert not judged("So sorry.")
    assert not judged("Noted?")


def test_same_sentence(tmp_path: Path) -> None:
    check = {"sentence": {"all": [{"terms": ["cure"]}, {"terms": ["flu"]}], "none": [{"terms": ["doctor"]}]}}
    assert flags(tmp_path, check, "Good morning. Our tea cures flu!")
    assert not flags(tmp_path, check, "Our tea is a cure for boredom. Flu season is here.")
    assert not flags(tmp_path, check, "Ask your doctor what cures flu.")


@pytest.mark.parametrize(
    ("applies", "changes", "wanted"),
    [
        ({}, {}, True),
        ({}, {"direction": Direction.INBOUND}, False),
        ({"direction": "both"}, {"direction": Direction.INBOUND}, True),
        ({"platform": "reddit"}, {}, False),
        ({"kind": "reply"}, {"kind": Kind.REPLY}, True),
        ({"language": "en"}, {"lang": "de"}, False),
        ({"language": "en"}, {}, True),
        ({"author": "owner"}, {}, False),
        ({"campaign": "spring"}, {}, False),
    ],
)
def test_where_a_rule_applies(
    tmp_path: Path, applies: dict[str, Any], changes: dict[str, Any], wanted: bool
) -> None:
    eng = engine(tmp_path, {"check": {"terms": ["bread"]}, "applies": applies})
    assert bool(found(eng, "bread", **changes)) is wanted


def test_when_a_rule_applies_and_what_is_excused(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"terms": ["bread"]}, "when": {"from": "2026-06-04"}})
    assert not found(eng, "bread")
    assert found(eng, "bread", created_at=NOW + timedelta(days=1))
    excused = {
        "rule": "a-rule",
        "reason": "agreed",
        "approver": "Ann",
        "until": "2026-06-03",
        "words": "bread",
    }
    eng = engine(tmp_path, {"check": {"terms": ["bread", "cake"]}}, suppressions=[excused])
    assert not found(eng, "bread")
    assert found(eng, "cake")
    assert found(eng, "bread", created_at=NOW + timedelta(days=1))


def test_shadow_and_retired(tmp_path: Path) -> None:
    eng = engine(
        tmp_path,
        {"id": "r1", "check": {"terms": ["bread"]}, "status": "shadow"},
        {"id": "r2", "check": {"terms": ["bread"]}, "status": "retired"},
    )
    assert [(f.rule, f.shadow) for f in found(eng, "bread")] == [("r1", True)]
    assert [e.reason for e in eng.explain(post("bread"))][1] == "it is retired"


def test_messages_fill_in_only_what_the_owner_named(tmp_path: Path) -> None:
    eng = engine(tmp_path, {"check": {"terms": ["bread"]}, "say": "{title} by {author}: {words}"})
    assert found(eng, "bread {title}", author="{words}")[0].message == "A rule by {words}: “bread”"
