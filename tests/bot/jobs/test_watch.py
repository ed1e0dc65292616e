"""The worst day is not silent: from a client's words on the platform to the owner's mail and choice."""

from __future__ import annotations

import contextlib
import html
import re
from datetime import timedelta
from pathlib import Path

from watch_stage import PULLED, plain, said, staged

from policies.model.cases.conversation import ConversationAction, ConversationState
from policies.model.finding import Severity

LIP = "Our son's lip is swollen after your nut free cookie, we are on the way to hospital, this is awful"
CAKE = said("cake", 0, "Nut free cookies all week!", author="examplebrand")


def test_a_childs_swollen_lip_is_mailed_at_the_next_pull_and_settled_on_the_page(tmp_path: Path) -> None:
    lip = said("lip", 8, LIP, parent="cake")
    with staged(tmp_path, CAKE, lip, real=True) as stage:
        assert stage.mails() == []
        stage.live()
        (mail,) = stage.mails()
        assert "Our son's lip is swollen" in str(mail["Subject"]), "read on a lock screen"
        text = plain(mail)
        assert "lip is swollen" in text
        assert "Nobody has answered them" in text
        client, desk = stage.page()
        listed = client.get(desk).text
        assert "lip is swollen" in listed
        (view,) = stage.cases()
        assert view.case.severity is Severity.CRITICAL
        path = f"{desk}/case/{view.case.id}"
        page = client.get(path).text
        assert "Nobody has answered them yet" in page
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        form = {name: html.unescape(value) for name, value in hidden.items()}
        ours = {"Origin": stage.home.service.base_url, "Sec-Fetch-Site": "same-origin"}
        done = client.post(path, data={**form, "action": "take", "note": ""}, headers=ours)
        assert done.status_code == 303, done.text
        assert stage.cases()[0].case.closed
        stage.live(timedelta(hours=3))
        assert len(stage.mails()) == 1, "each thing once"


def test_what_the_owner_hands_on_reaches_the_agency_at_once_and_comes_back(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, said("lip", 8, LIP, parent="cake")) as stage:
        stage.live()
        (number,) = [view.case.id for view in stage.cases()]
        owner, agency = (stage.work.store.brands.people("example")[n] for n in (0, 1))
        assert stage.mails("ann@example.org") == [], "nothing was asked of the agency yet"
        act = stage.work.store.cases.act
        hand_on, tell = ConversationAction.HAND_ON, ConversationAction.TELL
        act("example", number, hand_on, person=owner, note="Ring them", now=stage.box.clock.now())
        stage.live(timedelta(minutes=2))
        (called,) = stage.mails("ann@example.org")
        assert "lip is swollen" in plain(called)
        act("example", number, tell, person=agency, note="Rang, all is well", now=stage.box.clock.now())
        client, desk = stage.page()
        assert "Rang, all is well" in client.get(f"{desk}/case/{number}").text
        assert "lip is swollen" in client.get(desk).text


def test_who_waits_too_long_is_a_reminder_as_soon_as_the_promise_runs_out(tmp_path: Path) -> None:
    when = said("when", 8, "When do you open on Sunday?", parent="cake")
    answer = said("answer", 180, "At nine! ^AN", author="examplebrand", parent="when")
    with staged(tmp_path, CAKE, when, answer) as stage:
        stage.live(timedelta(minutes=122))
        assert stage.mails() == []
        stage.live(timedelta(minutes=3))
        (mail,) = stage.mails()
        assert "Somebody on X needs somebody" in str(mail["Subject"])
        assert "When do you open on Sunday?" in plain(mail)
        assert [view.case.severity for view in stage.cases()] == [Severity.WARN]
        stage.live(timedelta(hours=2))
        assert stage.cases()[0].case.state is ConversationState.CLOSED, "it closed by itself"
        assert len(stage.mails()) == 1


def test_several_who_wait_are_one_letter(tmp_path: Path) -> None:
    asked = [
        said(f"q{n}", 8 + n, f"Do you have rye number {n}?", author=f"client{n}", parent="cake")
        for n in range(4)
    ]
    with staged(tmp_path, CAKE, *asked) as stage:
        stage.live(timedelta(hours=4))
        first, then = stage.mails()
        assert "rye number 0" in plain(first)
        assert "3 clients" in str(then["Subject"])


def test_the_first_pull_of_old_posts_mails_nobody(tmp_path: Path) -> None:
    with staged(
        tmp_path, CAKE, said("lip", 1, LIP, parent="cake"), said("when", 2, "Open?", parent="cake")
    ) as stage:
        mailed = len(stage.mails())
    with staged(tmp_path / "late", CAKE, said("lip", -3000, LIP)) as stage:
        stage.live(PULLED)
        assert stage.mails() == []
        assert stage.cases() == []
        assert stage.work.store.conversations.count("example", complaints=True) == 1, "the digest can say it"
    assert mailed == 1


def test_the_job_that_is_killed_and_run_again_tells_the_same_once(tmp_path: Path) -> None:
    with staged(tmp_path, CAKE, said("lip", 8, LIP, parent="cake")) as stage:
        kept = stage.work.store.conversations.keep
        calls = []

        def killed(*given: object, **more: object) -> None:
            calls.append(kept(*given, **more))  # type: ignore[arg-type]
            raise KeyboardInterrupt

        stage.work.store.conversations.keep = killed  # type: ignore[method-assign]
        with contextlib.suppress(KeyboardInterrupt):
            stage.live()
        assert calls[0].told == 1
        stage.work.store.conversations.keep = kept  # type: ignore[method-assign]
        stage.work.queue.free_claims()
        again = type(stage.scheduler)(stage.work)
        again.run_due(stage.box.clock.now() + timedelta(minutes=1))
        assert len(stage.mails()) == 1
        assert len(stage.cases()) == 1
