"""Where links lead.

```yaml
check:
  link:
    shorteners: true            # bit.ly and the like hide where they lead
    plain_http: true            # http:// without the s
    like: [harbourbakery.com]   # look-alikes of your own domain, such as harb0urbakery.com
```

Other options: `only` lists the domains that may be linked, `deny` those that may not; both cover sub-domains.
A user name before the host (`https://harbourbakery.com@evil.example`) and a bare IP address always count, since
nobody links so honestly. `dead` and `redirects` use what somebody else found out by fetching; where nobody has,
they are skipped. This check itself never fetches anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from policies.checks.base import Check, Matcher, Outcome, Triggers, found, missed, skip
from policies.matching.disguise import press_word
from policies.matching.fold import fold_word
from policies.matching.index import IndexBuilder
from policies.matching.links import Link, links
from policies.view import View

_SHORTENERS = (
    "bit.ly bitly.com tinyurl.com goo.gl ow.ly buff.ly is.gd v.gd cutt.ly rebrand.ly t.ly shorturl.at rb.gy tiny.cc "
    "bl.ink short.io soo.gd s.id adf.ly shorte.st lnkd.in dlvr.it trib.al ift.tt"
)
#: Link shorteners that hide the target. A platform's own (t.co) wraps every link and tells nothing.
SHORTENERS = frozenset(_SHORTENERS.split())
_SHORTEST_COMPARED = 5


class LinkCheck(Check):
    """Links by where they lead and how they are written."""

    only: tuple[str, ...] = ()
    """Domains that may be linked; every other one counts."""
    deny: tuple[str, ...] = ()
    """Domains that may not be linked."""
    shorteners: bool = False
    """Services that hide where a link leads."""
    plain_http: bool = False
    """Links without encryption."""
    like: tuple[str, ...] = ()
    """Your own domains: what only looks like one of them counts."""
    dead: bool = False
    """Links that answer with an error, where somebody has fetched them."""
    redirects: bool = False
    """Links that lead to another domain, where somebody has fetched them."""

    def plan(self, index: IndexBuilder) -> Matcher:
        """Links need no index."""
        _ = index
        return _Matcher(self)


@dataclass(frozen=True, slots=True)
class _Matcher:
    options: LinkCheck

    @property
    def triggers(self) -> Triggers:
        return None

    def look(self, view: View) -> Outcome:
        if "." not in view.text and "//" not in view.text:
            return missed("there is no link")
        present = links(view.text)
        wrong = [(link, reason) for link in present if (reason := next(self._reasons(link, view), None))]
        if wrong:
            reasons = ", ".join(dict.fromkeys(reason for _, reason in wrong))
            return found(reasons, [link.span for link, _ in wrong])
        if (self.options.dead or self.options.redirects) and present and not view.context.links:
            return skip("nobody has fetched the links")
        return missed("each link is fine" if present else "there is no link")

    def _reasons(self, link: Link, view: View) -> Iterator[str]:
        options = self.options
        if link.has_user or link.is_address or not link.host:
            yield "the address hides where it leads"
        if options.deny and _within(link, options.deny):
            yield f"{link.domain} must not be linked"
        if options.only and not _within(link, options.only):
            yield f"{link.domain} is not on the list of domains"
        if options.shorteners and (link.domain in SHORTENERS or link.host in SHORTENERS):
            yield f"{link.domain} hides where the link leads"
        if options.plain_http and link.scheme == "http":
            yield "the link is not encrypted"
        if any(looks_like(link.domain, own) for own in options.like):
            yield f"{link.domain} only looks like {', '.join(options.like)}"
        yield from self._fetched(link, view)

    def _fetched(self, link: Link, view: View) -> Iterator[str]:
        state = view.context.links.get(link.written)
        if state is None:
            return
        if self.options.dead and (state.status is None or state.status >= 400):
            yield "the link is dead"
        landed = links(state.lands_on or "")
        if self.options.redirects and landed and landed[0].domain != link.domain:
            yield f"the link leads on to {landed[0].domain}"


def _within(link: Link, domains: tuple[str, ...]) -> bool:
    return any(link.host == d or link.host.endswith(f".{d}") for d in map(str.lower, domains))


def looks_like(domain: str, own: str) -> bool:
    """Whether a domain differs from one's own only by look-alike letters, or by one letter."""
    name, mine = domain.rsplit(".", 1)[0], own.lower().rsplit(".", 1)[0]
    if domain == own.lower() or len(mine) < _SHORTEST_COMPARED:
        return False
    if name == mine:  # the same name under another ending
        return True
    return press_word(fold_word(name)) == press_word(fold_word(mine)) or OSA.distance(name, mine) <= 1
