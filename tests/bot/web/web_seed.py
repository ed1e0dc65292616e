"""A small made-up brand in a real store, for the tests of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.links import Links, Purpose
from bot.web.site import BrandInfo
from policies.model.finding import Finding, Severity, Span
from policies.model.keys import AccountKey, PostKey, StreamKey
from policies.model.people import Person, Role
from policies.model.post import Direction, Kind, Media, Post
from storage.store import Store
from storage.views import Judgement

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
BRAND = "lumen"
OWN = StreamKey(account=AccountKey(platform="x", handle="lumenbakery"), stream="own")
ANNA = Person(id="anna", name="Anna Berg", role=Role.OWNER, email="anna@lumen.example")
KIT = Person(id="kit", name="Kit Romero", role=Role.AGENCY, email="kit@agency.example")
STAFF = Person(id="sam", name="Sam", role=Role.STAFF)
PEOPLE = (ANNA, KIT, STAFF)
KEYS = ("a-new-key-of-more-than-sixteen", "an-old-key-of-more-than-sixteen")
BRANDS = {
    BRAND: BrandInfo(name="Lumen Bakery", zone=ZoneInfo("Europe/Berlin")),
    "other": BrandInfo(name="Other Shop"),
}

WHY = (
    "A refund is a promise of money. Only Anna can make it, because she must be able to keep it and because "
    "customers compare what they were promised."
)
BETTER = "“I have passed this on to Anna, who decides on refunds. You will hear from her by tomorrow noon.”"


def post(
    number: int,
    text: str,
    *,
    direction: Direction = Direction.OUTBOUND,
    thread: str | None = None,
    author: str = "lumenbakery",
    author_name: str | None = None,
    at: datetime | None = None,
    **more: object,
) -> Post:
    """A post on the brand's X account."""
    key = PostKey(platform="x", account="lumenbakery", external_id=str(number))
    return Post(
        key=key,
        thread_id=thread or str(number),
        parent_id=thread,
        direction=direction,
        kind=Kind.REPLY if thread else Kind.POST,
        author=author,
        author_name=author_name or ("Lumen Bakery" if direction is Direction.OUTBOUND else None),
        created_at=at or NOW - timedelta(hours=5) + timedelta(minutes=number),
        text=text,
        permalink=f"https://x.com/lumenbakery/status/{number}",
        **more,  # type: ignore[arg-type]
    )


def finding(
    about: Post,
    words: str,
    *,
    severity: Severity = Severity.BREACH,
    rule: str = "no-refund-promise",
    **more: str,
) -> Finding:
    """A rule that matched these words of the post, the whole post where they are empty."""
    start = about.text.index(words)
    spans = (Span(start=start, end=start + len(words)),) if words else ()
    texts = {
        "title": "Promises a refund",
        "message": f"“{words}” promises money back." if words else "The reply talks down to a customer.",
        "why": WHY,
        "suggest": BETTER,
    } | more
    return Finding(
        rule=rule,
        topic="unauthorised-promise",
        severity=severity,
        policy="starter",
        policy_version="1.2.0",
        post=about.key,
        spans=spans,
        matched=words,
        **texts,
    )


def save(
    store: Store, posts: Sequence[Post], *, now: datetime = NOW, brand: str = BRAND, stream: StreamKey = OWN
) -> None:
    """Put posts in as one page of a pull."""
    store.posts.save(
        brand,
        stream,
        list(posts),
        cursor={"since": posts[-1].key.external_id},
        now=now,
    )


def judge(
    store: Store,
    about: Post,
    findings: Sequence[Finding],
    *,
    revision: int = 1,
    now: datetime = NOW,
    brand: str = BRAND,
) -> tuple[int, ...]:
    """Record what the rules say of one revision; the numbers of the opened cases."""
    judgement = Judgement(
        post=about.key,
        revision=revision,
        policy_version="p1",
        scorer_version="s1",
        findings=tuple(findings),
    )
    return store.judgements.record(brand, [judgement], now=now).opened


def flagged(store: Store, about: Post, words: str, **more: object) -> int:
    """Save a post with a finding; the number of its case."""
    save(store, [about])
    (number,) = judge(store, about, [finding(about, words, **more)])  # type: ignore[arg-type]
    return number


def seed_day(store: Store) -> dict[str, int]:
    """A believable day: an urgent reply with its thread, an edit, a rude answer, pictures, things settled."""
    asked = post(
        1,
        "Third cake in a month that arrived squashed. I am done with you.",
        direction=Direction.INBOUND,
        author="mara_k",
        author_name="Mara K. 🍰",
    )
    reply = post(2, "Hi Mara, so sorry! We guarantee a full refund today. ^KR", thread="1")
    edited = post(
        3,
        "Our new rye loaf cures a tired Monday. Promise! #rye #lumen",
        media=(
            Media(kind="image", url="https://pbs.example/loaf.jpg", alt_text="A dark loaf on a wooden board"),
            Media(kind="image", url="javascript:alert(1)", alt_text=None),
        ),
    )
    rude = post(
        4, "As we have told you three times already, please read the opening hours yourself.", thread="9"
    )
    save(store, [asked, reply, edited, rude])
    numbers: dict[str, int] = {}
    found = finding(reply, "guarantee a full refund", severity=Severity.CRITICAL)
    (numbers["urgent"],) = judge(store, reply, [found])
    cure = {"title": "Health claim about food", "rule": "no-health-claim"}
    cure |= {
        "message": "“cures” says that food heals.",
        "why": "Claims about health need proof under the EU rules; a fine would land on the bakery.",
        "suggest": "Say what it tastes like, or how it is made.",
    }
    (numbers["edited"],) = judge(store, edited, [finding(edited, "cures", **cure)])
    tone = {"title": "Talks down to a customer", "rule": "tone-condescending"}
    tone |= {
        "why": "Whoever asks a third time has not been helped twice. The tone is the bakery’s, not the agency’s."
    }
    tone |= {"suggest": "Give the hours: “We open at 7.”"}
    (numbers["rude"],) = judge(store, rude, [finding(rude, "", **tone)])
    return numbers


def url_for(links: Links, person: Person, purpose: Purpose, **more: int) -> str:
    """A link that is good for a week."""
    return links.address(
        links.grant(
            brand=BRAND, person=person.id, purpose=purpose, now=NOW, lifetime=timedelta(days=7), **more
        )
    )
