"""What stands in a text beside its author's own words: what the platform adds to it, and what others are quoted with.

Both views begin where the text does and leave nothing out, so that places in them are places in the original. No
platform that we know takes longer texts than they go; what somebody sends beyond is not judged, and that is said.
"""

from __future__ import annotations

import html
import re

from policies.model.post import Kind, Post
from policies.platforms import FORGETTING, MARKDOWN

#: Characters of a text that are judged: as many as Reddit takes, the most of those that are read.
LONGEST_JUDGED = 40_000
_PICTURES = frozenset({"image", "video", "gif"})
#: Stands in for what Markdown leaves out: comparing ignores it.
_JOINER = "\u2060"
#: X puts the address of a post's own pictures behind its text (docs.x.com, data dictionary, entities.urls).
_OWN_PICTURE = re.compile(r"(?:https?://t\.co/\w+|pic\.(?:twitter|x)\.com/\w+)\s*$")
#: Markdown's escapes and entities (spec.commonmark.org, 2.4 and 2.5), on sites that use it.
_ESCAPE = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_ENTITY = re.compile(r"&(?:(?:amp;)?#(?:\d{1,7}|[xX][0-9a-fA-F]{1,6})|[a-zA-Z]{2,31});")
_QUOTED_LINE = re.compile(r"^[ \t]{0,3}(?:>|&gt;)(?!!)[^\n]*$", re.MULTILINE)
_IN_QUOTES = (
    r"(?P<words>“[^”\n]{1,500}”|\"[^\"\n]{1,500}\"|‘[^\n]{1,500}?’(?!\w)|(?<!\w)'[^\n]{1,500}?'(?!\w)"
    r"|„[^“”\n]{1,500}[“”]|«[^»\n]{1,500}»|»[^«\n]{1,500}«|「[^」\n]{1,500}」)"
)
_SAID = r"(?:wrote|writes?|sa(?:id|ys?)|call(?:s|ed)?|mention(?:s|ed)|ask(?:s|ed)|told|described|posted|put)"
#: Somebody else who says something: a name with a capital, or a word for people; never the author.
_OTHERS = (
    r"(?:you|they|he|she|someone|somebody|guests?|customers?|clients?|visitors?|reviewers?|people"
    r"|(?!(?:We|I|It)\b)(?-i:[A-Z])\w+)"
)
#: Who says something, as on a stage: a name, or somebody of whom it is told.
_SPEAKER = (
    r"(?:(?!(?-i:We|I|Us|Me|Our|My|PS|NB|Note|Tip|Today|Tonight|New|News|Update|Reminder|Motto|Quote|Fact|Question|Answer)\b)"
    r"(?-i:[A-Z])[\w'’-]{1,20}(?:\s(?-i:[A-Z])[\w'’.-]{0,20}){0,2}(?:,\s\d{1,3})?"
    r"|(?:an?|one|the|our|my)\s(?:\w+\s){0,2}?(?:guest|customer|client|visitor|reader|reviewer|kid|child|neighbou?r|dad|mum)"
    r"(?:\s\w+){0,4}):"
)
#: What stands in quotation marks behind the one who said it, or before.
_QUOTED_WORDS = (
    re.compile(rf"(?:^|(?<=[.!?…]\s)|(?<=[”\"»]\s)){_SPEAKER}\s?{_IN_QUOTES}", re.IGNORECASE | re.MULTILINE),
    re.compile(
        rf"\b(?:{_OTHERS}\s(?:\w+\s){{0,2}}?{_SAID}|(?:reviews?|feedback|complaints?)|from\s(?:an?|one|our|another)\s(?:\w+\s)?(?:guest|customer|client|visitor)s?"
        rf"|your\s(?:\w+\s)?(?:comment|message|post|words?|e-?mail))\b[^“\"‘'„«»「\n]{{0,60}}{_IN_QUOTES}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_IN_QUOTES}[,.]?\s(?:as\s|(?:is|was)\swhat\s)?(?:(?:(?:one|a|an|some|many|our|the)\s)?{_OTHERS}\s{_SAID}|{_SAID}\s{_OTHERS})\b",
        re.IGNORECASE,
    ),
)
_SHARED = re.compile(r"RT @\w{1,20}:")
_TOMBSTONE = re.compile(
    r"[\s*_\\]*\[\s*(?:(?:this|the|content|post|comment|message|text|user|account|has|been|was|is|no\slonger)\s+){0,6}"
    r"(?:deleted|removed|unavailable)(?:\s+by\b[^\n]*)?\s*\\?\][\s*_.]*",
    re.IGNORECASE,
)
#: Stands for words and authors that were gone before we saw them.
GONE = "[deleted]"
#: Authors who have gone or are hidden: each is somebody else.
NOBODIES = frozenset({GONE, "[removed]", "[unavailable]"})


def as_read(post: Post) -> str:
    """The text as people see it on the platform, as far as it is judged."""
    text = post.text[:LONGEST_JUDGED]
    if post.key.platform in MARKDOWN:
        text = _ENTITY.sub(_entity, _ESCAPE.sub(_JOINER, text))
    if post.key.platform == "x" and any(item.kind in _PICTURES for item in post.media):
        text = _OWN_PICTURE.sub(_blank, text)
    return text


def own_words(post: Post) -> str:
    """The text as people see it, with blanks in place of what others said: quoted lines and words, shared posts."""
    text = as_read(post)
    if is_share(post):
        return " " * len(text)
    if post.parent_id or post.kind is not Kind.POST:
        text = _QUOTED_LINE.sub(_blank, text)
    for quoted in (*_QUOTED_WORDS, *_QUOTED_WORDS):  # twice: one sentence may quote two things
        text = quoted.sub(_without_words, text)
    return text


def is_share(post: Post) -> bool:
    """Whether it passes on somebody else's post as it stands, as X's retweets do."""
    return post.kind is Kind.SHARE or (post.key.platform == "x" and _SHARED.match(post.text) is not None)


def is_long(post: Post) -> bool:
    """Whether only the beginning of it is judged."""
    return len(post.text) > LONGEST_JUDGED


def is_cut(post: Post) -> bool:
    """Whether it passes on somebody else's post and the platform sent only the beginning of that."""
    return is_share(post) and post.text.rstrip().endswith(("…", "..."))


def is_tombstone(text: str) -> bool:
    """Whether a platform put this in place of words that are gone."""
    return _TOMBSTONE.fullmatch(text) is not None


def is_withdrawn(post: Post) -> bool:
    """Whether it is somebody else's who deleted it, on a platform whose terms demand that the words go with it."""
    return post.deleted_at is not None and not post.outbound and post.key.platform in FORGETTING


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without_words(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("words"))
    return match[0][:start] + " " * (end - start) + match[0][end:]


def _entity(match: re.Match[str]) -> str:
    char = html.unescape(html.unescape(match[0]))  # twice: sites escape the ampersand of an entity once more
    return char + _JOINER * (len(match[0]) - 1) if len(char) == 1 else match[0]
