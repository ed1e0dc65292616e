"""Letters to one person each, because the links in a letter are made for its reader alone."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from bot.digest.alert import AlertInput, build_alert
from bot.digest.mail import out_message
from bot.digest.model import Letter
from bot.digest.notice import NoticeInput, build_notice
from bot.jobs.work import Work
from bot.settings.brand import Brand, PersonEntry
from policies.model.case import CaseState
from policies.model.people import Role
from storage.views import CaseView, OutMessage

ASKED = frozenset(state for state in CaseState if state.waits_for == "agency")
CASES_SHOWN = 5


def link_for(work: Work, config: Brand, person: PersonEntry, purpose: str, case: int | None = None) -> str:
    """A signed link for one person."""
    return work.link(config.brand, person.id, purpose, case)


def alerts(
    work: Work, config: Brand, cases: tuple[CaseView, ...], *, cause: str, now: datetime
) -> list[OutMessage]:
    """What cannot wait, to each reader of the digest."""
    return [
        _to(
            work,
            config,
            person,
            build_alert(
                AlertInput(
                    brand=config.name,
                    owner=person.name,
                    zone=config.zone,
                    now=now,
                    cases=cases,
                    link=partial(link_for, work, config, person),
                )
            ),
            kind="alert",
            cause=cause,
            now=now,
        )
        for person in config.recipients()
    ]


def notices(work: Work, config: Brand, *, cause: str, now: datetime) -> list[OutMessage]:
    """What waits for the agency, to each of its people with an e-mail address; none where nothing waits."""
    readers = [person for person in config.people if person.role is Role.AGENCY and person.email]
    cases = tuple(work.store.cases(config.brand, states=ASKED, limit=CASES_SHOWN)) if readers else ()
    if not cases:
        return []
    counts = work.store.count_cases(config.brand)
    return [
        _to(
            work,
            config,
            person,
            build_notice(
                NoticeInput(
                    brand=config.name,
                    owner=config.owner.name,
                    person=person.name,
                    zone=config.zone,
                    now=now,
                    cases=cases,
                    counts=counts,
                    link=partial(link_for, work, config, person),
                )
            ),
            kind="notice",
            cause=cause,
            now=now,
        )
        for person in readers
    ]


def _to(
    work: Work, config: Brand, person: PersonEntry, letter: Letter, *, kind: str, cause: str, now: datetime
) -> OutMessage:
    return out_message(
        letter,
        kind=kind,
        cause=f"{cause}:{person.email}",
        at=now,
        sender=work.service.mail_from,
        sender_name=config.name,
        recipients=(str(person.email),),
        brand_id=config.brand,
    )
