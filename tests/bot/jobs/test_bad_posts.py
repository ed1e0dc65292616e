"""A text that breaks the judging is noted as not judged: it silences nobody else, and is not tried for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from watch_stage import UpsetScorer, plain, said, staged

from bot.jobs.check import judge_batch
from bot.jobs.digest import send_now
from policies.model.keys import AccountKey, StreamKey
from policies.scoring import Reading

pytestmark = pytest.mark.usefixtures("quiet")

CAKE = said("cake", 0, "Nut free cookies all week!", author="examplebrand")
BAD = said("bad", 7, "kaboom, this is awful", author="othercustomer")
ILL = said("ill", 8, "Awful: my son's lip is swollen after your cookie", parent="cake")
CARD = said("card", 9, "Your card 4111 1111 1111 1111 is noted.", author="examplebrand", parent="ill")


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A model that breaks at one word; the texts at which it did."""
    broke: list[str] = []
    real = UpsetScorer.read

    def read(self: UpsetScorer, texts: Sequence[str]) -> list[Reading]:
        bad = [text for text in texts if "kaboom" in text]
        broke.extend(bad)
        if bad:
            raise OverflowError("date value out of range")
        return real(self, texts)

    monkeypatch.setattr(UpsetScorer, "read", read)
    return broke


def test_a_post_that_breaks_the_judging_silences_nobody(tmp_path: Path, breaking: list[str]) -> None:
    with staged(tmp_path, CAKE, BAD, ILL, CARD) as stage:
        stage.live()
        kinds = sorted(view.case.kind.name for view in stage.cases())
        assert kinds == ["conversation", "post"], "the client and the card are known"
        assert any("needs you now" in plain(mail) for mail in stage.mails())
        tries = len(breaking)
        stage.live(timedelta(minutes=30))
        assert len(breaking) == tries, "it is not tried for ever"
        assert send_now(stage.work, "example", stage.box.clock.now())
        stage.live(timedelta(minutes=1))
        digest = plain(stage.mails(but="nothing at all")[-1])
        assert "broke the judging" in digest, "what was not checked is said"


def test_a_model_that_breaks_at_everything_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with staged(tmp_path, CAKE) as stage:
        work, now = stage.work, stage.box.clock.now()
        first = work.store.posts.history(
            AccountKey(platform="x", handle="examplebrand"), since=now, until=now
        )
        again = [replace(post, text=f"Loaf {n}", edited_at=now) for n, post in enumerate(first)]
        stream = StreamKey(account=first[0].key.account_key, stream="own")
        work.store.posts.save("example", stream, again, cursor=None, now=now)
        with monkeypatch.context() as broken:
            broken.setattr(UpsetScorer, "read", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                judge_batch(work, "example", now)
        assert len(work.store.posts.unjudged("example", limit=10)) == len(again) > 0
        assert judge_batch(work, "example", now)
        assert work.store.posts.unjudged("example", limit=10) == []
