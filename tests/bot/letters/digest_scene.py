"""A made-up bakery and its day, from which the digest tests start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from client_scene import UNTIL, client

from bot.letters.model import AccountSpend, DayFigures, DigestInput, Figures
from policies.model.cases.flagged import FLAGGED, FlaggedAction, FlaggedState
from policies.model.cases.machinery import Case, CaseEvent, WaitsFor
from policies.model.coverage import Unchecked, Why
from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.post import Direction, Kind, Post
from policies.threads.conversations import Concern
from storage.views import CaseView, FoundAt, Revision, Spent, StoredPost, StreamHealth

X = AccountKey(platform="x", handle="goldencrust")
REDDIT = AccountKey(platform="reddit", handle="GoldenCrust")
BERLIN = ZoneInfo("Europe/Berlin")
SINCE = UNTIL - timedelta(days=1)


def link(purpose: str, case: int | None = None) -> str:
    """Looks like a signed link."""
    number = "" if case is None else f".{case}"
    return f"https://watch.example/l/eyJiIjoiYmFrZXJ5IiwicCI6Im93bmVyIiwidSI6I{purpose}{number}.Zk3n0aVb9Q"


def post(number: int, text: str, *, author: str = "goldencrust", hours: float = 3, **more: object) -> Post:
    fields: dict[str, object] = {
        "key": PostKey(platform="x", account="goldencrust", external_id=str(1_000 + number)),
        "thread_id": str(1_000 + number),
        "parent_id": None,
        "direction": Direction.OUTBOUND if author == "goldencrust" else Direction.INBOUND,
        "kind": Kind.POST,
        "author": author,
        "created_at": UNTIL - timedelta(hours=hours),
        "text": text,
        "permalink": f"https://x.com/goldencrust/status/{1_000 + number}",
    }
    return Post(**(fields | more))  # type: ignore[arg-type]


def finding(of: Post, words: str, severity: Severity = Severity.BREACH, **more: object) -> Finding:
    start = of.text.find(words)
    spans = (Span(start=start, end=start + len(words)),) if words and start >= 0 else ()
    fields: dict[str, object] = {
        "rule": "no-promised-refunds",
        "title": "Promises money back",
        "topic": "unauthorised-promise",
        "severity": severity,
        "message": f"The post promises something only you may promise: “{words}”.",
        "why": "Refunds are decided by the owner.",
        "suggest": "Say that you will look into it and reply by a named time.",
        "policy": "starter",
        "policy_version": "1",
        "post": of.key,
        "spans": spans,
        "matched": words,
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]


def found(one: Finding, *, revision: int = 1) -> FoundAt:
    return FoundAt(finding=one, found_at=UNTIL - timedelta(hours=2), gone_at=None, revision=revision)


def case(
    number: int,
    of: Post,
    *findings: Finding,
    state: FlaggedState = FlaggedState.OPEN,
    note: str = "",
    action: FlaggedAction = FlaggedAction.DISPUTE,
) -> CaseView:
    at = UNTIL - timedelta(hours=1)
    events = (CaseEvent(at=at, actor="agency", action=action, note=note, leads_to=state),) if note else ()
    return CaseView(
        case=Case(
            id=number,
            brand="bakery",
            kind=FLAGGED,
            subject=str(of.key),
            state=state,
            severity=max((one.severity for one in findings), default=Severity.BREACH),
            opened_at=at,
            updated_at=at,
            events=events,
        ),
        post=of,
        findings=tuple(found(one) for one in findings),
        revisions=(Revision(number=1, text=of.text, seen_at=at, edited_at=None),),
    )


def stored(of: Post) -> StoredPost:
    return StoredPost(brand="bakery", post=of, revision=1, first_seen_at=of.created_at)


DAYS = tuple(
    DayFigures(
        date=date(2026, 11, 14) + timedelta(days=number), outbound=out, inbound=received, findings=flags
    )
    for number, (out, received, flags) in enumerate(
        [(14, 9, 1), (6, 4, 0), (21, 15, 2), (19, 12, 0), (24, 31, 6), (22, 18, 1), (23, 17, 2)]
    )
)


def quiet_day() -> DigestInput:
    """Everything went well."""
    return DigestInput(
        brand="Golden Crust Bakery",
        owner="Marta Klein",
        zone=BERLIN,
        since=SINCE,
        until=UNTIL,
        figures=Figures(published=23, inbound=17, answered=11, median_answer=timedelta(minutes=34)),
        samples=(stored(post(30, "Rye sourdough is back from Saturday, baked overnight. Come early!")),),
        health=(_healthy("own"), _healthy("mentions")),
    )


def a_monday() -> DigestInput:
    """The quiet day at the beginning of a week, on which the bars are drawn."""
    weekend = timedelta(days=3)
    return replace(quiet_day(), since=SINCE + weekend, until=UNTIL + weekend, health=(), days=DAYS)


def _healthy(stream: str) -> StreamHealth:
    return StreamHealth(
        stream=StreamKey(account=X, stream=stream),
        complete_at=UNTIL - timedelta(minutes=12),
        failing_since=None,
        error=None,
    )


def busy_day() -> DigestInput:
    """Something in each section."""
    refund = post(
        1,
        "So sorry about the soggy croissants! We will refund every customer from Tuesday in full, no questions "
        "asked, just send us a DM with a photo and your bank details and we sort it out today.",
        hours=4,
    )
    health_claim = post(
        2, "Our spelt loaf cures gluten intolerance. Thousands of happy tummies can't be wrong!", hours=6
    )
    slang = post(3, "lol chill, it's just bread. not like anyone died 🙄", hours=8, edited_at=UNTIL)
    rude = post(4, "@tom_h maybe read the opening hours before you complain?", hours=9, kind=Kind.REPLY)
    angry = post(
        5,
        "Third time my order was wrong and nobody answers. I have been a customer for ten years. Is there a "
        "person I can talk to?",
        author="ines.w",
        hours=7,
    )
    waiting = post(6, "Do you still have stollen for pick-up on Friday?", author="حسن_علي", hours=5)
    shout = post(7, "BEST ROLLS IN TOWN!!! Don't miss them!!!", hours=11)
    return DigestInput(
        brand="Golden Crust Bakery",
        owner="Marta Klein",
        zone=BERLIN,
        since=SINCE,
        until=UNTIL,
        figures=Figures(
            published=23,
            flagged=5,
            inbound=17,
            answered=11,
            median_answer=timedelta(minutes=34),
            settled=2,
        ),
        cases=(
            case(
                41,
                health_claim,
                finding(
                    health_claim,
                    "cures gluten intolerance",
                    Severity.CRITICAL,
                    rule="health-claims",
                    title="Claims that food heals",
                    message="A bakery may not say that its bread cures anything.",
                    suggest="Say what is in it: “spelt, water, salt, time”.",
                ),
            ),
            case(
                38,
                refund,
                finding(refund, "refund every customer from Tuesday in full"),
                finding(
                    refund,
                    "bank details",
                    rule="asks-private-data",
                    title="Asks for private data",
                    message="Bank details should never be asked for in public.",
                    suggest=None,
                ),
                state=FlaggedState.DISPUTED,
                note="We cleared this with your colleague on the phone, so the refund was agreed.",
            ),
            case(
                40,
                slang,
                finding(slang, "it's just bread", title="Plays a complaint down", rule="dismissive"),
                state=FlaggedState.FIX_CLAIMED,
            ),
            client(36, angry),
            client(37, waiting, Concern.LATE, severity=Severity.WARN),
            case(39, rude, finding(rude, "maybe read", title="Talks down to a customer", rule="talks-down")),
        ),
        case_counts={
            WaitsFor.AGENCY: 2,
            WaitsFor.OWNER: 3,
            WaitsFor.PLATFORM: 1,
            WaitsFor.NOBODY: 120,
        },
        warnings=(
            (
                found(
                    finding(
                        shout,
                        "!!!",
                        Severity.WARN,
                        rule="shouting",
                        title="More than one exclamation mark",
                        suggest="One is plenty.",
                    )
                ),
                stored(shout),
            ),
        ),
        warning_count=1,
        samples=(
            stored(post(30, "Rye sourdough is back from Saturday, baked overnight. Come early!")),
            stored(post(31, "@lena_k Thank you for the kind words, Ahmed from the night shift blushed. 🥖")),
            stored(post(32, "שבת שלום! We close at 14:00 today, see you on Sunday.")),
        ),
        unchecked=(
            Unchecked(
                why=Why.LANGUAGE,
                platform="x",
                account="goldencrust",
                detail="The tone of these was not read, our model does not know the language; your rules were.",
                count=2,
            ),
        ),
        health=(
            _healthy("own"),
            StreamHealth(
                stream=StreamKey(account=REDDIT, stream="own"),
                complete_at=UNTIL - timedelta(hours=15),
                failing_since=UNTIL - timedelta(hours=14),
                error="Reddit refuses our key. Ask your operator to renew it.",
            ),
        ),
        spend=(
            AccountSpend(
                spent=Spent(account=X, month="2026-11", micro_dollars=8_420_000, reads=1_684),
                budget=10_000_000,
            ),
            AccountSpend(spent=Spent(account=REDDIT, month="2026-11", micro_dollars=0, reads=0)),
        ),
        days=DAYS,
        mood="Most customers sounded content: 12 of 17.",
    )
