"""`oversight link …`: make a link for somebody, see which are out, let one open nothing any more."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.common import Session, brand_option, format_option, out, pass_session, show_table
from bot.links import Purpose
from bot.wiring import links_from, utc_now
from policies.errors import OversightError
from storage.views import IssuedLink

if TYPE_CHECKING:
    from bot.settings.brand import Brand


class MakesByDefault(click.Group):
    """A group in which a word that is no command is the person to make a link for."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """``link kit`` is ``link make kit``."""
        known = self.list_commands(ctx)
        return super().resolve_command(ctx, args if args[0] in known else ["make", *args])


@click.group(cls=MakesByDefault)
def link() -> None:
    """Make links to the agency's queue and the owner's desk, list them, revoke one.

    `oversight link PERSON` is short for `oversight link make PERSON`.
    """


@link.command()
@click.argument("person")
@brand_option
@pass_session
def make(session: Session, person: str, brand: str | None) -> None:
    """Print a fresh link for PERSON: the queue for the agency, the desk for the owner."""
    config = session.brand(brand)
    purpose = purpose_for(config, person)
    with session.store() as store:
        store.brands.sync(config.brand, accounts=[], people=config.roster(), now=utc_now())
        click.echo(links_from(session.home, store, utc_now)(config.brand, person, purpose, None))


@link.command("list")
@click.option("--all", "everything", is_flag=True, help="Expired and revoked ones too.")
@format_option
@brand_option
@pass_session
def list_links(session: Session, brand: str | None, form: str, everything: bool) -> None:
    """List the links that still open something, the newest first, with how they were used.

    A link itself is never shown again: make a new one where somebody has lost theirs.
    """
    config, now = session.brand(brand), utc_now()
    with session.store() as store:
        links = [one for one in store.links.find(config.brand) if everything or _opens(one, now)]
    if form == "jsonl":
        for one in links:
            click.echo(json.dumps(_line(one)))
        return
    if not links:
        out.print("No link is out.")
        return
    show_table(
        ["id", "person", "opens", "made", "until", "last used", "uses"], [_cells(one) for one in links]
    )


@link.command()
@click.argument("link_id", metavar="ID")
@brand_option
@pass_session
def revoke(session: Session, link_id: str, brand: str | None) -> None:
    """Let the link ID open nothing any more; whoever came in by it is out at once.

    `oversight link list` shows the ids.
    """
    config = session.brand(brand)
    with session.store() as store:
        store.links.revoke(config.brand, link_id, now=utc_now())
    out.print(f"The link {link_id} opens nothing any more.", markup=False)


def purpose_for(brand: Brand, person: str) -> Purpose:
    """Which page somebody's link opens. Raises `OversightError` for people who have none."""
    roles = {entry.id: entry.role for entry in brand.people}
    if person not in roles:
        raise OversightError(f"{person!r} is not on the roster.", mend=f"Known: {', '.join(roles)}.")
    purpose = Purpose.of(roles[person])
    if purpose is None:
        raise OversightError(f"{person} is staff; pages are for the owner and the agency.")
    return purpose


def _opens(link: IssuedLink, now: datetime) -> bool:
    return link.revoked_at is None and now < link.expires_at


def _line(link: IssuedLink) -> dict[str, object]:
    return {
        "id": link.id,
        "person": link.person,
        "role": Purpose(link.purpose).role.value,
        "purpose": link.purpose,
        "made_at": _iso(link.made_at),
        "expires_at": _iso(link.expires_at),
        "last_used_at": _iso(link.last_used_at),
        "uses": link.uses,
        "revoked_at": _iso(link.revoked_at),
    }


def _cells(link: IssuedLink) -> tuple[str, ...]:
    opens = f"{link.purpose}, case {link.case}" if link.case else link.purpose
    until = "revoked" if link.revoked_at else _minute(link.expires_at)
    return (
        link.id,
        link.person,
        opens,
        _minute(link.made_at),
        until,
        _minute(link.last_used_at),
        str(link.uses),
    )


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"
