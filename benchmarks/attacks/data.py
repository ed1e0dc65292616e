"""Odd times, odd ids, long texts, a damaged store and a crowd of work: what the program keeps, says and survives."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.attacks.frame import Outcome, attack
from benchmarks.attacks.stage import BRAND, make_home, oversight

NOW = datetime.now(UTC)
LINE = {
    "platform": "x",
    "account": "crumb",
    "direction": "outbound",
    "kind": "post",
    "author": "crumb",
    "created_at": (NOW - timedelta(hours=2)).isoformat(),
}


def _import(folder: Path, *lines: dict[str, Any]) -> None:
    made = [{**LINE, "external_id": str(n), **line} for n, line in enumerate(lines, 1)]
    file = folder / "posts.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in made))
    oversight(folder, "import", str(file), "--brand", "crumb")


@attack("data: a post of the year 9999")
def far_away(folder: Path) -> Outcome:
    """A post dated in the year 9999 lies in the store as an old version kept it; digest and list are asked for."""
    make_home(folder, brand={**BRAND, "time_zone": "Pacific/Kiritimati"})
    card = "Your card 4111 1111 1111 1111 is noted."
    _import(folder, {"text": card}, {"text": "My bank is DE89 3704 0044 0532 0130 00."})
    with sqlite3.connect(folder / "oversight.db", timeout=30) as line:
        last = (datetime.max.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        changed = line.execute("UPDATE posts SET created_at = ? WHERE external_id = '1'", (last,)).rowcount
    cases = oversight(folder, "case", "list", "--format", "jsonl")
    made = oversight(folder, "digest", "--preview", str(folder / "out"))
    mail = folder / "out" / "digest.txt"
    told = mail.read_text("utf-8") if mail.exists() else ""
    whole = cases.stdout.count('"case"') == 2 and "1111" in told and "30 00" in told.replace("*", "")
    return Outcome(
        held=made.returncode == 0 and cases.returncode in {0, 1} and changed == 1 and whole,
        seen={"exit": made.returncode, "both_told": whole, "changed": changed, "said": made.stderr[-200:]},
    )


@attack("data: a text of two megabytes")
def long_text(folder: Path) -> Outcome:
    """A post of 2 MB of card numbers is judged."""
    make_home(folder)
    _import(folder, {"text": "Warm up."})
    seconds, megabytes = _cost(folder, {"text": "Warm up once more."})
    more, most = _cost(folder, {"text": "4111 1111 1111 1111 " * 100_000})
    seen = {"seconds": round(more - seconds, 1), "megabytes": round(most - megabytes)}
    return Outcome(held=seen["seconds"] < 2 and seen["megabytes"] < 200, seen=seen)


def _cost(folder: Path, line: dict[str, Any]) -> tuple[float, float]:
    """Seconds of the processor, and megabytes, of one run of ``lint``."""
    file = folder / "one.jsonl"
    file.write_text(json.dumps({**LINE, "external_id": "9", **line}))
    code = (
        "import resource, sys; from bot.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, "--home", str(folder), "lint", str(file), "--format", "jsonl"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=140, check=False).stderr
    seconds, megabytes = said.splitlines()[-1].split()
    return float(seconds), float(megabytes)


@attack("data: an id that cannot be")
def poison(_: Path) -> Outcome:
    """X serves a post with the id 9999999999999999999 among others; then comes a later post."""
    import responses

    from bot.connectors.x.client import XCredentials
    from bot.connectors.x.connector import XConnector
    from bot.ports import AccountRef

    class Unlimited:
        def reads(self, _: str, *, owned: bool) -> None:  # noqa: ARG002
            return None

    first, account = 2_000_000_000_000_000_000, AccountRef(brand="crumb", platform="x", handle="crumb")
    cursor: dict[str, Any] = {"user_id": "17", "since_id": first}
    address = "https://api.twitter.com/2/users/17/tweets"
    with responses.RequestsMock() as net:
        items = [{"id": str(n), "text": "a", "author_id": "17"} for n in (9999999999999999999, first + 1)]
        net.get(address, json={"data": items, "meta": {"result_count": 2}})
        connector = XConnector(XCredentials(bearer_token="b"))
        for page in connector.pull(account, "own", cursor, Unlimited(), NOW):
            cursor = dict(page.cursor)
    return Outcome(held=cursor.get("since_id") == first + 1, seen={"cursor": cursor})


@attack("data: a damaged store is backed up")
def damaged(folder: Path) -> Outcome:
    """A page of the store is overwritten; then it is backed up over a good copy."""
    make_home(folder)
    _import(folder, *({"text": f"Loaf {n}"} for n in range(300)))
    store, copy = folder / "oversight.db", folder / "copy.db"
    oversight(folder, "backup", str(copy))
    good = copy.read_bytes()
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'posts'").fetchone()[0]
    held = bytearray(store.read_bytes())
    start = (root - 1) * int.from_bytes(held[16:18], "big") + 8
    held[start : start + 64] = b"\x07" * 64
    store.write_bytes(held)
    said = oversight(folder, "backup", str(copy))
    kept = copy.read_bytes() == good
    return Outcome(held=kept and said.returncode != 0, seen={"exit": said.returncode, "good_copy_kept": kept})


@attack("data: SIGTERM with ten thousand posts to judge")
def told_to_end(folder: Path) -> Outcome:
    """Ten thousand posts wait to be judged; the service is told to end in the midst of it."""
    make_home(folder, port=0)
    file = folder / "posts.jsonl"
    lines = [{**LINE, "external_id": str(n), "text": f"Loaf {n} is out of the oven."} for n in range(10_000)]
    file.write_text("\n".join(map(json.dumps, lines)))
    oversight(folder, "import", str(file), "--brand", "crumb", "--no-check")
    code = "from bot.cli import main; main()"
    service = subprocess.Popen(
        [sys.executable, "-c", code, "--home", str(folder), "run"], stderr=subprocess.DEVNULL
    )
    try:
        while not _judged(folder) and service.poll() is None:
            time.sleep(0.2)
        begun = time.monotonic()
        service.send_signal(signal.SIGTERM)
        service.wait(120)
    except subprocess.TimeoutExpired:
        pass
    finally:
        service.kill()
    took, judged = time.monotonic() - begun, _judged(folder)
    return Outcome(
        held=took < 10 and service.returncode == 0 and 0 < judged < 10_000 and _sound(folder),
        seen={
            "seconds": round(took, 1),
            "judged": judged,
            "exit": service.returncode,
            "posts": _posts(folder),
        },
    )


def _sound(folder: Path) -> bool:
    """Whether the store is whole, and every post is there."""
    with sqlite3.connect(folder / "oversight.db", timeout=30) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and _posts(folder) == 10_000


def _posts(folder: Path) -> int:
    with sqlite3.connect(folder / "oversight.db", timeout=30) as connection:
        return int(connection.execute("SELECT count(*) FROM posts").fetchone()[0])


def _judged(folder: Path) -> int:
    with sqlite3.connect(folder / "oversight.db", timeout=30) as connection:
        query = "SELECT count(*) FROM posts WHERE judged_revision = revision"
        return int(connection.execute(query).fetchone()[0])
