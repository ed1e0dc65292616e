"""Who comes in, who should not any more, and what is told to whoever asks."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path

import yaml

from benchmarks.attacks.frame import Outcome, attack
from benchmarks.attacks.stage import BRAND, Page, make_home, oversight, page, service


@attack("access: removed from the file, the session goes on")
def removed_session(folder: Path) -> Outcome:
    """Tom opens his desk and is taken out of brand.yaml; he reloads the page, and opens his link again."""
    with service(folder) as running:
        path = running.link("tom").removeprefix(running.origin)
        came = page(running.port, path)
        cookie = came.headers.get("set-cookie", "").partition(";")[0]
        before = page(running.port, "/desk/crumb", headers={"Cookie": cookie}).status
        _take_out(folder, "tom")
        time.sleep(1.5)
        after = page(running.port, "/desk/crumb", headers={"Cookie": cookie}).status
        again = page(running.port, path).status
    seen = {"before": before, "after": after, "link_after": again}
    return Outcome(held=before == 200 and after == again == 403, seen=seen)


@attack("access: removed and put back, the old link opens")
def put_back(folder: Path) -> Outcome:
    """Tom is taken out and somebody with his short name is put in; Tom opens his old link."""
    with service(folder) as running:
        path = running.link("tom").removeprefix(running.origin)
        _take_out(folder, "tom")
        time.sleep(1.5)
        page(running.port, path)
        _write(folder, list(BRAND["people"]))
        time.sleep(1.5)
        status = page(running.port, path).status
    return Outcome(held=status == 403, seen={"status": status})


@attack("access: a revoked link opens")
def revoked(folder: Path) -> Outcome:
    """A link is revoked from the command line while the service runs; the link and its session are tried."""
    with service(folder) as running:
        path = running.link("maya").removeprefix(running.origin)
        cookie = page(running.port, path).headers.get("set-cookie", "").partition(";")[0]
        listed = oversight(folder, "link", "list", "--format", "jsonl").stdout
        found = re.search(r'"id": "([^"]+)"', listed)
        oversight(folder, "link", "revoke", found[1] if found else "none")
        session = page(running.port, "/desk/crumb", headers={"Cookie": cookie}).status
        link = page(running.port, path).status
    return Outcome(held=session == link == 403, seen={"session": session, "link": link})


@attack("access: a file without an owner")
def no_owner(folder: Path) -> Outcome:
    """brand.yaml loses its owners while the service runs; Maya opens her link, and /healthz is asked."""
    with service(folder) as running:
        path = running.link("maya").removeprefix(running.origin)
        _take_out(folder, "maya", "tom")
        status = page(running.port, path, patience=30).status
        health = _until_red(running.port)
        alive = running.process.poll() is None
    said = "owner" in health.text
    return Outcome(
        held=alive and status == 403 and health.status == 503 and said,
        seen={"alive": alive, "link": status, "healthz": health.status, "said": said},
    )


@attack("access: addresses in healthz")
def health_tells(folder: Path) -> Outcome:
    """A mail is refused with the reader's address in the reason; a stranger asks /healthz and /metrics."""
    with service(folder) as running:
        _refused_mail(folder)
        time.sleep(1.5)
        told = page(running.port, "/healthz").text + page(running.port, "/metrics").text
    return Outcome(held="example.org" not in told and "problems" in told, seen={"healthz": told[:200]})


def _until_red(port: int) -> Page:
    """What /healthz says once it says that something is wrong, or after half a minute."""
    end = time.monotonic() + 30
    while (health := page(port, "/healthz", patience=30)).status != 503 and time.monotonic() < end:
        time.sleep(0.5)
    return health


def _refused_mail(folder: Path) -> None:
    with sqlite3.connect(folder / "oversight.db", timeout=30) as line:
        line.execute(
            "INSERT INTO outbox (key, brand, kind, channel, recipients, body, state, detail, created_at, attempts)"
            " VALUES ('k', 'crumb', 'digest', 'email', '[\"maya@example.org\"]', x'00', 'dead',"
            " '550 no such user maya@example.org', 1790000000000000, 1)"
        )


@attack("access: live links in the store")
def links_in_store(folder: Path) -> Outcome:
    """A digest is made by hand; whoever has a copy of the store, such as a backup, looks for links that open."""
    make_home(folder)
    oversight(folder, "digest")
    oversight(folder, "backup", str(folder / "copy.db"))
    with sqlite3.connect(folder / "copy.db") as line:
        bodies = [row[0] for row in line.execute("SELECT body FROM outbox")]
    found = [key for body in bodies for key in _keys(body)]
    return Outcome(held=bool(bodies) and not found, seen={"letters": len(bodies), "live_links": len(found)})


def _keys(body: bytes) -> list[bytes]:
    return re.findall(rb"/l/[\w-]{20,}\.[\w-]{20,}", body.replace(b"=\r\n", b"").replace(b"=\n", b""))


def _take_out(home: Path, *ids: str) -> None:
    _write(home, [person for person in BRAND["people"] if person["id"] not in ids])


def _write(home: Path, people: list[dict[str, str]]) -> None:
    (file,) = (home / "brands").glob("*.yaml")
    fresh = file.with_suffix(".new")
    fresh.write_text(yaml.safe_dump({**BRAND, "people": people}), encoding="utf-8")
    fresh.replace(file)
