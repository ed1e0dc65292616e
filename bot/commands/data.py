"""Commands that move data in and out of the store."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click
from rich.progress import Progress

from bot.commands.common import (
    Session,
    brand_option,
    console,
    format_option,
    out,
    pass_session,
    printable,
    show_table,
)
from bot.wiring import build_work, migrate_store, new_link_key, register_brands, try_migrating, utc_now
from bot.words import say
from policies.errors import OversightError
from policies.import_files import read_posts
from policies.import_format import PostLine
from policies.model.keys import AccountKey, StreamKey
from policies.model.post import Post
from storage.views import EXPORTABLE

if TYPE_CHECKING:
    from storage.store import Store

PAGE = 200  #: posts saved in one transaction
MOST_REASONS = 100  #: bad lines whose reason is printed


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--brand", required=True, help="Brand that the posts belong to.")
@click.option("--create", is_flag=True, help="Make the brand with sensible defaults where it is unknown.")
@click.option("--check/--no-check", "judge", default=True, help="Judge the posts at once.", show_default=True)
@pass_session
def import_posts(session: Session, file: BinaryIO, brand: str, create: bool, judge: bool) -> None:
    """Take in posts from FILE, one JSON object a line ('-' reads standard input).

    A list of such objects, and a table (CSV) with the same columns, are read too. Each post has platform, account,
    external_id, thread_id, parent_id, direction, kind, author, created_at and text. The same post twice changes
    nothing. A bad line is reported with its number; the rest is kept, and the exit code is 1.
    """
    lines = list(read_posts(file.read()))
    posts = [line.post for line in lines if line.post]
    bad = [line for line in lines if line.post is None]
    _ensure_brand(session, brand, create, posts)
    with session.store() as store:
        register_brands(session.home, store)
        new = _save(store, brand, posts)
        if judge:
            _judge(session, store, brand)
    _report(posts, new, bad)
    if bad:
        raise SystemExit(1)


def _ensure_brand(session: Session, brand: str, create: bool, posts: list[Post]) -> None:
    from bot.settings.starter import import_brand_file

    if brand in session.home.brands:
        return
    if not create:
        known = ", ".join(sorted(session.home.brands)) or "none yet"
        raise OversightError(
            f"There is no brand {brand!r}.", mend=f"Known brands: {known}. Add --create to make it."
        )
    accounts = sorted({post.key.account_key for post in posts})
    kept = session.home.service.keys or (session.path / ".env").exists()
    env = None if kept else {"OVERSIGHT_LINK_KEYS": new_link_key()}
    for path in import_brand_file(session.path, brand, accounts, env=env):
        console.print(f"Made {path}; look it over before you go live.", markup=False)
    session.forget()


def _save(store: Store, brand: str, posts: list[Post]) -> int:
    """Save the posts page by page; how many of them are new."""
    now, new = utc_now(), 0
    with _progress() as progress:
        task = progress.add_task("Saving", total=len(posts))
        for account, group in _by_account(posts):
            stream = StreamKey(account=account, stream="import")
            for page in _pages(group):
                saved = store.posts.save(brand, stream, page, cursor=None, now=now)
                new += len(saved.new)
                progress.advance(task, len(page))
    return new


def _progress() -> Progress:
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _pages(posts: list[Post]) -> Iterator[tuple[Post, ...]]:
    return (tuple(posts[start : start + PAGE]) for start in range(0, len(posts), PAGE))


def _by_account(posts: list[Post]) -> Iterator[tuple[AccountKey, list[Post]]]:
    def key(post: Post) -> AccountKey:
        return post.key.account_key

    for name, group in itertools.groupby(sorted(posts, key=key), key):
        yield name, list(group)


def _judge(session: Session, store: Store, brand: str) -> None:
    from bot.jobs.check import judge_batch

    work = build_work(session.home, store)
    total = len(store.posts.unjudged(brand, limit=1_000_000))
    with _progress() as progress:
        task = progress.add_task("Checking", total=total)
        while batch := judge_batch(work, brand, utc_now()):
            progress.advance(task, batch[0])


def _report(posts: list[Post], new: int, bad: list[PostLine]) -> None:
    lines = "1 line" if len(bad) == 1 else f"{len(bad)} lines"
    out.print(f"{say('posts', len(posts))} read, {new} of them new; {lines} refused.")
    for line in bad[:MOST_REASONS]:
        click.echo(f"line {line.number}: {printable(line.problem)}", err=True)
    if len(bad) > MOST_REASONS:
        click.echo(f"and {len(bad) - MOST_REASONS} more", err=True)


@click.command()
@click.argument("what", type=click.Choice(EXPORTABLE))
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option(
    "--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="File; default: screen."
)
@brand_option
@pass_session
def export(session: Session, what: str, form: str, output: TextIO, brand: str | None) -> None:
    """Write posts, findings, cases, policies or the audit log as JSON lines or CSV."""
    name = session.brand(brand).brand
    with session.store() as store:
        store.exports.write(what, output, form=form, brand=name)


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def backup(session: Session, path: Path) -> None:
    """Copy the store to PATH while everything goes on running.

    To restore: stop the service, remove the store with its -wal and -shm files, and put the copy in its place.
    """
    with session.store() as store:
        if store.path and path.resolve() == store.path.resolve():
            raise OversightError(f"{path} is the store itself.", mend="Name another file.")
        store.upkeep.backup(path)
    out.print(f"Backed up to {path}.", markup=False)


@click.command()
@click.option("--check", is_flag=True, help="Only say what would become of each table's rows.")
@format_option
@pass_session
def migrate(session: Session, check: bool, form: str) -> None:
    """Bring the store to this version's schema (make a backup first).

    With --check a copy beside the store is migrated and compared with it, row by row; the store itself stays as
    it is, and the service may run. The exit code is 1 where something would be lost.
    """
    session.require_brand()
    if check:
        _check_migration(session, form)
        return
    migrate_store(session.home)
    out.print("The store has this version's schema.")


def _check_migration(session: Session, form: str) -> None:
    trial = try_migrating(session.home)
    if form == "jsonl":
        for table in trial.tables:
            click.echo(json.dumps({"from": trial.found, "to": trial.head, **asdict(table)}))
    else:
        rows = [(it.table, str(it.before), str(it.after), str(it.lost)) for it in trial.tables]
        out.print(f"From {trial.found} to {trial.head}, tried on a copy:")
        show_table(["table", "rows before", "after", "lost"], rows)
    if any(table.lost for table in trial.tables):
        raise SystemExit(1)


@click.command()
@click.argument("query")
@click.option("--limit", default=20, show_default=True)
@brand_option
@pass_session
def search(session: Session, query: str, limit: int, brand: str | None) -> None:
    """Find posts by their words."""
    name = session.brand(brand).brand
    with session.store() as store:
        found = store.posts.search(name, query, limit=limit)
    for post in found:
        line = f"{post.created_at:%Y-%m-%d %H:%M}  {post.key}  {post.author}: {post.text}"
        click.echo(printable(line))
    if not found:
        console.print("No post has all these words.")
