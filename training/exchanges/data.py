"""Labelled exchanges: what a client said, what they were answered, and what careful readers say of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.judging.scorers.pairs import ASKED
from policies.import_files import read_posts
from policies.model.post import Post
from policies.model.thread import threads_of
from policies.threads.exchange import Talk, talks_of, words_of

OWN = Path(__file__).parent / "labels"  #: what we wrote and labelled ourselves
_LATER = datetime(2100, 1, 1, tzinfo=UTC)
#: For each of `ASKED`, how many readers of those who read it say that it holds; None where nobody said.
Labels = tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One exchange with its labels."""

    said: str
    answered: str  #: empty where nobody answered, or where the answer is not part of the text
    labels: Labels
    source: str  #: where it is from: ``care``, ``held``, ``answers``, ``month/<name>``, ``written``


def examples(data: Path) -> list[Example]:
    """Everything that is learnt from or measured on; ``data`` is the folder with care/ and months/."""
    return [*_care(data), *_months(data), *_written()]


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _labels(*readers: Mapping[str, object]) -> Labels:
    """What several readers say of one exchange, each as a row of a file."""
    said = ([row[head] for row in readers if row.get(head) is not None] for head in ASKED)
    return tuple(sum(map(bool, values)) / len(values) if values else None for values in said)


def _talks(path: Path) -> Iterator[Talk]:
    """The conversations of a file of posts, as they were first written."""
    posts: dict[object, Post] = {}
    for line in read_posts(path.read_bytes(), now=_LATER):
        if line.post:
            posts.setdefault(line.post.key, line.post)
    for thread in threads_of(posts.values()).values():
        yield from talks_of(thread, _LATER)


def _care(data: Path) -> Iterator[Example]:
    """Real conversations by the id of their thread: the labels are ours, the texts stay where they are.

    A label is about the thread, so about whoever wrote first in it; two readers gave one each, neither of whom saw the
    other's. Answers that we wrote to a real client's words are
    further examples.
    """
    labels = {row["thread_id"]: (row, "care") for row in _lines(OWN / "care.jsonl")}
    labels |= {row["thread_id"]: (row, "held") for row in _lines(OWN / "held.jsonl")}
    second = {row["thread_id"]: row for row in _lines(OWN / "second.jsonl")}
    ours: dict[object, list[dict[str, object]]] = {}
    for row in _lines(OWN / "answers.jsonl"):
        ours.setdefault(row["thread_id"], []).append(row)
    for talk in _talks(data / "care" / "posts.jsonl"):
        found = labels.pop(talk.thread.thread_id, None)
        if found is None:
            continue
        row, source = found
        said, answered = words_of(talk.said), words_of(talk.answers)
        readers = [row, second[talk.thread.thread_id]]
        readers = readers if talk.answers else [one | {"brushed_off": None} for one in readers]
        yield Example(said=said, answered=answered, labels=_labels(*readers), source=source)
        for other in ours.get(talk.thread.thread_id, ()):
            yield Example(said=said, answered=str(other["answer"]), labels=_labels(other), source="answers")


def _months(data: Path) -> Iterator[Example]:
    """Invented months, each by another hand: what must reach the owner says what a client's words are."""
    for folder in sorted((data / "months").iterdir()):
        if not folder.is_dir():
            continue
        due: dict[str, list[tuple[str, bool]]] = {}
        for row in _lines(folder / "expect.jsonl"):
            for post in row["external_ids"]:  # type: ignore[attr-defined]
                due.setdefault(post, []).append((str(row["what"]), _only_late(str(row["why"]))))
        unclear = {str(row["external_id"]) for row in _lines(folder / "either.jsonl")}
        for talk in _talks(folder / "posts.jsonl"):
            ids = [post.key.external_id for post in talk.said]
            what = [one for post in ids for one in due.get(post, ())]
            if what or not unclear.intersection(ids):
                said, answered = words_of(talk.said), words_of(talk.answers)
                source = f"month/{folder.name}"
                yield Example(said=said, answered=answered, labels=_of_month(what), source=source)


def _only_late(why: str) -> bool:
    """Whether a client needs the owner because nobody answered, whatever they wrote."""
    return any(word in why for word in ("answered", "never", "four business", "no answer", "delay", "chases"))


def _of_month(what: list[tuple[str, bool]]) -> Labels:
    names = {name for name, _ in what}
    complaint = bool(names & {"complaint", "crisis"})
    needed = bool(names & {"alert", "crisis"}) or ("needs-owner", False) in what
    unsure = complaint or ("needs-owner", True) in what
    return (
        float(complaint) if complaint or "alert" not in names else None,
        float(needed) if needed or not unsure else None,
        None if "crisis" in names else float("alert" in names),
        None,
    )


def _written() -> Iterator[Example]:
    for row in (*_lines(OWN / "written.jsonl"), *_lines(OWN / "alike.jsonl")):
        answered = str(row.get("answer") or "")
        yield Example(said=str(row["client"]), answered=answered, labels=_labels(row), source="written")
