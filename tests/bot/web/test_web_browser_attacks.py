"""Attacks on the pages, in a real Chromium."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from browser_stage import seeded
from web_seed import ANNA, BRAND, KIT, NOW, finding, judge, post, save, url_for

from bot.links import Purpose
from policies.model.cases.flagged import FlaggedAction, FlaggedState

pytestmark = pytest.mark.browser


@pytest.mark.fault(25)
def test_the_token_leaves_the_address_bar_and_goes_nowhere(live: Any, browse: Any) -> None:
    numbers, page = seeded(live), browse()
    link = url_for(live.links, KIT, Purpose.QUEUE)
    token = link.rpartition("/")[2]
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request))
    page.context.route("https://x.com/**", lambda route: route.fulfill(body="elsewhere"))
    page.goto(link)
    assert page.url == f"{live.base}/queue/lumen"
    page.goto(f"{page.url}/case/{numbers['urgent']}")
    page.get_by_role("link", name="See it on X").click()
    page.wait_for_url("https://x.com/**")
    outside = [request for request in sent if request.url.startswith("https://x.com")]
    assert len(outside) == 1
    assert "referer" not in outside[0].all_headers()
    for request in sent[1:]:
        assert token not in request.all_headers().get("referer", "")
        assert token not in request.url
    (cookie,) = page.context.cookies(f"{live.base}/queue/lumen")
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/queue/lumen")
    assert page.context.cookies(live.base) == []


def test_a_link_in_web_mail_opens_in_one_click(live: Any, browse: Any, elsewhere: Any) -> None:
    seeded(live)
    link = url_for(live.links, KIT, Purpose.QUEUE)
    elsewhere.page = f'<a href="{link}">Open the queue</a>'.encode()
    page = browse()
    page.goto(elsewhere.address)
    page.get_by_role("link").click()
    page.wait_for_url(f"{live.base}/queue/lumen")
    assert page.get_by_role("heading", level=1).inner_text() == "2 cases wait for you"


@pytest.mark.fault(26)
def test_another_site_cannot_post_or_frame(live: Any, browse: Any, elsewhere: Any) -> None:
    numbers, page = seeded(live), browse()
    page.goto(url_for(live.links, ANNA, Purpose.DESK))
    path = f"{live.base}/desk/lumen/case/{numbers['urgent']}"
    page.goto(path)
    fields = {one: page.locator(f"input[name={one}]").input_value() for one in ("form", "once", "seen")}
    hidden = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    elsewhere.page = (
        f'<iframe src="{path}"></iframe><form method="post" action="{path}">{hidden}'
        '<input name="action" value="accept"><button>Win a cake</button></form>'
    ).encode()
    page.goto(elsewhere.address)
    assert "Promises a refund" not in page.frames[1].content()
    with page.expect_response(path) as answer:
        page.get_by_role("button").click()
    assert answer.value.status == 403
    assert live.store.cases.get(BRAND, numbers["urgent"]).case.state is FlaggedState.OPEN


NASTY = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)>"
    "<a href='javascript:alert(4)'>x</a>\"' onfocus=alert(5) autofocus \u202e\u2066 \x1b]0;x\x07 guarantee"
)


@pytest.mark.fault(21)
def test_script_in_posts_and_names_opens_no_dialog(live: Any, browse: Any) -> None:
    said = post(1, NASTY, author=NASTY, author_name=NASTY)
    one = replace(post(2, NASTY, thread="1", author_name=NASTY), permalink="javascript:alert(6)")
    save(live.store, [said, one])
    texts = {"title": NASTY, "message": NASTY, "why": NASTY, "suggest": NASTY}
    (number,) = judge(live.store, one, [finding(one, "guarantee", **texts)])
    live.store.cases.act(BRAND, number, FlaggedAction.ANSWER, person=KIT, note=NASTY, now=NOW)
    page, dialogs = browse(), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(url_for(live.links, ANNA, Purpose.DESK))
    for path in ("", f"/case/{number}"):
        page.goto(f"{live.base}/desk/lumen{path}")
        page.wait_for_timeout(200)
        assert page.locator("main script, main svg, main img, main a[href^=javascript]").count() == 0
        assert "alert(1)" in page.locator("main").inner_text()
    assert dialogs == []
    assert "alert(6)" not in page.content()
