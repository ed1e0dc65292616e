"""The mail about several clients who are upset about one thing: their words first, what was said, what to do now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.alert import AlertInput
from bot.letters.clients import said_to, where
from bot.letters.entries import entries
from bot.letters.excerpt import excerpt
from bot.letters.model import DESK, Button, Entry, Letter, Section
from bot.letters.places import byline, see_post, words_of
from bot.letters.untrusted import header, name
from bot.words import figures, say
from policies.model.post import Post
from storage.views import CaseView

_MOST, _MOST_POSTS = 6, 4
_WORDS = 240  #: characters of what each client wrote


def build_crisis(given: AlertInput, published: Sequence[Post]) -> Letter:
    """One letter about all of them, one case for each client, whoever wrote last first.

    ``published`` is what went out in the brand's name since it began, newest first.
    """
    many = len(given.cases)
    desk = Button(label=say("crisis.open"), url=given.link(DESK), main=True)
    shown = given.cases[:_MOST]
    return Letter(
        brand=name(given.brand),
        subject=header(say("crisis.subject", many, brand=header(given.brand, 60))),
        summary=say("crisis.summary", many, since=figures.moment(_begun(given.cases), given.zone)),
        period=figures.zoned(figures.moment(given.now, given.zone), given.zone),
        button=desk,
        sections=(
            Section(
                title=say("crisis.words"),
                entries=entries(shown, partial(_client, given=given), given.link),
                more=many - len(shown),
                more_where=say("digest.on_desk"),
                more_link=desk,
            ),
            _said(published, given.zone),
            Section(title=say("crisis.do"), intro=say("crisis.do.intro"), more_link=desk),
        ),
        footer=(
            say("letter.for", person=name(given.owner), brand=name(given.brand)),
            say("crisis.once"),
            say("letter.buttons"),
        ),
    )


def _begun(cases: Iterable[CaseView]) -> datetime:
    return min(view.conversation.latest.created_at for view in cases if view.conversation)


def _client(view: CaseView, given: AlertInput) -> Entry:
    one = view.conversation
    if one is None:
        raise ValueError(f"case {view.case.id} is about no conversation")
    return Entry(
        title=naming.client(one.latest),
        tone=view.case.severity.value,
        meta=where(one, given.zone),
        quote=excerpt(words_of(one.latest), width=_WORDS),
        lines=(said_to(one, given.zone),),
        buttons=(
            Button(label=say("client.decide"), url=given.link(DESK, view.case.id)),
            *see_post(one.latest),
        ),
        post=one.latest.key,
        others=() if one.asked.key == one.latest.key else (one.asked.key,),
    )


def _said(published: Sequence[Post], zone: ZoneInfo) -> Section:
    """What else went out in the brand's name meanwhile: a cheerful post on a bad day is read by everybody."""
    shown = published[:_MOST_POSTS]
    return Section(
        title=say("crisis.published"),
        intro="" if shown else say("crisis.published.none"),
        entries=tuple(
            Entry(title=byline(post, zone), quote=excerpt(post.text, width=160), buttons=see_post(post))
            for post in shown
        ),
        more=len(published) - len(shown),
        more_where=say("crisis.published.more"),
    )
