"""`oversight judge-me`: what would have been flagged in one's own archive, and limits from a yes or no to samples."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from rich.progress import track

from bot.commands.common import console, format_option, printable, show_table
from bot.commands.rules.lint import judge
from bot.commands.rules.tools import load_book, models_for, pack_option, say_floods, tools
from bot.settings.home import home_of, read_brand
from policies.engine import Engine
from policies.errors import OversightError
from policies.import_files import Plain, read_posts
from policies.masking import masked
from policies.model.limits import TopicLimits, held
from policies.model.post import Post
from policies.needs import Need
from policies.topics import shipped
from policies.topics.answers import ArchivePost, TopicAccount, accounts, read_answers, worth_asking

if TYPE_CHECKING:
    from bot.settings.brand import Brand
    from policies.rulebook import RuleBook

LONGEST_SHOWN = 240  #: characters of a post that is asked about
_EVERYTHING = frozenset({Need.READING, Need.MEANING, Need.THREAD})


@click.command("judge-me")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--verdicts",
    type=click.File("rb"),
    metavar="FILE",
    help="Your answers: JSON lines with external_id, topic and right (true, false, or null where left open).",
)
@click.option(
    "--ask",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the samples there as JSON lines, to be answered in an editor and given back with --verdicts.",
)
@click.option("--apply", is_flag=True, help="Keep the new limits for the brand; needs --verdicts.")
@click.option("--brand", metavar="BRAND", help="A brand of the home folder; not needed where there is one.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="BRAND.YAML",
    help="A brand.yaml instead: its packs, people, opening hours and campaigns.",
)
@pack_option
@format_option
def judge_me(
    file: BinaryIO,
    verdicts: BinaryIO | None,
    ask: Path | None,
    apply: bool,
    brand: str | None,  # noqa: ARG001 -- the tools look it up
    settings: Path | None,
    packs: tuple[str, ...],
    form: str,
) -> None:
    """Try the program on your own archive before it goes live, and fit it to how you write.

    FILE holds your posts as `oversight import` reads them, best with what clients said. Three steps:

    \b
    1. oversight judge-me posts.jsonl --ask answers.jsonl
       says what would have been flagged, and writes ten samples a topic.
    2. Answer them in an editor: "right": true where the post really does it, false where it is fine.
    3. oversight judge-me posts.jsonl --verdicts answers.jsonl
       says what the limits would be with your answers; with --apply they are kept.

    Limits are chances from 0 to 1: from the lower one you are asked about a post, from the upper one you are told.
    Three answers move them little, thirty move them much; `oversight policy limits` shows and undoes it.
    Exit code 0: done. 1: lines were left out. 2: bad input or settings.
    """
    _require(verdicts, apply, settings)
    ours = read_brand(settings) if settings else tools().brand()
    own = tools().limits(ours) if ours and not settings else {}
    engine = Engine(load_book(packs, ours, home_of(settings) if settings else None))
    posts, bad = _archive(file)
    judged = list(_judged(engine, posts, ours, own))
    say_floods(_found(judged), len(judged), "Answer its samples and keep the limits with --apply first.")
    if verdicts is None:
        _ask(judged, held(shipped().limits_by_topic, own), ask, form)
    else:
        told, worse = _tell(judged, engine, verdicts, own, form)
        bad += worse
        if apply:
            _keep(told, ours, engine.rulebook)
    sys.exit(int(bool(bad)))


def _require(verdicts: BinaryIO | None, apply: bool, settings: Path | None) -> None:
    if apply and verdicts is None:
        raise click.UsageError("--apply keeps what --verdicts says; name the file of your answers.")
    if apply and settings:
        raise click.UsageError(
            "--apply keeps limits in the store of a home folder; name the brand with --brand."
        )


def _archive(file: BinaryIO) -> tuple[list[Post], int]:
    """The posts, each as it was last written, and how many lines were left out."""
    lines = list(read_posts(file.read(), now=datetime.now(UTC), plain=Plain.NO_POSTS))
    bad = [line for line in lines if line.post is None]
    for line in bad:
        click.echo(f"line {line.number}: {printable(line.problem)}", err=True)
    posts = {line.post.key: line.post for line in lines if line.post}
    if not any(post.outbound for post in posts.values()):
        raise OversightError(
            "There is no post of the brand in it.", mend="Give posts whose direction is outbound."
        )
    return list(posts.values()), len(bad)


def _judged(
    engine: Engine, posts: Sequence[Post], brand: Brand | None, own: Mapping[str, TopicLimits]
) -> Iterator[ArchivePost]:
    """What was published as the brand, with what is found and how likely each topic is."""
    models = models_for(engine.needs | _EVERYTHING)
    found = judge(engine, posts, brand, models, own=own, also=_EVERYTHING)
    shown = track(found, description="Judging", total=len(posts), console=console, transient=True)
    for post, context, findings in shown:
        if post.outbound:
            chances = {topic: one.chance for topic, one in engine.topics(post, context).items() if one.chance}
            topics: dict[str, bool] = {}
            for finding in findings:
                if not finding.shadow:
                    topics[finding.topic] = finding.question and topics.get(finding.topic, True)
            yield ArchivePost(external_id=post.key.external_id, text=post.text, chances=chances, found=topics)


def _found(judged: Sequence[ArchivePost]) -> Counter[str]:
    """How many posts are found under each topic."""
    return Counter(topic for post in judged for topic in post.found)


def _ask(
    judged: Sequence[ArchivePost], limits: Mapping[str, TopicLimits], ask: Path | None, form: str
) -> None:
    """What would have been flagged, and samples to answer."""
    topics = [*limits, *sorted({topic for post in judged for topic in post.found} - limits.keys())]
    samples = {
        topic: worth_asking(judged, topic, limits[topic].asked if topic in limits else None)
        for topic in topics
    }
    rows = [_sample(post, topic) for topic, chosen in samples.items() for post in chosen]
    if ask:
        ask.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        click.echo(f"{len(rows)} samples to answer are in {ask}.", err=True)
    if form == "jsonl":
        for row in rows:
            click.echo(json.dumps(row))
        return
    counts = [(topic, [post.found[topic] for post in judged if topic in post.found]) for topic in topics]
    show_table(
        ["topic", "posts", "said", "asked", "samples"],
        [[topic, str(len(judged)), str(found.count(False)), str(found.count(True)), str(len(samples[topic]))]
         for topic, found in counts],
    )  # fmt: skip
    for topic, chosen in samples.items():
        for post in chosen if not ask else ():
            chance = f"{post.chances[topic]:.0%}" if topic in post.chances else ""
            click.echo(printable(f"{topic} {post.external_id} {_how(post, topic)} {chance}: {_shown(post)}"))


def _how(post: ArchivePost, topic: str) -> str:
    """What would be made of a post under a topic."""
    return "not flagged" if topic not in post.found else "asked" if post.found[topic] else "said"


def _shown(post: ArchivePost) -> str:
    return " ".join(masked(post.text).split())[:LONGEST_SHOWN]


def _sample(post: ArchivePost, topic: str) -> dict[str, object]:
    chance = post.chances.get(topic)
    return {
        "external_id": post.external_id,
        "topic": topic,
        "right": None,
        "flagged": _how(post, topic),
        "chance": None if chance is None else round(chance, 4),
        "text": _shown(post),
    }


def _tell(
    judged: Sequence[ArchivePost],
    engine: Engine,
    verdicts: BinaryIO,
    own: Mapping[str, TopicLimits],
    form: str,
) -> tuple[list[TopicAccount], int]:
    """What the answers say, and how many lines of them were left out."""
    limits = shipped().limits_by_topic
    topics = limits.keys() | {rule.rule.topic for rule in engine.rulebook.rules}
    lines = verdicts.read().decode("utf-8-sig", "replace").split("\n")
    answers, problems = read_answers(lines, Counter(post.external_id for post in judged), topics)
    for number, problem in problems:
        click.echo(f"line {number}: {printable(problem)}", err=True)
    if not answers:
        click.echo("No line says yes or no, so nothing moves.", err=True)
    told = accounts(judged, answers, limits, own)
    if form == "jsonl":
        for one in told:
            click.echo(json.dumps(_row(one)))
    else:
        show_table(_COLUMNS, [[_cell(value) for value in _row(one).values()] for one in told])
    return told, len(problems)


_COLUMNS = (
    "topic", "n", "alarms", "upper95", "threshold_before", "threshold_after", "said_before", "said_after", "flagged"
)  # fmt: skip


def _row(one: TopicAccount) -> dict[str, object]:
    """One topic, as docs/design.md promises it: the threshold is the chance from which a post is flagged at all."""
    values = (
        one.topic, one.n, one.alarms, one.upper95, one.before and one.before.asked, one.after and one.after.asked,
        one.before and one.before.said, one.after and one.after.said, one.found,
    )  # fmt: skip
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in zip(_COLUMNS, values, strict=True)
    }


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def _keep(told: Sequence[TopicAccount], brand: Brand | None, rulebook: RuleBook) -> None:
    """Keep what moved, as set by a person: the service goes on from there."""
    from bot.jobs.learning.limits import counted, titles
    from bot.wiring import utc_now
    from storage.limits import LimitsChange

    if brand is None:
        raise click.UsageError("Say whose limits they are: --home DIR and --brand BRAND.")
    names = titles(rulebook)
    changes = {
        one.topic: LimitsChange(
            limits=one.after,
            code=one.move.effect.value,
            parts=counted(one.move, names),
        )
        for one in told
        if one.move and one.after
    }
    if changes:
        with tools().store() as store:
            now = utc_now()
            store.brands.sync(brand.brand, accounts=(), people=(), now=now)
            store.limits.change(brand.brand, changes, actor="operator", now=now)
    click.echo(
        f"{len(changes)} topics have new limits; `oversight policy limits` shows and undoes them.", err=True
    )
