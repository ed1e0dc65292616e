"""Turns cases, conversations and posts into the entries of a letter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.clients import case_tag, client_entry, plea, said_to, told_us
from bot.letters.excerpt import excerpt
from bot.letters.model import DESK, Button, Entry, Quote, ReadersLink
from bot.letters.places import byline, see_post, words_of
from bot.letters.untrusted import name
from bot.logs import spared
from bot.words import glossary, say
from policies.masking import masked
from policies.served import is_withdrawn
from storage.views import CaseView, FoundAt, StoredPost

_MOST_RULES = 3  #: findings of one case that are told one by one
_WHOLE, _BRIEF, _SAID = 280, 110, 70  #: code points of a quote, and of what was answered


def entries(
    views: Iterable[CaseView], make: Callable[[CaseView], Entry], link: ReadersLink
) -> tuple[Entry, ...]:
    """An entry for each case; one that cannot be written is told by its number, with the way to it."""

    def bare(view: CaseView) -> Entry:
        number = view.case.id
        way = Button(label=say("entry.see"), url=link(DESK, number))
        return Entry(title=say("entry.broken", number=number), buttons=(way,))

    return tuple(spared(f"case {view.case.id}", partial(make, view), partial(bare, view)) for view in views)


def case_entry(view: CaseView, zone: ZoneInfo, link: ReadersLink, *, decide: bool) -> Entry:
    """One case with its worst findings; ``decide`` gives it a button to settle it."""
    if view.conversation:
        return client_entry(view, view.conversation, zone, link, decide=decide)
    found = _worst_first(view.findings)
    label = say("entry.decide") if decide else say("entry.see")
    return Entry(
        tag=case_tag(view),
        tone=view.case.severity.value,
        title=_title(view, found),
        meta=byline(view.post, zone) if view.post else "",
        quote=quoted(view, found),
        lines=(*(_told(found) if decide else _told(found)[:1]), *_standing(view)),
        buttons=(
            Button(label=label, url=link(DESK, view.case.id), main=decide),
            *(see_post(view.post) if view.post else ()),
        ),
        post=view.post.key if view.post else None,
    )


def brief_entry(view: CaseView, zone: ZoneInfo, link: ReadersLink, *, decide: bool) -> Entry:
    """The same in a few lines: what it is, the words in question, where it stands, and one way on."""
    whole, one = case_entry(view, zone, link, decide=decide), view.conversation
    found = _worst_first(view.findings)
    return replace(
        whole,
        quote=excerpt(plea(one.latest), width=_BRIEF) if one else quoted(view, found, _BRIEF),
        lines=(said_to(one, zone, _SAID),) if one else _standing(view)[:1],
        buttons=tuple(replace(button, main=False) for button in whole.buttons[:1]),
    )


def told_of(view: CaseView, limit: int = 60) -> str:
    """A case in a few words, for a subject: of a client their own words, the first in which they wanted something."""
    number = view.case.id
    return spared(
        f"case {number}", partial(_told_of, view, limit), partial(say, "entry.broken", number=number)
    )


def _told_of(view: CaseView, limit: int) -> str:
    one = view.conversation
    if one is None:
        return _title(view, _worst_first(view.findings))
    return say("client.says", client=naming.client(one.latest), words=name(plea(one.asked), limit))


def sample_entry(stored: StoredPost, zone: ZoneInfo) -> Entry:
    """A post picked for the owner's own eye."""
    return Entry(
        title=byline(stored.post, zone),
        quote=excerpt(stored.post.text, width=200),
        tone="good",
        buttons=see_post(stored.post),
        post=stored.post.key,
    )


def _worst_first(found: Sequence[FoundAt]) -> list[FoundAt]:
    standing = [one for one in found if one.gone_at is None and not one.finding.shadow] or list(found)
    return sorted(standing, key=lambda one: (-one.finding.severity.rank, one.found_at, one.finding.rule))


def _title(view: CaseView, found: Sequence[FoundAt]) -> str:
    if not found:
        return glossary.title(view.case.kind, name(view.case.subject, 40))
    return name(found[0].finding.title, 100)


def quoted(view: CaseView, found: Sequence[FoundAt], width: int = _WHOLE) -> Quote:
    """The text in which the worst finding was seen: its spans point into that revision."""
    text = words_of(view.post) if view.post else ""
    if not found or (view.post and is_withdrawn(view.post)):
        return excerpt(text, width=width)
    seen_in = found[0].revision
    texts = {revision.number: revision.text for revision in view.revisions}
    spans = [span for one in found if one.revision == seen_in for span in one.finding.spans]
    shown = masked(texts.get(seen_in, text), [one.finding for one in found])
    return excerpt(shown, spans, width)


def _told(found: Sequence[FoundAt]) -> tuple[str, ...]:
    """What else is wrong with it, and what would be better. Words that the quote marks are not repeated."""
    distinct = {one.finding.rule: one.finding for one in reversed(found)}
    findings = [distinct[one.finding.rule] for one in found if distinct.get(one.finding.rule) is one.finding]
    unmarked = [name(f.message, 240) for f in findings[:_MOST_RULES] if not f.spans]
    also = [name(f.title, 100) for f in findings[1:_MOST_RULES]]
    suggestion = next((f.suggest for f in findings if f.suggest), None)
    lines = (
        *unmarked,
        say("entry.also", titles=say("list.semicolon").join(also)) if also else "",
        say("entry.better", suggestion=name(suggestion, 240)) if suggestion else "",
    )
    return tuple(line for line in lines if line)


def _standing(view: CaseView) -> tuple[str, ...]:
    case = view.case
    state = "" if case.closed else glossary.standing(case.kind, case.state)
    late = say("entry.overdue") if view.overdue else ""
    return tuple(line for line in (state, late, told_us(view)) if line)
