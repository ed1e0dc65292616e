"""`oversight lint`: judge texts before they go out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from bot.commands.common import format_option, printable
from bot.commands.rules.tools import (
    Pair,
    fetch_option,
    load_book,
    models_for,
    own_limits,
    pack_option,
    say_floods,
    tools,
)
from bot.judging.surroundings import CHEAP, Models, profile_of, surrounded
from bot.settings.home import home_of, read_brand
from policies.engine import Context, Engine
from policies.import_files import Plain, read_posts
from policies.masking import masked, masked_words
from policies.model.finding import Finding, Severity
from policies.model.limits import TopicLimits
from policies.model.post import Post
from policies.needs import Need
from policies.signing import author_of
from policies.surroundings import BrandProfile, PostsInHand

if TYPE_CHECKING:
    from bot.judging.facts.find import Facts
    from bot.settings.brand import Brand

#: Posts judged at once by lint: their sentences go through the model together.
BATCH = 256
LONGEST_SHOWN = 280  #: characters of a post that stand for it where no words of it matched
MOST_HISTORY = 100  #: earlier posts that are named, the newest ones

Judged = tuple[Post, Context, list[Finding]]


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@pack_option
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A brand.yaml: its packs, people, opening hours and campaigns. Else those of the home folder's only brand.",
)
@click.option("--brand", metavar="BRAND", help="A brand of the home folder, with what its verdicts taught.")
@click.option("--explain", is_flag=True, help="Also show what was known around each post.")
@format_option
@fetch_option
def lint(
    file: Any,
    packs: tuple[str, ...],
    settings: Path | None,
    brand: str | None,  # noqa: ARG001 -- the tools look it up
    explain: bool,
    form: str,
    fetch: bool,
) -> None:
    """Judge texts before they go out; the store stays as it is.

    FILE holds posts as `oversight import` reads them, or one text; lines of --- part several.
    Exit code 0: nothing at breach or above. 1: something is. 2: bad input.
    """
    ours = read_brand(settings) if settings else tools().brand()
    engine = Engine(load_book(packs, ours, home_of(settings) if settings else None))
    own = {} if settings else own_limits(ours, engine.rulebook)
    lines = list(read_posts(file.read(), now=datetime.now(UTC), plain=Plain.IN_PARTS))
    posts = [line.post for line in lines if line.post]
    bad = [line for line in lines if line.post is None]
    for line in bad:
        click.echo(f"line {line.number}: {printable(line.problem)}", err=True)
    worst, found = False, Counter[str]()
    facts = tools().make_facts() if fetch else None
    for post, context, findings in judge(engine, posts, ours, models_for(engine.needs), facts, own):
        counted = [finding for finding in findings if not finding.shadow]
        found.update({one.rule for one in counted if post.outbound and one.severity >= Severity.WARN})
        worst = worst or any(finding.severity >= Severity.BREACH for finding in counted)
        _print(post, counted, context if explain else None, form)
    say_floods(found, sum(post.outbound for post in posts), "Look at them with --explain.")
    sys.exit(2 if bad else int(worst))


def judge(
    engine: Engine,
    posts: Sequence[Post],
    brand: Brand | None = None,
    models: Pair = (None, None),
    facts: Facts | None = None,
    own: Mapping[str, TopicLimits] = MappingProxyType({}),
    also: frozenset[Need] = frozenset(),
) -> Iterable[Judged]:
    """What the rules say of each post, and what was known around it: the other posts, and what brand.yaml says.

    ``own`` are the brand's own limits, by topic; what ``also`` names is found out besides.
    """
    now, source = datetime.now(UTC), PostsInHand(posts)
    newest = max((post.created_at for post in posts), default=now)
    scorer, embedder = models
    for start in range(0, len(posts), BATCH):
        known = surrounded(
            engine,
            posts[start : start + BATCH],
            source,
            brand=profile_of(brand, newest, own) if brand else BrandProfile(limits=own),
            models=Models(read=scorer.read if scorer else None, embedder=embedder),
            facts=facts,
            now=now,
            also=CHEAP | also,
        )
        for (post, context), findings in zip(known, engine.check_many(known), strict=True):
            yield post, context, findings


def _print(post: Post, findings: Sequence[Finding], context: Context | None, form: str) -> None:
    """One post; with its surroundings where they are given."""
    if form == "jsonl":
        line: dict[str, object] = {
            "external_id": post.key.external_id,
            "findings": [_row(post, f) for f in findings],
        }
        click.echo(json.dumps(line if context is None else line | {"surroundings": _around(post, context)}))
        return
    name = post.key.external_id
    for finding in findings:
        click.echo(printable(f"{name}: {finding.severity}: {finding.message} ({finding.rule})"))
        if finding.suggest:
            click.echo(printable(f"    {finding.suggest}"))
    if context is not None:
        click.echo(printable(f"{name}: {'; '.join(_told(_around(post, context)))}"))


def _row(post: Post, finding: Finding) -> dict[str, object]:
    """A finding, as docs/design.md promises it."""
    start, end = (finding.spans[0].start, finding.spans[0].end) if finding.spans else (0, len(post.text))
    return {
        "rule": finding.rule,
        "topic": finding.topic,
        "severity": finding.severity.value,
        "question": finding.question,
        "start": start,
        "end": end,
        "message": finding.message,
        "shown": masked_words(finding.matched, finding.topic) or masked(post.text)[:LONGEST_SHOWN],
        "score": finding.score,
    }


def _around(post: Post, context: Context) -> dict[str, object]:
    """What was known around a post, as docs/design.md promises it."""
    signer = author_of(post, context.people)
    return {
        "parent_id": post.parent_id,
        "history": [one.key.external_id for one in (context.history or ())[-MOST_HISTORY:]],
        "person": signer.id if signer else None,
        "in_hours": context.hours.is_open(post.created_at),
        "campaign": context.campaign,
        "labels": sorted(context.labels),
    }


def _told(around: Mapping[str, Any]) -> Iterator[str]:
    """The same for people."""
    if around["parent_id"]:
        yield f"answers {around['parent_id']}"
    yield f"{len(around['history'])} published before"
    yield f"signed by {around['person']}" if around["person"] else "signed by nobody on the roster"
    yield "in opening hours" if around["in_hours"] else "while closed"
    if around["campaign"]:
        yield f"campaign {around['campaign']}"
    if around["labels"]:
        yield f"shown as {', '.join(around['labels'])}"
