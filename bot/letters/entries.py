"""Turns cases, conversations and posts into the entries of a letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from bot.letters import naming
from bot.letters.excerpt import excerpt
from bot.letters.model import CASE, Button, ConversationTrouble, Entry, Quote, ReadersLink
from bot.letters.untrusted import name, web_address
from bot.words import figures, glossary, say
from policies.masking import masked
from policies.model.finding import Finding
from policies.model.people import Role
from policies.model.post import Post
from policies.threads.trouble import Mood
from storage.views import CaseView, FoundAt, StoredPost

_MOST_RULES = 3  #: findings of one case that are told one by one


def case_entry(view: CaseView, zone: ZoneInfo, link: ReadersLink, *, decide: bool) -> Entry:
    """One case with its worst findings; ``decide`` gives it a button to settle it."""
    found = _worst_first(view.findings)
    label = say("entry.decide") if decide else say("entry.see")
    return Entry(
        tag=say("entry.case", severity=glossary.severity(view.case.severity), number=view.case.id),
        tone=view.case.severity.value,
        title=_title(view, found),
        meta=byline(view.post, zone) if view.post else "",
        quote=_quote(view, found),
        lines=(*(_told(found) if decide else _told(found)[:1]), *_standing(view)),
        buttons=(
            Button(label=label, url=link(CASE, view.case.id), main=decide),
            *(see_post(view.post) if view.post else ()),
        ),
        post=view.post.key if view.post else None,
    )


def byline(post: Post, zone: ZoneInfo) -> str:
    """Who wrote it, where, and when."""
    who = naming.account(post.key.platform, name(post.author))
    told = say("entry.byline", who=who, when=figures.moment(post.created_at, zone))
    if post.deleted_at:
        return say("entry.deleted", byline=told)
    return say("entry.edited", byline=told) if post.edited_at else told


def see_post(post: Post) -> tuple[Button, ...]:
    """A link to the post itself, where it still stands and has a safe address."""
    address = web_address(post.permalink)
    if not address or post.deleted_at:
        return ()
    return (Button(label=say("entry.open", platform=naming.platform(post.key.platform)), url=address),)


def conversation_entry(trouble: ConversationTrouble, zone: ZoneInfo) -> Entry:
    """A conversation with the customer's latest words."""
    last = trouble.last_inbound
    platform = trouble.thread.key.account.platform
    customer = naming.handle_on(platform, name(last.author)) if last else say("entry.customer")
    waited = trouble.waited
    address = web_address(trouble.link)
    where = naming.platform(platform)
    return Entry(
        tag=say("entry.yours") if trouble.needs_owner else say("entry.theirs"),
        tone="breach" if trouble.needs_owner else "warn",
        title=customer
        if waited is None
        else say("entry.waited", customer=customer, time=figures.lasting(waited)),
        meta=say("entry.where", platform=where, when=figures.moment(last.created_at, zone))
        if last
        else say("entry.on", platform=where),
        quote=excerpt(last.text, width=220) if last else None,
        lines=(say(f"trouble.{trouble.reason}"), *_tone(trouble.mood)),
        buttons=(Button(label=say("entry.read", platform=where), url=address),) if address else (),
        post=last.key if last else None,
    )


def _tone(mood: Mood | None) -> tuple[str, ...]:
    return (say("entry.tone", mood=say(f"mood.{mood}")),) if mood else ()


def sample_entry(stored: StoredPost, zone: ZoneInfo) -> Entry:
    """A post picked for the owner's own eye."""
    return Entry(
        title=byline(stored.post, zone),
        quote=excerpt(stored.post.text, width=400),
        tone="good",
        buttons=see_post(stored.post),
        post=stored.post.key,
    )


def warning_entries(warnings: Iterable[tuple[FoundAt, StoredPost]], zone: ZoneInfo) -> list[Entry]:
    """One entry for each rule, the rule that matched most often first, with its newest example."""
    by_rule: dict[str, list[tuple[FoundAt, StoredPost]]] = {}
    for found, stored in warnings:
        by_rule.setdefault(found.finding.rule, []).append((found, stored))
    groups = sorted(by_rule.values(), key=lambda group: (-len(group), group[0][0].finding.rule))
    return [_warning_entry(group, zone) for group in groups]


def _warning_entry(group: Sequence[tuple[FoundAt, StoredPost]], zone: ZoneInfo) -> Entry:
    found, stored = max(group, key=lambda pair: (pair[1].post.created_at, pair[1].post.key))
    finding, many = found.finding, len(group)
    title, newest = name(finding.title, 90), byline(stored.post, zone)
    return Entry(
        title=title if many == 1 else say("entry.times", many, title=title),
        meta=newest if many == 1 else say("entry.latest", byline=newest),
        quote=excerpt(masked(stored.post.text, [finding]), finding.spans, width=160),
        lines=(say("entry.better", suggestion=name(finding.suggest, 200)),) if finding.suggest else (),
        tone="warn",
        post=stored.post.key,
    )


def _worst_first(found: Sequence[FoundAt]) -> list[FoundAt]:
    standing = [one for one in found if one.gone_at is None and not one.finding.shadow] or list(found)
    return sorted(standing, key=lambda one: (-one.finding.severity.rank, one.found_at, one.finding.rule))


def _title(view: CaseView, found: Sequence[FoundAt]) -> str:
    if not found:
        return glossary.title(view.case.kind, name(view.case.subject, 40))
    others = len({one.finding.rule for one in found}) - 1
    title = name(found[0].finding.title, 100)
    return say("entry.others", title=title, others=others) if others else title


def _quote(view: CaseView, found: Sequence[FoundAt]) -> Quote:
    """The text in which the worst finding was seen: its spans point into that revision."""
    text = view.post.text if view.post else ""
    if not found:
        return excerpt(text)
    seen_in = found[0].revision
    texts = {revision.number: revision.text for revision in view.revisions}
    spans = [span for one in found if one.revision == seen_in for span in one.finding.spans]
    shown = masked(texts.get(seen_in, text), [one.finding for one in found])
    return excerpt(shown, spans)


def _told(found: Sequence[FoundAt]) -> tuple[str, ...]:
    distinct: dict[str, Finding] = {}
    for one in found:
        distinct.setdefault(one.finding.rule, one.finding)
    told = [name(finding.message, 240) for finding in list(distinct.values())[:_MOST_RULES]]
    suggestion = next((f.suggest for f in distinct.values() if f.suggest), None)
    return (*told, say("entry.better", suggestion=name(suggestion, 240))) if suggestion else tuple(told)


def _standing(view: CaseView) -> tuple[str, ...]:
    case = view.case
    state = "" if case.closed else glossary.standing(case.kind, case.state)
    steps = case.kind.steps
    notes = (event.note for event in reversed(case.events) if steps[event.action].by is Role.AGENCY)
    said = next((name(note, 200) for note in notes if note.strip()), "")
    return tuple(line for line in (state, said and say("entry.wrote", words=said)) if line)
