"""One thing that happened in a replay: as a line of JSON, and as a line for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.words import glossary, say
from policies.model.finding import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What would have reached whom, and when. None is unknown, or says nothing here."""

    at: datetime  #: UTC
    event: str  #: ``case-opened``, ``fix-seen``, ``case-closed``, or a letter: ``alert``, ``reminder``, ``digest`` …
    kind: str | None = None  #: of the case, for instance ``post``
    to: str | None = None  #: whom a letter reached, or for whom a case waits: ``owner``, ``agency``
    case: int | None = None  #: number
    external_ids: tuple[str, ...] = ()  #: posts that it names, the one that caused it first
    thread_id: str | None = None  #: of that post
    rule: str | None = None
    topic: str | None = None
    severity: str | None = None
    question: bool | None = None  #: whether the rule asks rather than says
    reason: str | None = None
    delay_s: int | None = None  #: seconds since that post was published
    quote: str = ""  #: its text, for people; not in the JSON

    def json(self) -> dict[str, Any]:
        """The stable form (docs/design.md, 5)."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "quote"}
        return {**values, "at": self.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")}

    def line(self, zone: ZoneInfo) -> str:
        """For people, in the brand's local time."""
        head = f"{self.at.astimezone(zone):%a %d %b %H:%M}  {self.event:<11}"
        grave = glossary.severity(Severity(self.severity)) if self.severity else ""
        grave = say("severity.question") if self.question else grave
        about = [f"case {self.case}" if self.case else "", grave, self.reason or ""]
        if not self.case:
            many = len(self.external_ids)
            about.append(f"names {many} post{'' if many == 1 else 's'}")
        whom = f"to the {self.to}: " if self.to else ""
        said = " ".join(self.quote.split())
        quote = f"  “{said[:77]}…”" if len(said) > 78 else f"  “{said}”" if said else ""
        return f"{head} {whom}{', '.join(part for part in about if part)}{quote}"
