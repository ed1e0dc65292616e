"""What of the demo is worth a look: the worst day's mails and a quiet day's, as files that a browser opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.connectors.loopback.story import Story
from bot.demo.stage import BRAND, Demo, arrived
from bot.letters.mail.files import write_parts
from policies.errors import OversightError
from storage.views import OutMessage

AT_ONCE = ("alert", "crisis")  #: kinds of letters that do not wait for the digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One mail to look at."""

    name: str  #: of its files
    day: date  #: local
    at: datetime  #: local, when it was written
    subject: str
    files: tuple[Path, ...]

    @property
    def page(self) -> Path:
        """The file that a browser opens."""
        return next(path for path in self.files if path.suffix == ".html")

    @property
    def text(self) -> str:
        """The mail as plain text."""
        return next(path for path in self.files if path.suffix == ".txt").read_text(encoding="utf-8")


def exhibits(demo: Demo, folder: Path) -> list[Exhibit]:
    """The mails that the demo shows, written into the folder. Raises `OversightError` where no digest arrived."""
    zone, story = demo.work.brands[BRAND].zone, demo.box.world.story
    owner = str(demo.work.brands[BRAND].owner.email)
    mails = [one for one in arrived(demo) if owner in one.recipients]
    digests = [one for one in mails if one.kind == "digest"]
    if not digests:
        raise OversightError("No digest arrived.", mend="Look into the logs above.")
    quiet, bad = quiet_and_bad_day(story, zone)
    wanted = {
        "bad-day-alert": _first(mails, bad, zone, AT_ONCE),
        "bad-day-digest": _first(digests, bad, zone),
        "quiet-day-digest": _first(digests, quiet, zone),
        "digest": digests[-1],
    }
    return [_exhibit(name, mail, zone, folder) for name, mail in wanted.items() if mail]


def quiet_and_bad_day(story: Story, zone: ZoneInfo) -> tuple[date, date]:
    """The last of the days on which least happens, and the first of those on which most does."""
    first, last = (at.astimezone(zone).date() for at in (story.start, story.end))
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    busy = Counter(event.at.astimezone(zone).date() for event in story.events)
    return min(reversed(days), key=busy.__getitem__), max(days, key=busy.__getitem__)


def _first(
    mails: Iterable[OutMessage], day: date, zone: ZoneInfo, kinds: Sequence[str] = ("digest",)
) -> OutMessage | None:
    of_day = (one for one in mails if one.created_at.astimezone(zone).date() == day and one.kind in kinds)
    return next(of_day, None)


def _exhibit(name: str, mail: OutMessage, zone: ZoneInfo, folder: Path) -> Exhibit:
    at = mail.created_at.astimezone(zone)
    return Exhibit(
        name=name,
        day=at.date(),
        at=at,
        subject=subject_of(mail.body),
        files=tuple(write_parts(mail.body, folder, name)),
    )


def subject_of(mail: bytes) -> str:
    """The subject of a mail, in one line."""
    return " ".join(str(message_from_bytes(mail, policy=policy.default)["Subject"]).split())
