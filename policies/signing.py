"""Who wrote a post: by the account that the platform names, or by the mark at the end of its text, such as ^TK.

A mark still ends a text where only links, tags, emoji or an afterthought stand behind it. Names are marks too where
they stand as people sign letters: on a line of their own, behind a dash, a greeting or the end of a sentence. A name
within a sentence is spoken of, and one behind a quotation is quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

from policies.model.finding import Span
from policies.model.people import Person, Role
from policies.model.post import Post
from policies.served import own_words

_INITIALS = re.compile(r"[A-Z][A-Za-z]{0,3}")
_MARK = re.compile(r"(?:[\^*~]|(?<=\s)[-–—/])\s?[A-Z][A-Za-z]{0,14}$")
#: A signature stands among the last words: more characters than these are not looked at.
_TAIL = 400
#: One word that may stand behind a signature: an address, a tag, another account, a smiley.
_NO_WORD = re.compile(
    r"(?:https?://|www\.|pic\.(?:twitter|x)\.com/)\S*|\[[^\]\s]*\]\(\S*\)|[#＃@＠][\w.-]+|[:;=8][-o']?[()DPp3/|]+|<3+"
)
_AFTERTHOUGHT = re.compile(r"\W*(?:p\.?\s?p?\.?s\b|edit(?:ed)?\b|eta\b|update\b)", re.IGNORECASE)
_KISSES = r"(?:[\s,]+(?:x+|xo(?:xo)*))?"
_ROLES = (
    r"(?:co-?)?(?:owner|founder|propriet\w+|director|manager|ceo|boss|landlord|landlady|chef|head|inhaber(?:in)?|"
    r"chefin|gründer(?:in)?|geschäftsführer(?:in)?|propriétaire|gérante?|patron(?:ne)?|fondat\w+|dueñ[oa]|"
    r"propietari[oa]|fundador[a]?|titolare|proprietári[oa]|don[oa])"
)
_OF = r"(?:,?\s(?:of|at|and|&|de|du|da|do|von|der|vom|di|van|bei|chez)\s[^.,!?\n]{1,40})?"
_TITLE = rf"(?:\s*[,(|–—-]\s*(?:[\w&'’-]+\s){{0,3}}?{_ROLES}\b(?:\s\w+)?{_OF})?"
#: What people write before their name at the end of a letter.
_GREETING = re.compile(
    r"(?:^|[.!?…,;\n])\s*(?:"
    r"(?:with |much |many |lots of |all my |all the |all |very |kind(?:est)? |warm(?:est)? |best )*"
    r"(?:love|thanks|best|cheers|wishes|regards|hugs)(?: from)?|"
    r"yours(?: (?:truly|sincerely|ever|faithfully))?|sincerely|(?:speak|see you) soon|"
    r"(?:liebe|viele|herzliche|beste|schöne)n? grü(?:ß|ss)en?|herzlich(?:st)?|bises|bien à vous|(?:bien )?cordialement|"
    r"amicalement|à bientôt|un (?:cordial )?(?:saludo|abrazo)|saludos(?: cordiales)?|abrazos|un abbraccio|"
    r"(?:cordiali |tanti )?saluti|um abraço|abraços|(?:met )?(?:vriendelijke )?groet(?:en|jes)?)[\s,]*$",
    re.IGNORECASE,
)
_SENTENCE_END = frozenset(".!?…。！？)]\n")
_SIGNS = "-–—―~^*/|•"
_LONG_SIGNS = "–—―~^"  #: signs that nobody writes within a word
_EMOJI_STYLE = "\ufe0f"
_QUOTES = frozenset("\"'”’»“„«")
_FIRST_PERSON = re.compile(
    r"\b(?:I|I['’]\w+|me|my|mine|ich|mir|mein\w*|je|j['’]\w+|yo|mi|io|mio|eu|meu|ik|mijn)\b"
)
_HERE = r"(?:here|hier|ici|aqu[ií]|speaking|writing)\b"
#: Characters at the beginning within which people say who they are.
_OPENING = 160
_I_AM = r"it is|it['’]s|this is|i am|i['’]m|ich bin|hier ist|je suis|c['’]est|soy|sono|sou|ik ben"
_GOES_ON = (
    rf"(?:[.!:;]|,?\s(?:and\s)?i\b|,\s(?!our|uns|notre|nuest|nost)(?:\w+\s){{0,2}}{_ROLES}\b|\s?[–—-]\s)"
)
#: Names that a roster holds where nobody has put in a real one.
_NO_NAMES = frozenset({"the", "owner", "agency", "team", "staff"})


def author_of(post: Post, people: Sequence[Person]) -> Person | None:
    """Who on the roster wrote a post, None where nobody can tell.

    By the account or the person that the platform names; a text of the brand's also by its mark. What others write is
    theirs, whatever name stands in it.
    """
    names = {(post.key.platform, name.casefold()) for name in (post.author, post.source) if name}
    known = next((p for p in people if any(_pair(account) in names for account in p.accounts)), None)
    if known is not None or not post.outbound:
        return known
    return signer_of(own_words(post), people)


def by_owner(post: Post, people: Sequence[Person]) -> bool:
    """Whether the owner wrote a post."""
    author = author_of(post, people)
    return author is not None and author.role is Role.OWNER


def signer_of(text: str, people: Sequence[Person]) -> Person | None:
    """The person on the roster who signed a text, at its end or by saying who speaks."""
    names = _names(people)
    for end in _ends(text):
        for person in people:
            if any(_ends_with(end, mark) for mark in person.marks):
                return person
            if any(_named(end, name) for name in sorted(names[person.id])):
                return person
    if mark_of(text):
        return None  # somebody else signed it
    return next((p for p in people if any(_introduced(text, name) for name in names[p.id])), None)


def role_of(text: str, people: Sequence[Person]) -> Role:
    """The role of whoever signed a text of the brand's; the agency where nobody did."""
    signer = signer_of(text, people)
    return signer.role if signer else Role.AGENCY


