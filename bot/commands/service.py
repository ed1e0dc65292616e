"""Commands that run the service, or one piece of its work by hand."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.commands.common import Session, brand_option, console, out, pass_session
from bot.wiring import utc_now
from storage.views import MessageState

WAITS = "The mail server did not take the digest yet. The service tries again; `oversight doctor` says why."
WHAT_BECAME = {
    MessageState.SENT: "The digest is on its way.",
    MessageState.DEAD: "The mail server refused the digest for good; `oversight doctor` says why.",
    MessageState.UNCERTAIN: "The line broke while the digest was leaving: it may have arrived. Nothing is resent.",
}


@click.command()
@pass_session
def run(session: Session) -> None:
    """Run the service: pull, check, digest, alerts and pages, until it gets SIGTERM.

    Two services on one store do not go together: the second one ends with the reason.
    """
    from bot.daemon import Daemon, only_one, until_told

    with session.work() as work, only_one(work):
        with Daemon(session.service(), work) as daemon:
            console.print(f"Pages at {daemon.address}. Ctrl-C ends.")
            until_told()
        if (
            daemon.unfinished
        ):  # whoever asked us to end waits for nobody: what was not stored yet is done again
            os._exit(0)


@click.command()
@pass_session
def serve(session: Session) -> None:
    """Serve the pages only, without pulling or mailing."""
    from bot.daemon import Daemon, until_told

    with session.work() as work:
        daemon = Daemon(session.service(), work)
        with daemon.pages():
            console.print(f"Pages at {daemon.address}. Ctrl-C ends.")
            until_told()


@click.command()
@brand_option
@pass_session
def pull(session: Session, brand: str | None) -> None:
    """Pull all accounts of a brand now."""
    from bot.jobs.pull import pull as pull_account

    config = session.brand(brand)
    if not config.accounts:
        console.print(f"{config.brand} has no accounts to pull; name them in its file under brands/.")
    with session.work() as work:
        failed = 0
        for account in config.accounts:
            begun = utc_now()
            done = pull_account(work, account.key, begun)
            notes = work.store.periods.unchecked(config.brand, since=begun, until=utc_now())
            left = sum(note.count or 1 for note in notes if note.account_key == account.key)
            failed += bool(done.error or left)
            read = f"read, but for {left} that could not be" if left else "read to the end"
            out.print(f"{account.key}: {done.error or read}", markup=False)
    if failed:
        raise SystemExit(1)


@click.command()
@brand_option
@pass_session
def check(session: Session, brand: str | None) -> None:
    """Judge everything that has not been judged."""
    from bot.jobs.check import judge_batch

    config = session.brand(brand)
    posts = findings = opened = 0
    with session.work() as work:
        while batch := judge_batch(work, config.brand, utc_now()):
            posts += batch[0]
            findings += batch[1].new_findings
            opened += len(batch[1].opened)
    out.print(f"{posts} posts judged, {findings} new findings, {opened} cases opened.")


@click.command()
@click.option(
    "--preview", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write files; send nothing."
)
@brand_option
@pass_session
def digest(session: Session, folder: Path | None, brand: str | None) -> None:
    """Send the digest now, or write it to a folder with --preview DIR."""
    from bot.jobs.digest import preview, send_now
    from bot.jobs.outbox import outbox

    config = session.brand(brand)
    with session.work() as work:
        if folder:
            for path in preview(work, config.brand, utc_now(), folder):
                out.print(str(path))
            return
        if not send_now(work, config.brand, utc_now()):
            out.print("The digest of this minute was made already.")
            return
        outbox(work, utc_now())
        newest = work.store.digests.last(config.brand)
    state = newest.state if newest else None
    out.print(WHAT_BECAME.get(state, WAITS) if state else WAITS)
    if state is not MessageState.SENT:
        raise SystemExit(1)
