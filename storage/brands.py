"""Brands with their accounts and people, and the versions of their policies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from policies.model.keys import AccountKey
from policies.model.people import Person, Role
from storage import audit
from storage.database import Mode, Part, require_brand, upsert
from storage.errors import AccountTaken
from storage.schema import accounts, brands, links, people, policy_versions, revoked_links


def claim_account(conn: Connection, brand: str, account: AccountKey, position: int = 0) -> None:
    """Make the account the brand's. Raises `AccountTaken` where it is another brand's."""
    row = {"brand": brand, "platform": account.platform, "handle": account.handle, "position": position}
    conn.execute(upsert(conn, accounts).values(row).on_conflict_do_nothing())
    here = (accounts.c.platform == account.platform) & (accounts.c.handle == account.handle)
    owner = conn.scalar(sa.select(accounts.c.brand).where(here))
    if owner != brand:
        raise AccountTaken(f"{account} belongs to the brand {owner!r}.", mend=f"Take it out of {brand!r}.")


class Brands(Part):
    """Who is under oversight."""

    def sync(
        self,
        brand: str,
        *,
        accounts: Sequence[AccountKey],
        people: Sequence[Person],
        now: datetime,
        exact: bool = False,
    ) -> None:
        """Make or update a brand with its accounts and people.

        ``exact`` also takes off what is not named; the links of people who go open nothing any more.
        Raises `AccountTaken`.
        """
        with self._db.write(Mode.PROMISED) as conn:
            row = {"id": brand, "created_at": now}
            conn.execute(upsert(conn, brands).values(row).on_conflict_do_nothing())
            if exact:
                _let_go(conn, brand, people, now)
                _take_off(conn, brand)
            for position, account in enumerate(accounts):
                claim_account(conn, brand, account, position)
            _put_people(conn, brand, people)

    def names(self) -> list[str]:
        """Names of all brands, sorted."""
        return [row.id for row in self._db.rows(sa.select(brands.c.id).order_by(brands.c.id))]

    def accounts(self, brand: str) -> list[AccountKey]:
        """The accounts of a brand, in the order they were given."""
        query = sa.select(accounts.c.platform, accounts.c.handle).where(accounts.c.brand == brand)
        order = (accounts.c.position, accounts.c.platform, accounts.c.handle)
        rows = self._db.rows(query.order_by(*order))
        return [AccountKey(platform=row.platform, handle=row.handle) for row in rows]

    def people(self, brand: str) -> list[Person]:
        """The roster of a brand, in the order it was given."""
        query = sa.select(people).where(people.c.brand == brand).order_by(people.c.position, people.c.id)
        return [_person(row) for row in self._db.rows(query)]

    def put_policies(self, brand: str, version: str, content: str, *, now: datetime) -> None:
        """Put a version of the brand's policies in force from now; nothing where it is already."""
        with self._db.write(Mode.PROMISED) as conn:
            require_brand(conn, brand)
            if conn.scalar(_in_force(brand, now)) == version:
                return
            row = {"brand": brand, "version": version, "content": content, "in_force_from": now}
            conn.execute(sa.insert(policy_versions).values(row))


def _in_force(brand: str, at: datetime) -> sa.Select[str]:
    table = policy_versions.c
    query = sa.select(table.version).where(table.brand == brand, table.in_force_from <= at)
    return query.order_by(table.in_force_from.desc(), table.id.desc()).limit(1)


def _take_off(conn: Connection, brand: str) -> None:
    for table in (accounts, people):
        conn.execute(sa.delete(table).where(table.c.brand == brand))


def _let_go(conn: Connection, brand: str, staying: Sequence[Person], now: datetime) -> None:
    """Revoke the links of whoever does not stay, so that none of them opens for whoever has their id later."""
    stay = {(person.id, person.role.value) for person in staying}
    known = conn.execute(sa.select(people.c.id, people.c.role).where(people.c.brand == brand)).all()
    gone = [row.id for row in known if (row.id, row.role) not in stay]
    for person in gone:
        live = sa.select(links.c.id).where(
            links.c.brand == brand, links.c.person == person, links.c.expires_at > now
        )
        rows = [{"link_id": link_id, "at": now} for link_id in conn.scalars(live)]
        if rows:
            conn.execute(upsert(conn, revoked_links).on_conflict_do_nothing(), rows)
        line = audit.Line(
            actor="operator",
            action="person taken off",
            subject=f"{brand}/person/{person}",
            detail={"links": len(rows)},
        )
        audit.append(conn, [line], now=now)


def _put_people(conn: Connection, brand: str, roster: Sequence[Person]) -> None:
    statement = upsert(conn, people)
    changed = {c.name: statement.excluded[c.name] for c in people.c if not c.primary_key}
    rows = [_person_row(brand, person, position) for position, person in enumerate(roster)]
    if rows:
        conn.execute(statement.on_conflict_do_update(index_elements=["brand", "id"], set_=changed), rows)


def _person_row(brand: str, person: Person, position: int) -> dict[str, object]:
    return {
        "brand": brand,
        "id": person.id,
        "name": person.name,
        "role": person.role.value,
        "email": person.email,
        "marks": list(person.marks),
        "met_on": person.met_on,
        "position": position,
    }


def _person(row: sa.Row[tuple[object, ...]]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        email=row.email,
        marks=tuple(row.marks),
        met_on=row.met_on,
    )
