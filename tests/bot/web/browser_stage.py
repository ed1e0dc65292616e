"""What the tests in a browser share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from web_seed import ANNA, BRAND, KIT, NOW, OWN, finding, flagged, judge, post, save, seed_day

from policies.model.cases.flagged import FlaggedAction

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
SMALL = {"width": 320, "height": 568}


def seeded(live: Any) -> dict[str, int]:
    """A day with one case in each hand, and its conversation, edit and settled case."""
    numbers = seed_day(live.store)
    live.store.cases.act(
        BRAND, numbers["rude"], FlaggedAction.DISPUTE, person=KIT, now=NOW,
        note="She asked for the third time, and the hours stand in our profile.",
    )  # fmt: skip
    new = post(3, "Our new rye loaf cures a tired Monday morning. #rye #lumen", edited_at=NOW)
    save(live.store, [new])
    cure = {"title": "Health claim about food", "rule": "no-health-claim"}
    judge(live.store, new, [finding(new, "cures", **cure)], revision=2)
    settled = flagged(live.store, post(30, "Guarantee!"), "Guarantee")
    live.store.cases.act(
        BRAND, settled, FlaggedAction.ACCEPT, person=ANNA, note="A figure of speech.", now=NOW
    )
    live.store.streams.ended(OWN, now=NOW)
    live.store.streams.ended(
        replace(OWN, stream="mentions"), now=NOW, error="X refuses our token (401). Renew it."
    )
    return numbers | {"settled": settled}
