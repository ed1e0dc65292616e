"""An owner's yes and no to posts of her own archive, before anything goes live: which are asked, and what they say."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.located_yaml import did_you_mean
from policies.model.limits import TopicLimits, held, odds_of
from policies.shares import upper95
from policies.topics.learning import Decided, Move, learned

#: Posts of a topic that are asked about, and how many of them are the likeliest; the others lie around the limit.
ASKED, LIKELIEST = 10, 6
#: What lies further below the limit than this is not worth a question, log odds.
NEAR = 3.0
_LONGEST = 100_000  #: characters of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePost:
    """One post of the archive, judged."""

    external_id: str
    text: str
    chances: Mapping[str, float]  #: calibrated, by topic that can be meant
    found: Mapping[str, bool]  #: by topic of what was found: whether it is only asked


@dataclass(frozen=True, slots=True, kw_only=True)
class YesOrNo:
    """What the owner said of one post and topic."""

    external_id: str
    topic: str
    right: bool
    line: int  #: of the file, from 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAccount:
    """What the answers say of one topic."""

    topic: str
    n: int  #: answers that count
    alarms: int  #: posts that are found now and that the owner called fine
    found: int  #: posts of the archive that are found now
    before: TopicLimits | None  #: None where no head knows the topic
    after: TopicLimits | None  #: the same
    move: Move | None  #: None where the answers move nothing

    @property
    def upper95(self) -> float | None:
        """What the rate of false alarms is at most, with 95 % certainty; None where nobody answered."""
        return upper95(self.alarms, self.n) if self.n else None


def worth_asking(posts: Sequence[ArchivePost], topic: str, limit: float | None) -> list[ArchivePost]:
    """The posts that say most about a topic: the likeliest, and those around the limit; no text twice."""
    texts: dict[str, ArchivePost] = {}
    for post in posts:
        if topic in post.found or (limit is not None and _near(post, topic, limit)):
            texts.setdefault(" ".join(post.text.casefold().split()), post)
    able = sorted(texts.values(), key=lambda one: (-one.chances.get(topic, 0.0), one.external_id))
    if limit is None:
        return able[:ASKED]
    rest = sorted(able[LIKELIEST:], key=lambda one: (abs(_distance(one, topic, limit)), one.external_id))
    chosen = [*able[:LIKELIEST], *rest[: ASKED - LIKELIEST]]
    return sorted(chosen, key=lambda one: (-one.chances.get(topic, 0.0), one.external_id))


def _near(post: ArchivePost, topic: str, limit: float) -> bool:
    return post.chances.get(topic, 0.0) > 0 and _distance(post, topic, limit) > -NEAR


def _distance(post: ArchivePost, topic: str, limit: float) -> float:
    return odds_of(post.chances.get(topic, 0.0)) - odds_of(limit)


class BadAnswer(ValueError):
    """One line of answers cannot be used."""


def read_answers(
    lines: Iterable[str], ids: Mapping[str, int], topics: Collection[str]
) -> tuple[list[YesOrNo], list[tuple[int, str]]]:
    """Answers, and the lines that are none with the reason; a line whose ``right`` is null is left open.

    ``ids`` are those of the archive's posts, each with how many posts have it. What is answered both ways counts in
    neither, and what is answered twice counts once.
    """
    answers: dict[tuple[str, str], YesOrNo] = {}
    problems: dict[int, str] = {}
    disputed = set()
    for number, line in enumerate(lines, start=1):
        try:
            answer = _answer(line, number, ids, topics) if line.strip() else None
        except BadAnswer as error:
            problems[number] = str(error)
            continue
        if answer is None:
            continue
        known = answers.setdefault((answer.external_id, answer.topic), answer)
        if known.right is not answer.right:
            disputed.add((answer.external_id, answer.topic))
            problems[number] = f"says the opposite of line {known.line}; neither counts"
    kept = [answer for key, answer in answers.items() if key not in disputed]
    return kept, sorted(problems.items())


def _answer(line: str, number: int, ids: Mapping[str, int], topics: Collection[str]) -> YesOrNo | None:
    data = _object(line)
    name, topic, right = data.get("external_id"), data.get("topic"), data.get("right")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not isinstance(topic, str) or "right" not in data:
        raise BadAnswer('needs "external_id", "topic" and "right"')
    if topic not in topics:
        raise BadAnswer(
            f"no rule knows the topic {topic[:60]!r}. {did_you_mean(topic, sorted(topics))}".strip()
        )
    if ids.get(name, 0) != 1:
        many = "several posts have" if name in ids else "no post of the brand has"
        raise BadAnswer(f"{many} the external_id {name[:60]!r}")
    if right is None:
        return None
    if not isinstance(right, bool):
        raise BadAnswer('"right" must be true, false, or null where it is left open')
    return YesOrNo(external_id=name, topic=topic, right=right, line=number)


def _object(line: str) -> dict[str, Any]:
    if len(line) > _LONGEST:
        raise BadAnswer("is too long")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadAnswer("is not JSON") from error
    if not isinstance(data, dict):
        raise BadAnswer("must be a JSON object")
    return data


def accounts(
    posts: Sequence[ArchivePost],
    answers: Sequence[YesOrNo],
    shipped: Mapping[str, TopicLimits],
    own: Mapping[str, TopicLimits],
) -> list[TopicAccount]:
    """What the answers say of each topic that was found or answered, and of all that heads know."""
    by_id = {post.external_id: post for post in posts}
    given = [(by_id[one.external_id], one) for one in answers]
    decided = [
        Decided(topic=one.topic, chance=chance, right=one.right, words=post.text)
        for post, one in given
        if (chance := post.chances.get(one.topic))
    ]
    before = held(shipped, own)
    moves = learned(shipped, decided, before)
    others = sorted({topic for post in posts for topic in post.found} | {one.topic for one in answers})
    return [
        TopicAccount(
            topic=topic,
            n=sum(one.topic == topic for one in answers),
            alarms=sum(one.topic == topic and not one.right and topic in post.found for post, one in given),
            found=sum(topic in post.found for post in posts),
            before=before.get(topic),
            after=moves[topic].after if topic in moves else before.get(topic),
            move=moves.get(topic),
        )
        for topic in dict.fromkeys((*shipped, *others))
    ]
