"""What the store gives back: frozen answers to the questions that jobs and pages ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from policies.model.cases.flagged import FlaggedAction
from policies.model.cases.machinery import Case, NewCase
from policies.model.coverage import Unchecked
from policies.model.finding import Finding
from policies.model.keys import AccountKey, PostKey, StreamKey, ThreadKey
from policies.model.post import Post
from policies.model.thread import Thread
from policies.questions import doubtful
from policies.scoring import Reading
from policies.threads.conversations import Concern, Standing

#: what `Store.exports` can write
EXPORTABLE = ("posts", "revisions", "findings", "cases", "decisions", "policies", "audit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One resource that a platform charges for; counted once per UTC day."""

    resource: str  #: ``post`` or ``user``
    id: str  #: the platform's id
    micro_dollars: int  #: price, millionths of a US dollar


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving a page changed."""

    new: tuple[PostKey, ...] = ()
    revised: tuple[PostKey, ...] = ()
    deleted: tuple[PostKey, ...] = ()
    unchanged: int = 0  #: posts that were known as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One state of a post's text."""

    number: int  #: 1 for the first that we saw
    text: str
    seen_at: datetime  #: UTC, when we first saw it
    edited_at: datetime | None  #: UTC, as the platform says


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One post of a conversation with its history."""

    post: Post  #: newest revision
    revisions: tuple[Revision, ...]  #: oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPost:
    """A post as we remember it."""

    brand: str
    post: Post  #: newest revision
    revision: int
    first_seen_at: datetime  #: UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A post with an open case, on which a fix may show."""

    stored: StoredPost
    case: int  #: number of the case
    claimed: bool  #: the agency says that it is fixed
    since: datetime  #: UTC of the last step on the case; of the claim where there is one
    looked_at: datetime | None  #: UTC of the last later look at the post


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules of one policy version say of one revision of a post."""

    post: PostKey
    revision: int
    policy_version: str  #: version over all packs of the brand
    scorer_version: str
    findings: tuple[Finding, ...]
    reading: Reading | None = None
    unchecked: tuple[Unchecked, ...] = ()
    cases: tuple[NewCase, ...] = ()  #: what the post makes somebody ask, beside the case that findings open


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What recording judgements changed."""

    new_findings: int = 0
    gone_findings: int = 0
    opened: tuple[int, ...] = ()  #: numbers of new or reopened cases
    closed: tuple[int, ...] = ()  #: cases whose fix the platform has shown
    alerts: int = 0  #: critical findings that wait to be mailed


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAt:
    """A finding with its history."""

    finding: Finding
    found_at: datetime  #: UTC
    gone_at: datetime | None  #: UTC when a later revision or a deletion took it away
    revision: int  #: revision that it was found in


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationView:
    """How a client stood when their part of a thread was last assessed."""

    id: int  #: number in the store
    thread: ThreadKey
    asker: str  #: who wrote, as `policies.threads.answers.speaker` names them
    asked: Post  #: their first message that wants something; where none does, their first
    latest: Post  #: their newest message
    answer: Post | None  #: the first answer to them
    newest_answer: Post | None  #: the last answer to them
    standing: Standing
    complaint: bool
    needs_owner: bool
    brushed_off: bool
    grave: bool
    reason: Concern | None  #: the gravest; None where the owner need not look
    waits_since: datetime | None  #: UTC of their first message that nobody answered; None where none waits
    late_at: datetime | None  #: UTC time at which the promise runs out; None where nobody waits
    business: timedelta | None  #: business time to the first answer
    case: int | None  #: number of the case about it
    crisis: int | None  #: number of the conversation with which the crisis began that it belongs to
    assessed_at: datetime  #: UTC

    def late(self, now: datetime) -> bool:
        """Whether they have waited longer than was promised."""
        return self.late_at is not None and self.late_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case with all that a person needs to decide it."""

    case: Case
    post: Post | None  #: that shows it, where one does
    findings: tuple[FoundAt, ...]  #: of that post, where the case is about them
    revisions: tuple[Revision, ...]
    overdue: bool = False  #: a fix was claimed and not seen in time, by whoever knows the opening hours
    conversation: ConversationView | None = None  #: that it is about, where it is about one

    @property
    def in_doubt(self) -> tuple[FoundAt, ...]:
        """What the owner is asked about, the likeliest first: what is likely, stands, and was not decided on before."""
        again = [event.at for event in self.case.events if event.action is FlaggedAction.HOLD]
        since = max(again, default=self.case.opened_at)
        likely = [one for one in self.findings if doubtful(one.finding) and one.gone_at is None]
        fresh = [one for one in likely if one.found_at >= since] or likely
        return tuple(
            sorted(fresh, key=lambda one: (-(one.finding.score or 0), one.found_at, one.finding.rule))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """A conversation with the tone of its posts."""

    key: ThreadKey
    thread: Thread
    readings: Mapping[PostKey, Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHealth:
    """How pulling one stream of one account is going."""

    stream: StreamKey
    complete_at: datetime | None  #: UTC of the last pull that reached its end
    failing_since: datetime | None  #: UTC, None where the last pull went well
    error: str | None  #: what went wrong and the mend, to whoever runs the service
    code: str = ""  #: names the sentence that says it to the brand's people; empty where only ``error`` does
    parts: Mapping[str, str | int] = field(default_factory=dict)  #: what the sentence is filled in with


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """API money of one account in one UTC month."""

    account: AccountKey
    month: str  #: ``2026-11``
    micro_dollars: int
    reads: int  #: charged resources


class MessageState(StrEnum):
    """Where an outgoing message stands."""

    PENDING = "pending"
    CLAIMED = "claimed"  #: a worker holds it; nothing has left yet
    LEAVING = "leaving"  #: the text may be on the wire
    SENT = "sent"
    UNCERTAIN = "uncertain"  #: the server may have it; a person decides about sending again
    DEAD = "dead"  #: refused for good


@dataclass(frozen=True, slots=True, kw_only=True)
class OutMessage:
    """One rendered message on its way out."""

    id: int | None  #: number in the store, None before it is enqueued
    key: str  #: unique: the same cause never makes two messages
    brand: str
    kind: str  #: ``digest`` or ``alert``
    channel: str  #: for instance ``email``
    recipients: tuple[str, ...]
    body: bytes  #: whole message, for e-mail with headers and Message-ID
    created_at: datetime  #: UTC
    state: MessageState = MessageState.PENDING
    attempts: int = 0
    next_try_at: datetime | None = None  #: UTC
    detail: str = ""  #: last answer of the server
    #: posts that it names, the one that caused it first; the audit log keeps them, what comes from the store has none
    names: tuple[PostKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the append-only, hash-chained log."""

    seq: int
    at: datetime  #: UTC
    actor: str  #: person id, ``machine`` or ``operator``
    action: str
    subject: str
    detail: Mapping[str, object]
    hash: str  #: SHA-256 over the previous hash and this line's canonical JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """What was published on one UTC day, and what of it was flagged."""

    day: date  #: UTC date of publication
    outbound: int  #: posts
    inbound: int  #: posts
    findings: int  #: findings in the posts of that day, without rules on trial


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCounts:
    """What was published in a period, and how many cases closed."""

    outbound: int  #: posts published as the brand
    inbound: int  #: posts said to the brand
    flagged: int  #: outbound posts with a finding at warn or above, without rules on trial
    closed: int  #: cases closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One post that went out as the brand."""

    post: Post
    flagged: bool  #: it has a finding at warn or above, without rules on trial


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """One digest and what became of its message."""

    brand: str
    slot: str  #: local date and time, ``2026-11-22T18:00``
    since: datetime  #: UTC
    until: datetime  #: UTC
    message_id: int  #: number in the outbox
    state: MessageState
    created_at: datetime  #: UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLink:
    """A link that was handed out. Its token, which alone opens, is kept nowhere."""

    id: str  #: for revoking
    brand: str
    person: str  #: id on the roster of whoever it is for
    purpose: str  #: ``queue``, ``desk`` or ``case``
    case: int | None  #: number of the case that it begins at, the only one for the purpose ``case``
    made_at: datetime | None  #: UTC; None for links made before they were remembered
    expires_at: datetime  #: UTC
    last_used_at: datetime | None = None  #: UTC start of the last visit
    uses: int = 0  #: visits; pages opened within half an hour are one
    revoked_at: datetime | None = None  #: UTC
