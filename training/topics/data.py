"""What the topic heads learn from and are measured on, each post with what surrounds it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from policies import casetest
from policies.checks.means import KNOWN
from policies.example_files import entries
from policies.import_files import read_posts
from policies.loader import load
from policies.model.keys import PostKey
from policies.model.post import Direction, Kind, Post
from policies.model.thread import Thread, threads_of
from policies.shipped import shipped_packs
from training.corpus import MONTHS

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
TOPICS = KNOWN
BRUSHED_OFF = TOPICS.index("complaint-brushed-off")
HOSTILE = TOPICS.index("hostile-or-sarcastic-reply")
FOLDS = len(MONTHS)  #: models that learn apart, each without some businesses, accounts and pairs
_LATER = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One post that the brand published."""

    post: Post
    thread: Thread
    source: str  #: examples, ordinary, pairs, cases, month, brand, care, replies
    group: str  #: what is left out together: a business, an account, or neighbours in a file
    does: frozenset[str]  #: its topics
    unknown: frozenset[str] = frozenset()  #: topics of which nobody said
    plain: bool = False  #: counts as ordinary where false alarms are counted
    asked: Mapping[str, float] = field(default_factory=dict)  #: what is known of the client whom it answers


def samples(data: Path) -> list[Sample]:
    """All of them; ``data`` is the folder with months/, brand/, care/ and replies/."""
    return [*_examples(), *_ordinary(), *_pairs(), *_cases(), *_months(data), *_real(data)]


def upset() -> Iterator[tuple[str, bool]]:
    """What clients say, and whether they are upset."""
    for sort, text in _lines("complaint"):
        yield text, sort


def _lines(name: str) -> Iterator[tuple[bool, str]]:
    path = EXAMPLES / f"{name}.examples"
    for _, sort, text in entries(path.read_text(encoding="utf-8").splitlines()):
        yield sort == "like", text


def _examples() -> Iterator[Sample]:
    """Whole posts by topic, without what they answer."""
    for topic in TOPICS:
        for found, text in _lines(topic):
            does = frozenset({topic} if found else ())
            yield _alone(text, None, source="examples", group=topic, does=does)


def _ordinary() -> Iterator[Sample]:
    from policies.checks.ordinary import ORDINARY

    more = (EXAMPLES / "ordinary.txt").read_text(encoding="utf-8").splitlines()
    for text in (*ORDINARY, *more):
        yield _alone(text, None, source="ordinary", group="", does=frozenset())


def _pairs() -> Iterator[Sample]:
    """Our own pairs; neighbours are twins and are left out together."""
    for name in (*TOPICS, "plain"):
        rows = (HERE / "pairs" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for number, row in enumerate(map(json.loads, rows)):
            does = frozenset({name} if row["found"] else ())
            yield _alone(row["text"], row["answers"], source="pairs", group=f"{name}{number // 4}", does=does)
    for number, row in enumerate(map(json.loads, (HERE / "pairs" / "mixed.jsonl").open(encoding="utf-8"))):
        made = _alone(
            row["text"],
            row["answers"],
            source="pairs",
            group=f"mixed{number // 8}",
            does=frozenset(row["topics"]),
        )
        yield replace(made, asked={k: float(row[k]) for k in ("complaint", "owner") if row[k] is not None})


def _cases() -> Iterator[Sample]:
    """The cases of the shipped rules: what a rule must leave alone is ordinary for its topic only."""
    for rule in load(shipped_packs()).rules:
        topic = rule.rule.topic
        if topic not in TOPICS:
            continue
        for found, cases in (
            (True, rule.rule.cases.flag),
            (False, rule.rule.cases.ok),
            (True, rule.rule.cases.todo),
        ):
            for case in cases:
                yield _alone(
                    case.text,
                    case.reply_to,
                    source="cases",
                    group=rule.id,
                    does=frozenset({topic} if found else ()),
                    unknown=frozenset(TOPICS) - {topic},
                )


def _alone(
    text: str,
    answers: str | None,
    *,
    source: str,
    group: str,
    does: frozenset[str],
    unknown: frozenset[str] = frozenset(),
) -> Sample:
    """A post that we wrote, on a stage of its own."""
    key = PostKey(platform="x", account="brand", external_id="post")
    post = Post(
        key=key,
        thread_id="said" if answers else "post",
        parent_id="said" if answers else None,
        direction=Direction.OUTBOUND,
        kind=Kind.REPLY if answers else Kind.POST,
        author="brand",
        created_at=casetest.NOON,
        text=text,
    )
    said = replace(
        post,
        key=replace(key, external_id="said"),
        parent_id=None,
        direction=Direction.INBOUND,
        author="client",
        text=answers or "",
    )
    thread = threads_of([said, post] if answers else [post])[post.thread_key]
    return Sample(post=post, thread=thread, source=source, group=group, does=does, unknown=unknown)


def _posts(path: Path) -> list[Post]:
    """The posts of a file, as they were first written."""
    first: dict[PostKey, Post] = {}
    for line in read_posts(path.read_bytes(), now=_LATER):
        if line.post:
            first.setdefault(line.post.key, line.post)
    return list(first.values())


def _months(data: Path) -> Iterator[Sample]:
    for name in MONTHS:
        folder = data / "months" / name
        faults: dict[str, set[str]] = {}
        hers: set[str] = set()
        for row in _rows(folder / "expect.jsonl"):
            first = str(row["external_ids"][0])  # type: ignore[index]
            if row["what"] == "finding":
                faults.setdefault(first, set()).add(str(row["topic"]))
            hers |= {first} if row["what"] == "owner-post" else set()
        either = {
            str(row["external_id"]): set(row.get("also") or TOPICS)  # type: ignore[call-overload]
            for row in _rows(folder / "either.jsonl")
        }
        for sample in _outbound(_posts(folder / "posts.jsonl"), "month", lambda _, name=name: name):
            name_of = sample.post.key.external_id
            does = frozenset(faults.get(name_of, ())) & set(TOPICS)
            other = name_of in faults and not does
            unknown = frozenset(TOPICS if other else either.get(name_of, ())) - does
            plain = name_of not in faults and name_of not in either and name_of not in hers
            yield replace(sample, does=does, unknown=unknown, plain=plain)


def _real(data: Path) -> Iterator[Sample]:
    """Real posts of real accounts: nearly all fine. Brush-offs among answers are too many to be called none."""
    for source in ("brand", "care", "replies"):
        for sample in _outbound(_posts(data / source / "posts.jsonl"), source, lambda p: p.key.account):
            unknown = frozenset({TOPICS[BRUSHED_OFF]} if source != "brand" else ())
            yield replace(sample, unknown=unknown, plain=True)


def _outbound(posts: Sequence[Post], source: str, group: object) -> Iterator[Sample]:
    threads = threads_of(posts)
    for post in posts:
        if post.outbound:
            yield Sample(
                post=post,
                thread=threads[post.thread_key],
                source=source,
                group=group(post),  # type: ignore[operator]
                does=frozenset(),
            )


def _rows(path: Path) -> Iterable[Mapping[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def folds(data: Sequence[Sample]) -> list[int]:
    """Which model has not seen each sample, every group in one fold whatever else there is; -1 where all may see it."""
    return [_fold(sample) for sample in data]


def _fold(sample: Sample) -> int:
    if sample.source == "month":
        return MONTHS.index(sample.group)
    if sample.source not in ("brand", "care", "pairs", "cases"):
        return -1
    return zlib.crc32(f"{sample.source} {sample.group}".encode()) % FOLDS
