"""What the digest reads."""

from __future__ import annotations

from datetime import date

from store_values import BRAND, HAPPY, NOW, X, at, finding, judgement, key, post, save

from policies.model.finding import Severity
from policies.model.keys import ThreadKey
from policies.model.post import Direction
from storage.store import Store
from storage.views import DayCount, PeriodCounts

DAY = 24 * 60
PERIOD = {"since": NOW, "until": at(DAY)}


def fill(store: Store) -> None:
    save(
        store,
        post("a", "guaranteed", created_at=at(1)),
        post("b", "fine", created_at=at(2)),
        post("c", "late", created_at=at(DAY)),
        post("d", "early", created_at=at(-1)),
        post("q", "why?", created_at=at(3), direction=Direction.INBOUND, thread_id="d"),
    )
    save(store, post("b", "fine!", created_at=at(2)))
    shadow = finding("a", "trial", shadow=True)
    store.judgements.record(
        BRAND,
        [
            judgement("a", finding("a"), finding("a", "tiny", Severity.INFO), shadow),
            judgement("q", reading=HAPPY),
            judgement("d", finding("d", severity=Severity.CRITICAL)),
        ],
        now=at(5),
    )


def test_counts_by_day(store: Store) -> None:
    fill(store)
    assert store.periods.days(BRAND, since=at(-1), until=at(DAY + 1)) == [
        DayCount(day=date(2026, 11, 20), outbound=3, inbound=1, findings=3),
        DayCount(day=date(2026, 11, 21), outbound=1, inbound=0, findings=0),
    ]


def test_findings_of_a_period_the_worst_first(store: Store) -> None:
    fill(store)
    found = store.periods.findings(BRAND, **PERIOD, at_least=Severity.INFO, limit=9)
    assert [(f.finding.severity, s.post.key.external_id) for f, s in found] == [
        (Severity.CRITICAL, "d"),
        (Severity.BREACH, "a"),
        (Severity.INFO, "a"),
    ]
    assert found[1][0].finding == finding("a")
    assert len(store.periods.findings(BRAND, **PERIOD, at_least=Severity.INFO, limit=2)) == 2
    assert store.periods.count_findings(BRAND, **PERIOD, at_least=Severity.BREACH) == 2
    assert store.periods.count_findings(BRAND, since=at(6), until=at(9), at_least=Severity.INFO) == 0
    ((trial, _),) = store.periods.findings(BRAND, **PERIOD, at_least=Severity.INFO, limit=9, shadow=True)
    assert trial.finding.matched == "trial"
    assert store.periods.count_findings(BRAND, **PERIOD, at_least=Severity.INFO) == 3


def test_the_sample_leaves_out_what_was_flagged_deleted_or_said_by_others(store: Store) -> None:
    fill(store)
    save(store, *(post(f"s{n}", created_at=at(10)) for n in range(30)), post("x", created_at=at(10)))
    store.posts.mark_deleted([key("x")], now=at(11))

    def sample(seed: int) -> list[str]:
        found = store.periods.sample(BRAND, **PERIOD, n=3, seed=seed)
        return [one.post.key.external_id for one in found]

    assert sample(1) == sample(1)
    picked = {one for seed in range(200) for one in sample(seed)}
    assert picked == {"b", *(f"s{n}" for n in range(30))}
    assert len(store.periods.sample(BRAND, **PERIOD, n=99, seed=1)) == 31


def test_conversations_come_whole_with_their_tone(store: Store) -> None:
    fill(store)
    views = store.periods.threads(BRAND, **PERIOD)
    assert [(v.thread.thread_id, [p.text for p in v.thread.posts]) for v in views] == [
        ("d", ["early", "why?"]),
        ("b", ["fine!"]),
        ("a", ["guaranteed"]),
    ]
    assert views[0].readings == {key("q"): HAPPY}
    assert views[0].key == ThreadKey(account=X, thread_id="d")
    assert len(store.periods.threads(BRAND, **PERIOD, limit=1)) == 1


def test_the_tone_of_an_edited_text_is_not_the_old_one(store: Store) -> None:
    save(store, post(1))
    store.judgements.record(BRAND, [judgement(1, reading=HAPPY)], now=NOW)
    save(store, post(1, "angry"))
    assert store.periods.threads(BRAND, **PERIOD)[0].readings == {}


def test_a_period_in_numbers(store: Store) -> None:
    fill(store)
    assert store.periods.counts(BRAND, **PERIOD) == PeriodCounts(outbound=2, inbound=1, flagged=1, closed=0)
    store.posts.mark_deleted([key("a")], now=at(6))
    assert store.periods.counts(BRAND, **PERIOD).closed == 1
    assert store.periods.counts("nobody", **PERIOD) == PeriodCounts(
        outbound=0, inbound=0, flagged=0, closed=0
    )
