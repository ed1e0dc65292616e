"""A business whose every post is stopped at is told so in the digest, once, with what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import yaml
from watch_stage import plain, said, staged

RULE = {"id": "of-death", "title": "Writes of death", "topic": "death", "severity": "warn",
        "why": "Death is no matter for posts.", "check": {"terms": ["put to sleep"]}}  # fmt: skip


def test_a_vet_who_writes_of_death_is_told_that_this_is_ordinary_for_her(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "pack.yaml").write_text(yaml.safe_dump({"rules": [RULE]}), encoding="utf-8")
    posts = [
        said(f"dog{n}", 6 + n, f"Old Rex number {n} was put to sleep at home.", author="examplebrand")
        for n in range(24)
    ]
    with staged(tmp_path, *posts, policies=["mine"]) as stage:
        stage.live(timedelta(minutes=45))
        for _ in range(3 * 50):
            stage.box.clock.advance(timedelta(minutes=20))
            stage.scheduler.run_due(stage.box.clock.now())
        told = [plain(one) for one in stage.mails(but="nothing at all")]
        floods = [text for text in told if "that seems ordinary for you" in text]
        assert len(floods) == 1, told
        assert "“Writes of death” stopped at 24 of 24 posts" in floods[0]
