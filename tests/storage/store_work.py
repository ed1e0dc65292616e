"""What child processes do to a store in the tests of faults. Everything follows from the page number."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from store_values import AGENCY, BRAND, OWN, OWNER, X, at, finding, judgement, message, post, save

from policies.model.cases.flagged import FlaggedAction, FlaggedState
from policies.model.cases.machinery import IllegalTransition
from policies.model.finding import Severity
from storage.engines import open_store
from storage.store import Store
from storage.views import Charge

PAGE, CASES = 6, 20


def poll(path: Path, pages: int) -> None:
    """Pull, judge, decide and write digests until all pages are in; resumes where it was stopped."""
    with open_store(path) as store:
        store.brands.sync(BRAND, accounts=[X], people=[OWNER, AGENCY], now=at(0))
        while (done := pages_in(store)) < pages:
            _follow_up(store, done)
            save(store, *_page(done), cursor={"pages": done + 1}, now=at(done), charges=_charges(done))
        _follow_up(store, pages)


def pages_in(store: Store) -> int:
    """What the cursor says."""
    cursor = store.streams.cursor(OWN)
    return 0 if cursor is None else cursor["pages"]


def _page(n: int) -> list[Any]:
    fresh = [post(n * PAGE + i, f"guaranteed {n}" if i < 2 else f"fine {n}") for i in range(PAGE)]
    if n == 0:
        return fresh
    before = (n - 1) * PAGE
    return [*fresh, post(before, "mended", edited_at=at(n)), post(before + 5, "", deleted_at=at(n))]


def _charges(n: int) -> list[Charge]:
    return [Charge(resource="post", id=str(n * PAGE + i), micro_dollars=5) for i in range(PAGE)]


def _follow_up(store: Store, done: int) -> None:
    now = at(done)
    waiting = store.posts.unjudged(BRAND, limit=1000)
    store.judgements.record(BRAND, [_judge(one.post, one.revision) for one in waiting], now=now)
    for one in store.news.untold(BRAND):
        store.outbox.put_alert(message(f"alert {one.view.case.id}"), one.fingerprints, now=now)
    if done % 5 == 0:
        note = message(f"digest {done}", "digest")
        store.digests.save(BRAND, slot=f"{done:05}", since=at(done - 5), until=now, message=note, now=now)
    for view in store.cases.find(BRAND, states=[FlaggedState.OPEN], limit=1):
        once = f"form {done}"
        with suppress(IllegalTransition):  # the form was spent on another case before the kill
            store.cases.act(
                BRAND, view.case.id, FlaggedAction.DISPUTE, person=AGENCY, note="", now=now, once=once
            )


def _judge(one: Any, revision: int) -> Any:
    if not one.text.startswith("guaranteed"):
        return judgement(one.key.external_id, revision=revision)
    severity = Severity.CRITICAL if int(one.key.external_id) % (4 * PAGE) == 1 else Severity.BREACH
    return judgement(one.key.external_id, finding(one.key.external_id, severity=severity), revision=revision)


def decide(path: Path, worker: int, decisions: int) -> None:
    """The owner decides again and again about some cases."""
    with open_store(path) as store:
        for n in range(decisions):
            store.cases.act(
                BRAND,
                1 + n % CASES,
                FlaggedAction.UPHOLD,
                person=OWNER,
                note=f"{worker}/{n}",
                now=at(n),
                once=f"{worker}/{n}",
            )


def fill(path: Path, result: Path) -> None:
    """Save pages until the disk is full, then say how far it came and what was said."""
    from storage.errors import StoreFull

    with open_store(path) as store:
        kept = 0
        try:
            while True:
                save(store, *(post(kept + i, "x" * 4000) for i in range(10)), cursor={"kept": kept + 10})
                kept += 10
        except StoreFull as error:
            result.write_text(f"{kept} {error.permanent} {error}")
