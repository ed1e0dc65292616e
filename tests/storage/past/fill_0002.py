"""Filled the small stores 0001.db.gz and 0002.db.gz. Runs against the code of their time, not of today:

    git worktree add /tmp/then 6e11e69          # or 76687ce
    cd /tmp/then && PYTHONPATH=.:tests/storage python .../fill_0002.py OUT.db

A later schema gets a script and a store of its own, made before the change that ends it.
"""

import gzip
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

import store_work
from store_values import ACCOUNT, BRAND, HAPPY, OWNER, at, message, post, save

from policies.model.case import Action
from policies.model.coverage import Unchecked, Why
from policies.model.post import Direction, Media
from storage import migrations
from storage.engines import open_store


def fill(path: Path) -> None:
    """At least one row in each table that the schema of the time has."""
    store_work.poll(path, 3)
    with open_store(path) as store:
        save(
            store,
            post("q", "Is it\x00 safe \ud83d?", direction=Direction.INBOUND, author_name="Zoë"),
            now=at(5),
        )
        picture = Media(kind="image", url="https://example.org/a.png", alt_text="a loaf")
        save(store, post("a", "Yes!", parent_id="q", thread_id="q", media=(picture,), lang="en"), now=at(6))
        note = Unchecked(why=Why.GAP, platform="x", account=ACCOUNT, detail="Two hours are lost.", count=2)
        save(store, now=at(7), unchecked=[note])
        store.pulled("x", ACCOUNT, "mentions", now=at(8), error="The platform did not answer.")
        store.save_readings({"0" * 64: HAPPY}, "s1", now=at(8))
        store.put_policy_version(BRAND, "p1", '{"no-promises": {}}', now=at(8))
        verdict = {"person": OWNER, "now": at(9), "once": "form"}
        if migrations.HEAD >= "0002":
            verdict["remember"] = True
        store.act(BRAND, 2, Action.FALSE_ALARM, note="It is a joke.", **verdict)
        store.enqueue_alert(message("a late alert"), [], now=at(9))
        claimed = store.claim_message(worker="w", now=at(9), lease=timedelta(minutes=3))
        store.leaving(claimed.id, now=at(9))
        store.delivered(claimed.id, "uncertain", "the line broke", now=at(9))
        store.ensure_due("pull", f"{BRAND}/x/{ACCOUNT}", due_at=at(10))
        store.revoke_link("aaaaaaaaaaaa", now=at(10))
        store.set_state(f"digest_from:{BRAND}", at(0).isoformat())


def pack(path: Path) -> None:
    """The file without its journal, as small as it gets."""
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode=DELETE")
    raw.execute("VACUUM")
    raw.close()
    path.with_suffix(".db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
    pack(Path(sys.argv[1]))
