"""A platform that dates a post in the year 9999: what was told is shown beside when it was seen, and ends nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from watch_stage import plain, said, staged

from bot.connectors.x.fake import payload
from bot.jobs.digest import send_now
from bot.links import Purpose

TOLD = "9999-12-31T23:59:59.000Z"
CAKE = said("cake", 0, "Nut free cookies all week!", author="examplebrand")
ILL = said("ill", 8, "Awful: my son's lip is swollen after your cookie", parent="cake")
CARD = said("card", 9, "Your card 4111 1111 1111 1111 is noted.", author="examplebrand", parent="cake")


def test_the_year_9999_is_said_in_mails_and_on_pages_and_moves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = payload.stamp

    def stamp(at: datetime) -> str:
        return TOLD if at in {ILL.at, CARD.at} else real(at)

    monkeypatch.setattr(payload, "stamp", stamp)
    with staged(tmp_path, CAKE, ILL, CARD, time_zone="Pacific/Kiritimati") as stage:
        stage.live()
        told = [plain(mail) for mail in stage.mails()]
        assert any("needs you now" in text and f"(X said {TOLD})" in text for text in told), told
        for view in stage.cases():
            assert view.post is not None
            assert view.post.told_at == TOLD
            assert abs(view.post.created_at - ILL.at) < timedelta(minutes=30)
        for purpose, person in ((Purpose.DESK, "owner"), (Purpose.QUEUE, "agency")):
            client, home = stage.page(person, purpose)
            assert client.get(home).status_code == 200
            for view in stage.cases():
                page = client.get(f"{home}/case/{view.case.id}").text
                assert f"X said {TOLD}" in page
        assert send_now(stage.work, "example", stage.box.clock.now())
        stage.live(timedelta(minutes=1))
        digest = [plain(mail) for mail in stage.mails(but="nothing at all")][-1]
        assert "lip is swollen" in digest
        assert f"X said {TOLD}" in digest
