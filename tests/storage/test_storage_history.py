"""Any order of pages, edits and deletions gives the history that a simple model of it expects."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store_values import AGENCY, BRAND, NOW, OWNER, X, at, finding, judgement, key, post, save

from policies.model.keys import ThreadKey
from storage.engines import open_store

IDS = st.integers(0, 3)
TEXTS = st.sampled_from(["guaranteed", "fine", "\ud800\x00", "guaranteed too", ""])


@dataclass
class Expected:
    """What we should remember of one post."""

    texts: list[str] = field(default_factory=list)
    deleted_at: datetime | None = None
    judged: int = 0
    open: bool = False  # whether a finding stands


class History(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "oversight.db"
        self.store = open_store(self.path)
        self.store.brands.sync(BRAND, accounts=[X], people=[OWNER, AGENCY], now=NOW)
        self.posts: dict[int, Expected] = {}
        self.minute = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(page=st.lists(st.tuples(IDS, TEXTS), max_size=5))
    def save_page(self, page: list[tuple[int, str]]) -> None:
        self.minute += 1
        new, revised = [], []
        for number, text in page:
            one = self.posts.get(number)
            if one is None:
                self.posts[number] = Expected(texts=[text])
                new.append(key(number))
            elif one.texts[-1] != text:  # a text served after a deletion is evidence too
                one.texts.append(text)
                revised.append(key(number))
        sent = [post(number, text) for number, text in page]
        saved = save(self.store, *sent, cursor={"minute": self.minute}, now=at(self.minute))
        assert (set(saved.new), sorted(saved.revised)) == (set(new), sorted(revised))
        assert len(saved.new) + len(saved.revised) + saved.unchanged + len(saved.deleted) == len(page)

    @rule(number=IDS, by_page=st.booleans())
    def delete(self, number: int, by_page: bool) -> None:
        self.minute += 1
        one = self.posts.get(number)
        if one is None:
            assert self.store.posts.mark_deleted([key(number)], now=at(self.minute)) == 0
            return
        if by_page:
            save(self.store, post(number, "[gone]", deleted_at=at(self.minute)), now=at(self.minute))
        else:
            self.store.posts.mark_deleted([key(number)], now=at(self.minute))
        one.deleted_at = one.deleted_at or at(self.minute)
        one.open = False

    @rule()
    def judge(self) -> None:
        self.minute += 1
        waiting = self.store.posts.unjudged(BRAND, limit=99)
        due = {number for number, one in self.posts.items() if one.judged < len(one.texts)}
        assert {int(one.post.key.external_id) for one in waiting} == due
        judged = []
        for one in waiting:
            number = one.post.key.external_id
            found = [finding(number, one.post.text)] if "guaranteed" in one.post.text else []
            judged.append(judgement(number, *found, revision=one.revision))
        self.store.judgements.record(BRAND, judged, now=at(self.minute))
        for number in due:
            one = self.posts[number]
            one.judged = len(one.texts)
            one.open = "guaranteed" in one.texts[-1] and one.deleted_at is None

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = open_store(self.path)

    @invariant()
    def newest_text_and_deletion_are_kept(self) -> None:
        for number, one in self.posts.items():
            thread = self.store.posts.thread(ThreadKey(account=X, thread_id=str(number)))
            assert thread is not None
            (held,) = thread.posts
            assert (held.text, held.deleted_at) == (one.texts[-1], one.deleted_at)

    @invariant()
    def open_cases_are_those_with_findings_that_stand(self) -> None:
        views = self.store.cases.find(BRAND)
        standing = {int(v.post.key.external_id) for v in views if not v.case.closed}
        assert standing == {number for number, one in self.posts.items() if one.open}
        for view in views:
            expected = self.posts[int(view.post.key.external_id)]
            assert [r.text for r in view.revisions] == expected.texts
        self.store.audit.verify()


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=6, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
)
