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
nobody links so honestly.

Where a platform shortens every link by itself (t.co on X) and says where it leads, that is what is judged.

Two options ask the server that a link names. They are off by default:

```yaml
check:
  link:
    dead: true         # nothing is there any more
    redirects: true    # it leads on to another domain
```

A link is *dead* where its server says that the page is gone (404, 410) or where there is no server of that name.
A server that is slow, busy, broken or closed to programs may be well for your readers, so such a link does not count:
the rule is skipped for it, and the digest says so. A running service asks a link once a day at most, with HEAD
and where that is refused with GET, follows five redirects, and gives up after ten seconds. Posts are judged once, so a
link that dies later is not noticed.

Nothing but http and https on their usual ports of the open internet is asked. Addresses of private networks, of this
machine and of clouds' own services are refused before anything is sent, also behind a redirect, and the name is looked
up only once, so that it cannot change in between. Proxies of the environment are not used.

A case says with `links` where its links lead: `{text: Look, links: {"https://a.example/x": dead}}`, or the address that
one lands on.

`oversight lint` and `oversight policy explain` ask nobody unless you add `--fetch`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rapidfuzz.distance import OSA

from policies.checks.base import Outcome, PostCheck, found, missed, skip
from policies.facts import LinkState, Wanted
from policies.matching.disguise import press_word
from policies.matching.fold import fold_word
from policies.matching.links import WebLink, links
from policies.model.post import Post
from policies.needs import Need
from policies.served import as_read
from policies.view import View

_SHORTENERS = (
    "bit.ly bitly.com tinyurl.com goo.gl ow.ly buff.ly is.gd v.gd cutt.ly rebrand.ly t.ly shorturl.at rb.gy tiny.cc "
    "bl.ink short.io soo.gd s.id adf.ly shorte.st lnkd.in dlvr.it trib.al ift.tt"
)
#: Link shorteners that hide the target. A platform's own (t.co) wraps every link and tells nothing.
SHORTENERS = frozenset(_SHORTENERS.split())
#: Links that a platform makes from every link: they lead elsewhere without anybody's doing.
WRAPPERS = frozenset({"t.co"})
_SHORTEST_COMPARED = 5


class LinkCheck(PostCheck):
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
    """Links behind which there is surely nothing any more; their servers are asked."""
    redirects: bool = False
    """Links that lead on to another domain; their servers are asked."""

    @property
    def needs(self) -> frozenset[Need]:
        """Where the links lead, for two of the options."""
        return frozenset({Need.LINKS} if self.dead or self.redirects else ())

    @property
    def whoever(self) -> bool:
        """A link that leads nowhere, or hides where it leads."""
        taste = self.only or self.deny or self.like or self.shorteners or self.plain_http or self.redirects
        return self.dead or not taste

    def wanted(self, post: Post) -> Wanted:
        """The links to follow."""
        written = (link.written for link in destinations(post)) if self.needs else ()
        return Wanted(links=tuple(dict.fromkeys(written)))

    def look(self, view: View) -> Outcome:
        present = destinations(view.post)
        if not present:
            return missed("there is no link")
        wrong = [(link, reason) for link in present if (reason := next(self._reasons(link, view), None))]
        if wrong:
            reasons = ", ".join(dict.fromkeys(reason for _, reason in wrong))
            return found(reasons, [link.span for link, _ in wrong if not link.attached])
        unknown = [reason for link in present if (reason := self._unknown(link, view))]
        return skip(", ".join(dict.fromkeys(unknown))) if unknown else missed("each link is fine")

    def _reasons(self, link: WebLink, view: View) -> Iterator[str]:
        if link.has_user or link.is_address or not link.host:
            yield "the address hides where it leads"
        if self.deny and _within(link, self.deny):
            yield f"{link.domain} must not be linked"
        if self.only and not _within(link, self.only):
            yield f"{link.domain} is not on the list of domains"
        if self.shorteners and (link.domain in SHORTENERS or link.host in SHORTENERS):
            yield f"{link.domain} hides where the link leads"
        if self.plain_http and link.scheme == "http":
            yield "the link is not encrypted"
        if not _within(link, self.like) and any(looks_like(link, own) for own in self.like):
            yield f"{link.domain} only looks like {', '.join(self.like)}"
        yield from self._followed(link, view)

    def _followed(self, link: WebLink, view: View) -> Iterator[str]:
        state = view.context.links.get(link.written)
        if state is None:
            return
        if self.dead and state.alive is False:
            yield f"the link is dead: {state.reason}"
        if self.redirects and (domain := _other_domain(link, state)):
            yield f"the link leads on to {domain}"

    def _unknown(self, link: WebLink, view: View) -> str | None:
        """Why it is not known what the options ask about a link; None where it is known, or nothing is asked."""
        if not self.needs:
            return None
        state = view.context.links.get(link.written)
        if state is None:
            return "nobody has followed the links"
        return f"{link.domain} was not judged: {state.reason}" if state.alive is None else None


def destinations(post: Post) -> list[WebLink]:
    """The links of a post: in its text, and attached. Where what is attached tells what a wrapper hides, only that."""
    attached = [
        replace(link, attached=True)
        for item in post.media
        if item.kind == "link" and item.url
        for link in links(item.url)[:1]
    ]
    written = [link for link in links(as_read(post)) if not (attached and link.domain in WRAPPERS)]
    return written + attached


def _other_domain(link: WebLink, state: LinkState) -> str | None:
    """The domain to which a link leads on, None where it stays on its own."""
    landed = links(state.lands_on or "")
    moved = landed and link.domain not in WRAPPERS and landed[0].domain != link.domain
    return landed[0].domain if moved else None


def _registered(domain: str) -> str:
    """The part of a domain that somebody registered."""
    return next((link.domain for link in links(domain)), domain)


def _within(link: WebLink, domains: tuple[str, ...]) -> bool:
    listed = (domain.lower().removeprefix("www.") for domain in domains)
    return any(link.host == domain or link.host.endswith(f".{domain}") for domain in listed)


def looks_like(link: WebLink, own: str) -> bool:
    """Whether a host differs from one's own domain only by look-alike letters, by one letter or by what is added."""
    own = own.lower()
    name, mine = link.domain.split(".")[0], _registered(own).split(".")[0]
    if link.domain == _registered(own) or len(mine) < _SHORTEST_COMPARED:
        return False
    if f".{own}." in f".{link.host}.":  # one's own address before somebody else's
        return True
    if f"-{mine}-" in f"-{name}-":  # one's own name under another ending, or with a word beside it
        return True
    return press_word(fold_word(name)) == press_word(fold_word(mine)) or OSA.distance(name, mine) <= 1
