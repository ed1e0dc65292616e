"""A post longer than any platform takes is judged as far as it goes, and the digest says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fault_stage import KeptMail, brand_file, make_home, working

from bot.jobs.check import check
from bot.jobs.digest import preview
from policies.import_format import read_post
from policies.model.coverage import Why
from policies.model.keys import AccountKey, StreamKey
from policies.served import LONGEST_JUDGED

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LINE = (
    '{"platform": "x", "account": "examplebrand", "external_id": "1", "direction": "outbound", "kind": "post",'
    ' "author": "examplebrand", "created_at": "2026-11-02T11:00:00Z", "text": "t"}'
)
CARD = "It was paid with 4111 1111 1111 1111, exp 12/27."


def test_only_the_beginning_is_judged_and_that_is_said(tmp_path: Path) -> None:
    home = make_home(tmp_path, {}, brand_file(policies=["starter"]))
    stream = StreamKey(account=AccountKey(platform="x", handle="examplebrand"), stream="own")
    first = replace(read_post(LINE), text=f"{CARD} {'and so on ' * 10_000} {CARD}")
    with working(home, lambda: NOW, channel=KeptMail()) as work:
        work.store.posts.save("example", stream, [first], cursor=None, now=NOW)
        while check(work, "example", NOW).next_due_at <= NOW:
            pass
        period = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}
        (note,) = [n for n in work.store.periods.unchecked("example", **period) if n.why is Why.LONG]
        assert (note.count, note.parts) == (1, {"most": LONGEST_JUDGED})
        (view,) = work.store.cases.find("example", limit=9)
        assert all(span.end < LONGEST_JUDGED for one in view.findings for span in one.finding.spans)
        preview(work, "example", NOW + timedelta(hours=1), tmp_path / "out")
        words = (tmp_path / "out" / "digest.txt").read_text()
    assert "only the beginning" in words.replace("\n", " ")
