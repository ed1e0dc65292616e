"""Search, export, backup."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils
from store_values import (
    ACCOUNT,
    BRAND,
    NOW,
    OWN,
    ask,
    at,
    finding,
    flagged,
    judgement,
    key,
    message,
    post,
    save,
)

from bot.queue.embedded import EmbeddedQueue
from bot.queue.port import Job, Subject
from policies.model.finding import Severity
from storage.columns import unescape_text
from storage.engines import open_store
from storage.errors import StoreError, StoreUnreadable
from storage.store import Store
from storage.views import EXPORTABLE

NASTY = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    "\nline",
    "'quoted",
    "''twice",
    "＝wide",
    'say "hi", twice\r\nand again',
    "nul\x00 \ud800 end",
    "",
    "plain",
]


def found(store: Store, words: str) -> list[str]:
    return [one.key.external_id for one in store.posts.search(BRAND, words)]


def test_search_finds_words_also_in_texts_since_edited(store: Store) -> None:
    save(store, post(1, "Fresh rye bread"), post(2, "Rye only"), post(3, "Cake"))
    save(store, post(1, "Fresh spelt bread"))
    assert sorted(found(store, "rye")) == ["1", "2"]
    assert found(store, "SPELT bread") == ["1"]
    assert store.posts.search(BRAND, "rye bread")[0].text == "Fresh spelt bread"
    assert store.posts.search("rival", "rye") == []
    assert len(store.posts.search(BRAND, "rye", limit=1)) == 1


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("walnut", "Bread with walnuts"),
        ("Walnuts", "Our walnut rye"),
        ("order", "I ordered two loaves"),
        ("orders arrived", "My order is arriving"),
        ("apologise", "She apologised"),
        ("jalapeño", "Jalapenos, pickled"),
        ("Brötchen", "Frische brötchen"),
    ],
)
def test_search_finds_other_forms_of_a_word(store: Store, words: str, text: str) -> None:
    save(store, post(1, text), post(2, "Cake"))
    assert found(store, words) == ["1"]


def test_an_index_of_an_earlier_release_is_built_again(store: Store) -> None:
    if store.path is None:
        pytest.skip("only SQLite has an index of ours")
    save(store, post(1, "Bread with walnuts"))
    with closing(sqlite3.connect(store.path)) as raw:
        sqlite_utils.Database(raw).table("revisions").disable_fts().enable_fts(["text"], create_triggers=True)
        raw.commit()
    assert found(store, "walnut") == []
    with open_store(store.path) as again:
        assert found(again, "walnut") == ["1"]
        save(again, post(2, "Walnut rolls"))
        assert found(again, "walnut") == ["2", "1"]
        assert again.upkeep.integrity() == []


@pytest.mark.parametrize("words", ["", " ", '"', "AND OR NOT", "rye*", "text:rye", "(", "a\x00b", "\ud800"])
def test_search_takes_any_words(store: Store, words: str) -> None:
    save(store, post(1, "bread"))
    assert found(store, words) == []


@pytest.mark.fault(22)
def test_csv_cells_are_no_formulas_and_survive_the_way_back(store: Store) -> None:
    save(store, *(post(n, text) for n, text in enumerate(NASTY)))
    output = io.StringIO(newline="")
    assert store.exports.write("posts", output, form="csv", brand=BRAND) == len(NASTY)
    output.getvalue().encode()
    for row in csv.reader(io.StringIO(output.getvalue(), newline="")):
        assert not any(cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) for cell in row)
    back = csv.DictReader(io.StringIO(output.getvalue(), newline=""))
    assert [unescape_text(row["text"].removeprefix("'")) for row in back] == NASTY


def test_jsonl_is_the_import_format(store: Store) -> None:
    save(store, *(post(n, text, raw={"a": [1]}) for n, text in enumerate(NASTY)))
    output = io.StringIO()
    store.exports.write("posts", output, form="jsonl", brand=BRAND)
    lines = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [line["text"] for line in lines] == NASTY
    assert (lines[0]["created_at"], lines[0]["raw"], lines[0]["media"]) == (NOW.isoformat(), {"a": [1]}, [])
    assert (lines[0]["platform"], lines[0]["account"], lines[0]["deleted_at"]) == ("x", ACCOUNT, None)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("what", EXPORTABLE)
def test_everything_is_exported_for_one_brand(store: Store, what: str, form: str) -> None:
    flagged(store, 1)
    store.posts.mark_deleted([key(1)], now=NOW)
    store.brands.put_policies(BRAND, "p1", "rules of the house", now=NOW)
    output, other = io.StringIO(), io.StringIO()
    assert store.exports.write(what, output, form=form, brand=BRAND) >= 1
    assert len(output.getvalue()) > 20
    assert store.exports.write(what, other, form=form, brand="rival") == 0
    assert other.getvalue() == ""


@pytest.mark.fault(30)
def test_a_backup_under_writes_is_whole(store: Store, tmp_path: Path) -> None:
    stop, pages = threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            n = pages[0] * 10
            save(store, *(post(n + i, "rye") for i in range(10)), cursor={"last": n + 9})
            store.judgements.record(BRAND, [judgement(n + i, finding(n + i)) for i in range(10)], now=NOW)
            pages[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    copies = [tmp_path / f"copy{n}.db" for n in range(5)]
    try:
        for copy in copies:
            store.upkeep.backup(copy)
    finally:
        stop.set()
        writer.join()
    assert not list(tmp_path.glob("*.partial"))
    for copy in copies:
        assert copy.stat().st_mode & 0o777 == 0o600
        with open_store(copy) as restored:
            assert restored.upkeep.integrity() == []
            cursor = restored.streams.cursor(OWN)
            held = 0 if cursor is None else cursor["last"] + 1
            counts = "SELECT count(*), count(DISTINCT external_id) FROM posts"
            assert ask(copy, counts) == [(held, held)]
            assert restored.audit.verify() in {held, held - 10}
            assert len(restored.posts.search(BRAND, "rye", limit=10**6)) == held


@pytest.mark.fault(30)
def test_nothing_sent_is_sent_again_from_a_backup(store: Store, tmp_path: Path) -> None:
    from datetime import timedelta

    def digest(number: int) -> None:
        slot = f"2026-11-2{number}T18:00"
        note = message(f"d{number}", "digest")
        assert store.digests.save(BRAND, slot=slot, since=NOW, until=NOW, message=note, now=NOW)

    lease = timedelta(minutes=5)
    flagged(store, 1, severity=Severity.CRITICAL)
    waiting = list(store.news.untold(BRAND)[0].fingerprints)
    digest(0)
    sent = store.outbox.claim(worker="w", now=NOW, lease=lease)
    assert sent is not None
    store.outbox.delivered(sent.id or 0, "sent", "ok", now=NOW)
    digest(1)  # on its way while the backup is made
    leaving = store.outbox.claim(worker="w", now=NOW, lease=lease)
    assert leaving is not None
    store.outbox.leaving(leaving.id or 0, now=NOW)
    digest(2)  # waits, and is sent afterwards
    store.outbox.put_alert(message("a1"), waiting, now=NOW)
    job = Job(name="pull", subject=Subject(brand=BRAND))
    EmbeddedQueue(store).ensure(job, due_at=NOW)
    EmbeddedQueue(store).take([job.name], holder="w", now=NOW, lease=lease, limit=1)
    store.upkeep.backup(tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db") as restored:
        states = {m.key: m.state.value for m in restored.outbox.find(BRAND)}
        assert states == {"d0": "sent", "d1": "uncertain", "d2": "uncertain", "a1": "pending"}
        again = restored.outbox.claim(worker="w2", now=at(60), lease=lease)
        assert again is not None
        assert again.key == "a1"
        assert restored.outbox.claim(worker="w2", now=at(60), lease=lease) is None
        assert len(EmbeddedQueue(restored).due(NOW, 9)) == 1
        assert [m.key for m in store.outbox.find(BRAND)] == [m.key for m in restored.outbox.find(BRAND)]


def test_a_damaged_store_never_takes_the_place_of_a_good_copy(store: Store, tmp_path: Path) -> None:
    save(store, *(post(n, f"loaf {n}") for n in range(2000)))
    copy = tmp_path / "copy.db"
    store.upkeep.backup(copy)
    good = copy.read_bytes()
    store.close()  # everything is written into the file
    file = tmp_path / "oversight.db"
    pages, root = (
        file.read_bytes(),
        ask(file, "SELECT rootpage FROM sqlite_master WHERE name = 'posts'")[0][0],
    )
    size = int.from_bytes(pages[16:18], "big")
    start = (root - 1) * size + 8  # behind the header of the table's first page
    file.write_bytes(pages[:start] + b"\x07" * 64 + pages[start + 64 :])
    with pytest.raises(StoreUnreadable, match="damaged"):
        store.upkeep.backup(copy)
    assert copy.read_bytes() == good, "the good copy was replaced"
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_backup_to_nowhere_says_so(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        store.upkeep.backup(tmp_path / "missing" / "copy.db")
