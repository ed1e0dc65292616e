"""What the jobs did, read from the audit log that they write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.replay.events import Event
from bot.settings.brand import Brand
from policies.masking import masked
from policies.model.cases.conversation import ConversationAction
from policies.model.cases.flagged import FLAGGED, FlaggedAction
from policies.model.cases.machinery import CaseKind, WaitsFor
from policies.model.finding import Finding, Severity
from policies.model.keys import PostKey
from policies.model.people import Role
from policies.model.post import Post
from policies.threads.asking import AtOnce
from policies.threads.conversations import Concern
from storage.store import Store
from storage.views import AuditEntry, CaseView, FoundAt

_ASKED = f"case {FlaggedAction.ASK_OWNER}"
_OPENED = frozenset(
    {"case opened", _ASKED, f"case {FlaggedAction.FOUND_AGAIN}", f"case {ConversationAction.SAID_MORE}"}
)
_RAISED = "case raised"
_CHANGED = frozenset({"post edited", "post deleted"})
_FIXED = frozenset({f"case {FlaggedAction.FIX_SEEN}", f"case {FlaggedAction.WITHDRAW}"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    kind: str
    names: tuple[PostKey, ...]


class Chronicle:
    """Tells of one brand, each time what is new."""

    def __init__(self, store: Store, brand: Brand, recipients: Sequence[Sequence[str]]) -> None:
        """``recipients`` of each letter that left, in order; it grows while we look."""
        self._store, self._brand, self._recipients = store, brand, recipients
        self._letters_told = 0
        self._read = 0  #: number of the last line that was told of
        self._letters: dict[str, _Letter] = {}  #: that were written, by the subject of their lines
        self._opened: dict[PostKey, Event] = {}  #: how the case about a post was opened

    def news(self) -> Iterator[Event]:
        """What happened since the last call, oldest first."""
        for entry in self._store.audit.since(self._brand.brand, self._read):
            self._read = entry.seq
            if entry.action.endswith(" queued"):
                self._letters[entry.subject] = _letter(entry)
            elif entry.action == "message sent":
                yield self._sent(self._letters[entry.subject], entry.at)
            elif entry.action.startswith("case "):
                yield from self._step(entry)
            elif entry.action in _CHANGED:
                yield from self._small_fix(entry)

    def _step(self, entry: AuditEntry) -> Iterator[Event]:
        """A case that was opened tells of each rule by itself, the worst first. What was never asked tells nothing."""
        view = self._store.cases.get(self._brand.brand, int(entry.subject.rpartition("/")[2]))
        grave: list[FoundAt | None] = [*(view.in_doubt if entry.action == _ASKED else _grave(view))] or [None]
        worst, *others = [_about(view, found, entry.at) for found in grave]
        told_of = view.case.kind.about_findings or view.conversation
        if view.post and told_of and entry.action in {*_OPENED, _RAISED}:
            self._opened[view.post.key] = worst
        if entry.action in _OPENED:
            yield from (worst, *others)
        kind = view.case.kind
        before, after = (_waits(kind, entry, end) for end in ("from", "to"))
        if before is WaitsFor.NOBODY or after is None:
            return
        if entry.action in _FIXED:
            yield replace(worst, event="fix-seen")
        if after is WaitsFor.NOBODY:
            yield replace(worst, event="case-closed")

    def _small_fix(self, entry: AuditEntry) -> Iterator[Event]:
        """A fault that was too small for a case, and is gone with what became of its post."""
        key = PostKey.parse(entry.subject.removeprefix(f"{self._brand.brand}/post/"))
        stored = self._store.posts.get(key) if key else None
        if key is None or stored is None or key in self._opened:
            return
        found = [one for one in self._store.judgements.findings(key) if _told(one)]
        if found and all(one.gone_at is not None for one in found):
            yield _event("fix-seen", stored.post, found[0].finding, entry.at)

    def _sent(self, letter: _Letter, at: datetime) -> Event:
        """What is told at once tells of the case that caused it; other letters are about many things."""
        first = letter.names[0] if letter.names else None
        known = self._opened.get(first) if first and letter.kind in set(AtOnce) else None
        cause = self._store.posts.get(first) if first else None
        recipients = self._recipients[self._letters_told]
        self._letters_told += 1
        return replace(
            known or Event(at=at, event=letter.kind),
            at=at,
            event=letter.kind,
            to=self._reader(recipients),
            external_ids=tuple(key.external_id for key in letter.names),
            thread_id=cause.post.thread_id if cause else None,
            delay_s=_seconds(cause.post.created_at, at) if cause and known else None,
        )

    def _reader(self, recipients: Sequence[str]) -> str:
        roles = {person.role for person in self._brand.people if str(person.email) in recipients}
        return "agency" if roles == {Role.AGENCY} else "owner"


def _waits(kind: CaseKind, entry: AuditEntry, end: str) -> WaitsFor | None:
    """Whom the case waited for before a step, or after it; None where the line is about no step."""
    state = str(entry.detail.get(end, ""))
    return kind.waits_for[kind.states(state)] if state else None


def _letter(entry: AuditEntry) -> _Letter:
    names = entry.detail["names"]
    keys = [PostKey(platform=p, account=a, external_id=i) for p, a, i in names]  # type: ignore[attr-defined]
    return _Letter(kind=entry.action.removesuffix(" queued"), names=tuple(keys))


def _grave(view: CaseView) -> list[FoundAt]:
    """What the case is about: what stands, or where nothing does, what stood; the worst first."""
    grave = [f for f in view.findings if f.finding.severity >= Severity.BREACH and not f.finding.shadow]
    return [found for found in grave if found.gone_at is None] or grave


def _told(found: FoundAt) -> bool:
    return found.finding.severity >= Severity.WARN and not found.finding.shadow


def _event(event: str, post: Post, finding: Finding, at: datetime) -> Event:
    """What happened to a post that has no case."""
    return Event(
        at=at,
        event=event,
        kind=FLAGGED.name,
        external_ids=(post.key.external_id,),
        thread_id=post.thread_id,
        rule=finding.rule,
        topic=finding.topic,
        severity=finding.severity.value,
        question=finding.question,
        reason=finding.message,
        delay_s=_seconds(post.created_at, at),
        quote=masked(post.text, [finding]),
    )


def _about(view: CaseView, found: FoundAt | None, at: datetime) -> Event:
    waits_for, post = view.case.waits_for, view.post
    finding = found.finding if found else None
    return Event(
        at=at,
        event="case-opened",
        kind=view.case.kind.name,
        to=waits_for if waits_for in {"owner", "agency"} else None,
        case=view.case.id,
        external_ids=_ids(view),
        thread_id=post.thread_id if post else None,
        rule=finding.rule if finding else None,
        topic=finding.topic if finding else None,
        severity=(finding.severity if finding else view.case.severity).value,
        question=finding.question if finding else False,
        reason=finding.message if finding else _why(view),
        delay_s=_seconds(post.created_at, at) if post else None,
        quote=masked(post.text, [one.finding for one in view.findings]) if post else "",
    )


def _ids(view: CaseView) -> tuple[str, ...]:
    """The posts that a case shows: of a client the newest and the first."""
    shown = [view.post] if view.post else []
    if view.conversation:
        shown.append(view.conversation.asked)
    return tuple(dict.fromkeys(post.key.external_id for post in shown))


def _why(view: CaseView) -> str:
    one = view.conversation
    return (one.reason or Concern.UPSET).value if one else view.case.subject


def _seconds(since: datetime, until: datetime) -> int:
    return round((until - since).total_seconds())
