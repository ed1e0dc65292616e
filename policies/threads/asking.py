"""When the owner is asked about a client: what a conversation makes of its case, decided from data alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from policies.model.cases.conversation import ConversationAction, ConversationState
from policies.model.finding import Severity
from policies.threads.conversations import Concern, Conversation, Standing

#: What is older was not seen when it could have been told at once: the first pull of an account, an import.
HISTORY = timedelta(days=1)


class AtOnce(StrEnum):
    """A letter that does not wait for the digest."""

    ALERT = "alert"
    REMINDER = "reminder"
    CRISIS = "crisis"
    NOTICE = "notice"  #: to the agency


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """The case that there is about a conversation."""

    state: ConversationState
    severity: Severity
    by_machine: bool  #: whether nobody decided it: it closed by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What becomes of a conversation's case."""

    severity: Severity | None = None  #: that it has from now on; None leaves it
    opens: bool = False
    step: ConversationAction | None = None
    tells: AtOnce | None = None


NOTHING = Asking()


def asking(
    one: Conversation, case: KnownCase | None, *, now: datetime, fresh: Conversation | None = None
) -> Asking:
    """What a conversation asks for, given the case that there is.

    ``fresh`` is the part of it that nobody had seen when the last step on the case was taken.
    """
    if case is None:
        return _new(one, now)
    if case.state is ConversationState.OPEN:
        return _worse(one, case, now) or _settled(one, case)
    return _again(fresh, case, now) or _settled(one, case)


def severity_of(one: Conversation, now: datetime) -> Severity | None:
    """How much it matters that somebody looks; None where nobody needs to."""
    if one.grave:
        return Severity.CRITICAL
    if one.needs_owner and one.reason not in {Concern.LATE, Concern.PRIVATE}:
        return Severity.BREACH
    return Severity.WARN if one.late(now) or one.reason is Concern.PRIVATE else None


def _new(one: Conversation, now: datetime) -> Asking:
    severity = severity_of(one, now)
    if severity is None or not _recent(one, severity, now):
        return NOTHING
    if one.reason is Concern.PRIVATE:
        return Asking(severity=severity, opens=True, step=ConversationAction.ASK_HOW)
    return Asking(severity=severity, opens=True, tells=_letter(severity))


def _worse(one: Conversation, case: KnownCase, now: datetime) -> Asking | None:
    """An open case rises; only what cannot wait is told once more."""
    severity = severity_of(one, now)
    if severity is None or severity.rank <= case.severity.rank or not _recent(one, severity, now):
        return None
    return Asking(severity=severity, tells=AtOnce.ALERT if severity is Severity.CRITICAL else None)


def _settled(one: Conversation, case: KnownCase) -> Asking:
    """Whom the owner answered is settled, who only waited and was answered, and a complaint that ended well."""
    if case.state is ConversationState.CLOSED or case.severity is Severity.CRITICAL:
        return NOTHING
    if one.by_owner:
        return Asking(step=ConversationAction.SETTLED)
    if one.reason is not None or one.standing is Standing.WAITING or one.brushed_off:
        return NOTHING
    if one.standing is Standing.MOVED:
        asks = case.state is ConversationState.OPEN and case.severity is Severity.WARN
        return Asking(step=ConversationAction.ASK_HOW) if asks else NOTHING
    content = one.standing is Standing.CLOSED and one.answer is not None
    settles = case.severity is Severity.WARN or content
    return Asking(step=ConversationAction.SETTLED) if settles else NOTHING


def _again(fresh: Conversation | None, case: KnownCase, now: datetime) -> Asking | None:
    """A case on which a step was taken is opened again by what cannot wait, a settled one by a new wait too."""
    severity = severity_of(fresh, now) if fresh else None
    if fresh is None or severity is None or not _recent(fresh, severity, now):
        return None
    late_again = case.state is ConversationState.CLOSED and fresh.late(now)
    if severity is not Severity.CRITICAL and not late_again and not case.by_machine:
        return None
    if fresh.reason is Concern.PRIVATE:
        return None
    return Asking(severity=severity, step=ConversationAction.SAID_MORE, tells=_letter(severity))


def _recent(one: Conversation, severity: Severity, now: datetime) -> bool:
    """Whether it came up lately: not with an import, or with the first pull of old posts."""
    lately = now - HISTORY
    since = one.newest_answer.created_at if one.reason is Concern.PRIVATE and one.newest_answer else None
    if severity is Severity.WARN and one.late_at and since is None:
        return one.late_at >= lately
    return (since or one.latest.created_at) >= lately


def _letter(severity: Severity) -> AtOnce:
    return AtOnce.ALERT if severity is Severity.CRITICAL else AtOnce.REMINDER
