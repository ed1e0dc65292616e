"""Letters to one person each, because the links in a letter are made for its reader alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.letters.alert import AlertInput, build_alert
from bot.letters.digest.build import build
from bot.letters.mail.outgoing import out_message
from bot.letters.model import DigestInput, Letter, ReadersLink
from bot.letters.notice import NoticeInput, build_notice
from bot.letters.sealed import sealed
from bot.letters.urgent.crisis import build_crisis
from bot.letters.urgent.reminder import build_reminder
from bot.links import LinkMaker
from bot.settings.brand import Brand, PersonEntry
from bot.words import speaking
from policies.model.cases.machinery import WaitsFor
from policies.model.people import Role
from policies.model.post import Post
from storage.store import Store
from storage.views import CaseView, OutMessage

ASKED = frozenset({WaitsFor.AGENCY})
CASES_SHOWN = 5
Cases = tuple[CaseView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWriter:
    """Writes letters to the people of a brand, ready for the outbox."""

    store: Store
    sender: str  #: mail address that the letters come from
    link: LinkMaker

    def digest(self, config: Brand, given: DigestInput, person: PersonEntry, slot: str) -> OutMessage:
        """The digest for one reader.

        ``slot`` is the local date and time that it is for, such as ``2026-11-22T18:00``: the same slot is the
        same mail.
        """

        def letter(_: PersonEntry, link: ReadersLink) -> Letter:
            return build(given, link)

        (message,) = self._to_each(config, [person], letter, kind="digest", cause=slot, now=given.until)
        return message

    def alerts(self, config: Brand, cases: Cases, *, cause: str, now: datetime) -> list[OutMessage]:
        """What cannot wait, to each reader of the digest."""
        return self._at_once(build_alert, "alert", config, cases, cause, now)

    def reminders(self, config: Brand, cases: Cases, *, cause: str, now: datetime) -> list[OutMessage]:
        """Which clients need the owner or wait too long, to each reader of the digest."""
        return self._at_once(build_reminder, "reminder", config, cases, cause, now)

    def crisis(
        self, config: Brand, cases: Cases, published: tuple[Post, ...], *, cause: str, now: datetime
    ) -> list[OutMessage]:
        """Several clients who are upset about one thing, to each reader of the digest."""
        return self._at_once(partial(build_crisis, published=published), "crisis", config, cases, cause, now)

    def _at_once(
        self,
        build_one: Callable[[AlertInput], Letter],
        kind: str,
        config: Brand,
        cases: Cases,
        cause: str,
        now: datetime,
    ) -> list[OutMessage]:
        def letter(person: PersonEntry, link: ReadersLink) -> Letter:
            return build_one(
                AlertInput(
                    brand=config.name, owner=person.name, zone=config.zone, now=now, cases=cases, link=link
                )
            )

        return self._to_each(config, config.recipients(), letter, kind=kind, cause=cause, now=now)

    def notices(self, config: Brand, *, cause: str, now: datetime) -> list[OutMessage]:
        """What waits for the agency, to each of its people with an e-mail address; none where nothing waits."""
        readers = [person for person in config.people if person.role is Role.AGENCY and person.email]
        cases = (
            tuple(self.store.cases.find(config.brand, waits_for=ASKED, limit=CASES_SHOWN)) if readers else ()
        )
        if not cases:
            return []
        waiting = self.store.cases.waiting(config.brand)[WaitsFor.AGENCY]

        def letter(person: PersonEntry, link: ReadersLink) -> Letter:
            return build_notice(
                NoticeInput(
                    brand=config.name,
                    owner=config.owner.name,
                    person=person.name,
                    zone=config.zone,
                    now=now,
                    cases=cases,
                    waiting=waiting,
                    link=link,
                )
            )

        return self._to_each(config, readers, letter, kind="notice", cause=cause, now=now)

    def _links(self, config: Brand, person: PersonEntry) -> ReadersLink:
        """The links of one reader, sealed: `unsealed` gives them their keys when the letter leaves."""

        def link(purpose: str, case: int | None = None) -> str:
            return sealed(self.link(config.brand, person.id, purpose, case))

        return link

    def _to_each(
        self,
        config: Brand,
        readers: Sequence[PersonEntry],
        letter: Callable[[PersonEntry, ReadersLink], Letter],
        *,
        kind: str,
        cause: str,
        now: datetime,
    ) -> list[OutMessage]:
        """One letter for each reader, in the language of the brand."""
        with speaking(config.language):
            return [
                out_message(
                    letter(person, self._links(config, person)),
                    kind=kind,
                    cause=cause,
                    at=now,
                    sender=self.sender,
                    sender_name=config.name,
                    recipients=(str(person.email),),
                    brand_id=config.brand,
                )
                for person in readers
            ]
