"""Words that a client took back: nobody is shown them any more, and that they were there stays known."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

from watch_stage import plain, said, staged

from bot.jobs.digest import send_now
from bot.letters.model import DESK
from bot.links import Purpose

WORDS = "swollen after your cookie"
CAKE = said("cake", 0, "Nut free cookies all week!", author="examplebrand")
ILL = said("ill", 8, f"Awful: my son's lip is {WORDS}", parent="cake")
OURS = said("ours", 9, "Your card 4111 1111 1111 1111 is noted.", author="examplebrand", parent="ill")
GONE = "[deleted by its author on"


def test_words_that_a_client_deleted_go_from_pages_and_letters(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, ILL, OURS) as stage:
        stage.live()
        cases = {view.case.kind.name: view.case.id for view in stage.cases()}
        client, desk = stage.page()
        assert WORDS in client.get(desk).text
        asked = next(view.conversation.asked for view in stage.cases() if view.conversation)
        store = stage.work.store
        store.posts.mark_deleted([asked.key], now=stage.box.clock.now())
        stage.live(timedelta(hours=2))
        for view in stage.cases():
            page = client.get(f"{desk}/case/{view.case.id}").text
            assert not page.count(WORDS)
            assert GONE in page
        assert len(cases) == 2
        for person, purpose in (("owner", Purpose.DESK), ("agency", Purpose.QUEUE)):
            browser, home = stage.page(person, purpose)
            for show in ("owner", "agency", "platform", "nobody"):
                assert not browser.get(f"{home}?show={show}").text.count(WORDS)
        before = len(stage.mail.sent)
        assert send_now(stage.work, "example", stage.box.clock.now())
        stage.live(timedelta(minutes=1))
        digests = [plain(mail) for mail in stage.mails(but="nothing at all")]
        assert len(stage.mail.sent) > before
        assert not digests[-1].count(WORDS)
        assert GONE in digests[-1], "the owner still hears that there was somebody"
    with sqlite3.connect(tmp_path / "oversight.db") as line:
        fact = line.execute("SELECT deleted_at FROM posts WHERE external_id = ?", (asked.key.external_id,))
        assert fact.fetchone()[0] is not None


def test_what_the_business_deleted_stays_as_its_owners_evidence(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, ILL, OURS) as stage:
        stage.live()
        (number, ours) = next(
            (view.case.id, view.post) for view in stage.cases() if view.post and view.post.outbound
        )
        stage.work.store.posts.mark_deleted([ours.key], now=stage.box.clock.now())
        client, desk = stage.page(purpose=Purpose(DESK))
        page = client.get(f"{desk}/case/{number}").text
        assert "is noted" in page
        assert not page.count(GONE)
