"""Filled the small stores 0003.db.gz to 0006.db.gz. Runs against the code of their time, not of today:

    git worktree add /tmp/then 1a2eee9          # or da3602f, 46d2b77, or a642724
    cd /tmp/then && PYTHONPATH=.:tests/storage python .../fill_0003.py OUT.db

A later schema gets a script and a store of its own, made before the change that ends it.
"""

import gzip
import sqlite3
import sys
from datetime import timedelta
from pathlib import Path

import store_work
from store_values import ACCOUNT, BRAND, HAPPY, OWNER, X, at, key, message, post, save

from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from policies.model.coverage import Unchecked, Why
from policies.model.keys import StreamKey
from policies.model.post import Direction, Media
from storage.engines import open_store
from storage.views import IssuedLink

try:
    from policies.model.cases.flagged import FlaggedAction as Action
except ImportError:  # the code of 0003
    from policies.model.case import Action


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
        store.streams.ended(
            StreamKey(account=X, stream="mentions"), now=at(8), error="The platform did not answer."
        )
        store.judgements.save_readings({"0" * 64: HAPPY}, "s1", now=at(8))
        store.brands.put_policies(BRAND, "p1", '{"no-promises": {}}', now=at(8))
        verdict = {"person": OWNER, "now": at(9), "once": "form", "remember": True}
        store.cases.act(BRAND, 2, Action.FALSE_ALARM, note="It is a joke.", **verdict)
        store.outbox.put_alert(message("a late alert"), [], now=at(9))
        claimed = store.outbox.claim(worker="w", now=at(9), lease=timedelta(minutes=3))
        store.outbox.leaving(claimed.id, now=at(9))
        store.outbox.delivered(claimed.id, "uncertain", "the line broke", now=at(9))
        EmbeddedQueue(store).ensure(Job(name="pull", subject=Subject(brand=BRAND, account=X)), due_at=at(10))
        link = IssuedLink(
            id="aaaaaaaaaaaa",
            brand=BRAND,
            person="ada",
            purpose="desk",
            case=None,
            made_at=at(0),
            expires_at=at(9999),
        )
        store.links.put(link)
        store.links.used(link, now=at(9))
        store.links.revoke(BRAND, link.id, now=at(10))
        store.state.set(f"digest_from:{BRAND}", at(0).isoformat())
        if hasattr(store, "conversations"):  # the code of 0006
            keep_a_conversation(store)


def keep_a_conversation(store) -> None:
    """Somebody waits; nobody is told yet, and no case is open."""
    from contract.test_conversations import stands

    from storage.conversation_views import AssessedConversation

    waits = store.posts.get(key("q")).post
    assessed = [AssessedConversation(whole=stands(waits))]
    store.conversations.keep(BRAND, assessed, threads={}, scorer_version="s1", now=at(9))


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
