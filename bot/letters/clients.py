"""A client as an entry of a letter: their words, what they were answered, and what the owner can do now."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.excerpt import excerpt
from bot.letters.model import DESK, Button, Entry, ReadersLink
from bot.letters.places import dated, see_post, words_of
from bot.letters.untrusted import name
from bot.words import glossary, say
from policies.model.people import Role
from policies.model.post import Post
from policies.threads.conversations import Concern, Standing
from storage.views import CaseView, ConversationView

_CALLED = re.compile(r"^(?:[.\s]*@\w+)+\s+")
_WORDS = 320  #: characters of what a client wrote


def client_entry(
    view: CaseView, one: ConversationView, zone: ZoneInfo, link: ReadersLink, *, decide: bool
) -> Entry:
    """One client, their words first; ``decide`` gives it the button that settles it."""
    lines = (
        _began(one),
        _first_said(one, zone),
        said_to(one, zone),
        told_us(view),
        _advice(one) if decide else "",
    )
    label = say("client.decide") if decide else say("entry.see")
    return Entry(
        tag=case_tag(view),
        tone=view.case.severity.value,
        title=about(one),
        meta=where(one, zone),
        quote=excerpt(plea(one.latest), width=_WORDS),
        lines=tuple(line for line in lines if line),
        buttons=(
            Button(label=label, url=link(DESK, view.case.id), main=decide),
            *see_post(one.latest),
        ),
        post=one.latest.key,
        others=() if one.asked.key == one.latest.key else (one.asked.key,),
    )


def where(one: ConversationView, zone: ZoneInfo) -> str:
    """Where the client wrote last, and when."""
    platform = naming.platform(one.thread.account.platform)
    return say("entry.where", platform=platform, when=dated(one.latest, zone))


def case_tag(view: CaseView) -> str:
    """The word above an entry: how grave it is, and the number of the case."""
    severity = glossary.severity(view.case.severity, view.case.kind)
    return say("entry.case", severity=severity, number=view.case.id)


def said_to(one: ConversationView, zone: ZoneInfo, limit: int = 200) -> str:
    """What the business said to them so far."""
    answer = one.newest_answer
    if answer is None:
        return say("client.unanswered", when=dated(one.asked, zone))
    told = {"when": dated(answer, zone), "words": words(answer, limit)}
    if one.standing is Standing.MOVED:
        return say("client.moved", **told)
    if one.standing is Standing.WAITING:
        return say("client.wrote_again", **told)
    return say("client.brushed" if one.brushed_off else "client.answered", **told)


def told_us(view: CaseView) -> str:
    """What the agency says that it did, where it was asked."""
    case = view.case
    notes = (e.note for e in reversed(case.standing_steps) if case.kind.by(e.action) is Role.AGENCY)
    said = next((name(note, 200) for note in notes if note.strip()), "")
    return say("entry.wrote", words=said) if said else ""


def matter(one: ConversationView) -> Concern:
    """What it is about: the gravest reason; a client of whom nothing else is known is upset."""
    return Concern.DANGER if one.grave else one.reason or Concern.UPSET


def about(one: ConversationView) -> str:
    """What it is about, in one sentence without its full stop."""
    return say(f"client.{matter(one)}", client=naming.client(one.latest))


def plea(post: Post) -> str:
    """What somebody says, without the names that a reply begins with."""
    return _CALLED.sub("", words_of(post))


def words(post: Post, limit: int = 200) -> str:
    """What a post says, to stand within a sentence."""
    return name(plea(post), limit)


def _began(one: ConversationView) -> str:
    """How it began, where the newest message is not the first."""
    return "" if one.asked.key == one.latest.key else say("client.began", words=words(one.asked))


def _first_said(one: ConversationView, zone: ZoneInfo) -> str:
    """What they were answered first, where another answer followed: it may be what made it worse."""
    first, newest = one.answer, one.newest_answer
    if first is None or newest is None or first.key == newest.key:
        return ""
    return say("client.answered_first", when=dated(first, zone), words=words(first, 120))


def _advice(one: ConversationView) -> str:
    return say(f"client.{matter(one)}.do")