def mark_of(text: str) -> Span | None:
    """Where the mark stands that ends a text, whoever's it is; None where nobody signed."""
    found = _MARK.search(_bare(text))
    return Span(start=found.start(), end=found.end()) if found else None


def stranger_of(text: str, people: Sequence[Person]) -> str | None:
    """A mark that ends a text, looks like those of the roster, such as ^TK, and is nobody's; None otherwise.

    Only initials count behind a sign that somebody on the roster uses: what merely ends a sentence is no mark.
    """
    signs = {mark[0] for person in people for mark in person.marks if _INITIALS.fullmatch(mark[1:])}
    last = next(reversed(_bare(text).split()), "")
    known = last[:1] not in signs or not _INITIALS.fullmatch(last[1:]) or signer_of(text, people) is not None
    return None if known else last


def _bare(text: str) -> str:
    """A text without what may stand behind a signature."""
    *_, bare = _ends(text)
    return bare


def _ends(text: str) -> Iterator[str]:
    """A text, and what is left of it as each thing goes that may stand behind a signature, the last first."""
    while True:
        text = _trimmed(text)
        yield text
        shorter = _without_last(text)
        if shorter == text:
            return
        text = shorter


def _without_last(text: str) -> str:
    start = max(text.rfind(gap, -_TAIL if len(text) > _TAIL else 0) for gap in (" ", "\n", "\t")) + 1
    if start and _NO_WORD.fullmatch(text[start:]):
        return text[:start]
    if text and _is_emoji(text[-1]):
        return text[:-1]
    line = text.rfind("\n") + 1
    return text[:line] if line and _AFTERTHOUGHT.match(text[line:]) else text


def _trimmed(text: str) -> str:
    """A text without the white space and the characters at its end that nobody sees."""
    end = len(text)
    while end and (text[end - 1].isspace() or unicodedata.category(text[end - 1]) in {"Cf", "Cc"}):
        end -= 1
    return _trimmed(text[: end - 1]) if text[:end].endswith(_EMOJI_STYLE) else text[:end]


def _is_emoji(sign: str) -> bool:
    return unicodedata.category(sign) in {"So", "Sk", "Cs"}


def _names(people: Sequence[Person]) -> dict[str, frozenset[str]]:
    """What each person may be called in a signature, by their id: those of the marks, and what nobody shares."""
    marked = {p.id: {name for mark in p.marks if (name := _name_in(mark))} for p in people}
    called = {p.id: _called(p) | marked[p.id] for p in people}
    times = Counter(name for names in called.values() for name in names)
    return {
        who: frozenset(n for n in names if times[n] == 1 or n in marked[who]) for who, names in called.items()
    }


def _called(person: Person) -> set[str]:
    words = person.name.casefold().split()
    return {name for name in (" ".join(words), *words[:1]) if len(name) > 1 and words[0] not in _NO_NAMES}


def _name_in(mark: str) -> str | None:
    """The name that a mark is, such as that in ``- Maya`` and ``Maya x``; None for initials and other signs."""
    name = re.sub(rf"{_KISSES}$", "", mark.strip(_SIGNS + " "))
    return name.casefold() if re.fullmatch(r"[^\W\d_][\w'’. -]+", name) and not name.isupper() else None


def _pair(account: str) -> tuple[str, str]:
    platform, _, name = account.partition("/")
    return platform, name.casefold()


def _ends_with(text: str, mark: str) -> bool:
    """Whether a mark that is no name ends a text."""
    if not mark or _name_in(mark) or text[-len(mark) :].casefold() != mark.casefold():
        return False
    return not (mark[0].isalnum() and text[: -len(mark)][-1:].isalnum())


def _named(text: str, name: str) -> bool:
    """Whether a name signs a text that it ends, with a title or kisses behind it or not."""
    tail = text[-_TAIL:]
    found = re.search(rf"(?<![\w@#])(?:{re.escape(name)}){_KISSES}{_TITLE}[.)\]]?$", tail, re.IGNORECASE)
    return found is not None and _may_end(tail[: found.start()])


def _may_end(before: str) -> bool:
    """Whether a text may end here, so that the name behind it signs it and is no part of a sentence."""
    line = re.sub(r"[^\S\n]*\(?$", "", before)
    bare = line.rstrip(_SIGNS)
    said = _trimmed(bare)
    if not said:
        return True
    if said[-1] in _QUOTES or said[-1] == ":":
        return False  # whoever is quoted is named behind the quotation, and a list behind its heading
    if line != bare:
        return not bare[-1].isalnum() or line[-1] in _LONG_SIGNS
    return (
        bare[-1] in _SENTENCE_END
        or _is_emoji(said[-1])
        or _NO_WORD.fullmatch(said.split()[-1]) is not None
        or _GREETING.search(said) is not None
    )


def _introduced(text: str, name: str) -> bool:
    """Whether a text begins by saying who speaks: “Maya here”, “Nell, it is Maya, the owner. I …”."""
    start, who = text[:_TAIL], re.escape(name)
    if re.search(rf"(?:^|\n|[.!]\s)\s*(?:@\w+\s+)*(?:ici\s)?{who},?\s{_HERE}", start, re.IGNORECASE):
        return True
    opening = re.search(rf"(?:^|\s)(?:{_I_AM})\s{who}{_GOES_ON}", start[:_OPENING], re.IGNORECASE)
    return opening is not None and _FIRST_PERSON.search(text, opening.start()) is not None
