"""Cases about clients, for the tests of letters."""

from __future__ import annotations

from datetime import UTC, datetime

from policies.model.cases.conversation import CONVERSATION, ConversationState
from policies.model.cases.machinery import Case
from policies.model.finding import Severity
from policies.model.post import Post
from policies.threads.conversations import Concern, Standing
from storage.views import CaseView, ConversationView

UNTIL = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def client(
    number: int,
    latest: Post,
    reason: Concern = Concern.UPSET,
    *,
    severity: Severity = Severity.BREACH,
    state: ConversationState = ConversationState.OPEN,
    asked: Post | None = None,
    answer: Post | None = None,
    standing: Standing = Standing.WAITING,
    crisis: int | None = None,
) -> CaseView:
    """A client who wrote this last and whom nobody has seen to."""
    one = ConversationView(
        id=number,
        thread=latest.thread_key,
        asker=latest.author,
        asked=asked or latest,
        latest=latest,
        answer=answer,
        newest_answer=answer,
        standing=standing,
        complaint=True,
        needs_owner=True,
        brushed_off=reason is Concern.BRUSHED_OFF,
        grave=reason is Concern.DANGER,
        reason=reason,
        waits_since=latest.created_at if answer is None else None,
        late_at=None,
        business=None,
        case=number,
        crisis=crisis,
        assessed_at=UNTIL,
    )
    at = one.asked.created_at
    return CaseView(
        case=Case(
            id=number,
            brand="bakery",
            kind=CONVERSATION,
            subject=f"{latest.thread_key}/{latest.author}",
            state=state,
            severity=severity,
            opened_at=at,
            updated_at=at,
        ),
        post=one.asked,
        findings=(),
        revisions=(),
        conversation=one,
    )
