"""What shows how a post was made: gaps of a template, and working notes.

```yaml
check:
  leftover: [gaps]
```

- `gaps`: what somebody was to fill in, such as `[CLIENT NAME]`, `{{first_name}}`, `<your city>`, `Hi ___` or `XX %`.
  Tags that forums ask for, such as `[UPDATE]`, are none.
- `notes`: what was meant for colleagues, such as `Option 2:`, `final_v3`, `DRAFT:`, `(date TBC by client)`,
  `[photo of the terrace]` or "please approve by Friday".

The text is read as it was written, capitals and all.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from pydantic import Field, model_validator

from policies.checks.base import Check, Matcher, under
from policies.checks.pattern import PatternMatcher
from policies.matching.index import IndexBuilder
from policies.matching.regex import Regex, compile_pattern

#: What a template asks for, in capitals within brackets.
_WANTED = (
    "NAMES?|CLIENT|CUSTOMER|BRAND|COMPANY|BUSINESS|PRODUCT|LINK|URL|DATE|CITY|ADDRESS|EMAIL|PHONE|HANDLE|NUMBER|INSERT"
    "|YOUR|PLACEHOLDER|TBC|TBD|XX+|HERE|CTA|HASHTAGS?|EMOJI|AMOUNT|DISCOUNT|VENUE"
)
#: The same in any letters.
_ASKED = "insert|your|client|brand|customer|company|business|first|last|name|product|link|date|city|handle|tbc|tbd|xx+"
_PLACE = (
    "web ?site|web ?page|amount|location|place|time|day|month|price|phone|e-?mail|address|store|branch|shop|venue|event"
    "|topic|surname|title|code"
)
_NUMBERED = (
    "phone|telephone|contact|order|account|ticket|tracking|booking|reference|street|zip|postal|discount|promo"
)
#: Words behind which something in brackets is to be filled in.
_BEFORE = (
    "at|on|in|for|only|just|the|a|an|your|our|to|from|is|costs?|by|with|code|of|until|till|and|or|hi|hello|hey|dear"
    "|call|ring|visit|follow|use|save|get|meet|under|starts|ends|before|after|since|about|near"
)
_BRACKETED = r"\[ ?@?(?:X|[A-Z]{3}[A-Z _/'.-]{0,40}) ?\]"
_GAPS = (
    rf"\[[ ]?(?:[A-Z0-9 _/'.-]{{0,30}}[ _/'.-])?(?:{_WANTED})(?:[ _/'.-][A-Z0-9 _/'.-]{{0,30}})?[ ]?\]",
    rf"(?:[$£€#]|(?i:\b(?:{_BEFORE}) ))[(]?{_BRACKETED}",
    rf"{_BRACKETED} ?(?:%|(?i:off|percent)\b)",
    rf"\[ ?(?i:{_NUMBERED}|voucher) (?i:numbers?|no\.?|id|code|address) ?\]",
    r"(?:^|[a-z,] )\[ ?@?[A-Z][A-Z _/'.-]{2,40} ?\](?:,|['’]s\b|[!?]+(?:\s|$))",
    r"\[ ?(?:FIRST|LAST|SUR|FULL|USER|NICK)[ _-]?NAME ?\]",
    r"(?i)\$\{?(?:first|last|full|user|customer)?_?name\b|\b(?:hi|hello|hey|dear|thanks|thank you) _{2,}",
    rf"(?i)\b(?:at|on|in|by|to|for|with|from|visit|call|dear|hi|hello|hey) \[ ?(?:{_PLACE}) ?\]",
    r"\[ ?@(?i:handle|name|username|brand|client|mention)s? ?\]",
    rf"\[(?i:{_ASKED})\b[^\]\n]{{0,40}}\]",
    r"<(?i:insert|your|client|brand|customer|company|first|last|name|product|link|date)\b[^>\n]{0,30}>",
    r"<[A-Z][A-Za-z_ ]{2,25}>",
    r"\{\{?[^{}\n]{1,40}\}?\}",
    r"%[A-Z][A-Z_]{2,30}%",
    r"\$\{[^}\n]{1,40}\}",
    r"(?i)\b(insert|add) (link|name|date|image|photo|emoji|cta|hashtags?) here\b",
    r"\bX{3,}(?: [A-Z]| %|%)",
)

#: Headings of what is handed from desk to desk.
_DESKS = (
    "cta|post copy|visual|asset|creative|alt text|hashtags?|internal( note)?|for approval"
    "|note to (?:self|team|client|designer|editor)|suggested (?:copy|caption|reply)"
)
_FIRST = "draft|caption|copy|tweet copy|body copy|headline|for review|to approve|suggested response|client"
_THING = "(?:post|copy|caption|draft|artwork|design|image|visual|wording|text)"
_PICTURE = "(?:picture|photo|image|visual|copy|link)"
_COUNTED = "(?:draft|copy|caption|version|option|post|tweet|variant|headline)"
_ZONE = "(?:est|pst|gmt|cet|bst|et|pt|utc)"
_NOTES = (
    r"\bfinal[ _-]?(?:final[ _-]?)?\(?v(?:ersion)?[ ._-]?\d+\)?",
    r"\bv\d+[ _-]+(?:final|draft|approved)|\bfinal[_-]final",
    r"\b(?:final|draft|approved)_v?\d*\b|_(?:final|draft|approved)\b",
    r"_(?:final|draft|v\d+|approved|rev\d+)(?:_\w+)?\.(?:docx?|pdf|png|jpe?g|psd|pptx?|mp4|ai)\b",
    r"\bbefore (?:it|this|we) goes? live\b|\bcan (?:someone|you) (?:proof|approve|sign off)\b",
    r"\bthe (?:post|caption|reel|story|ad|tweet) (?:goes|will go) live (?:at|on)\b",
    rf"\bswap (?:this|the|out this|out the|that) {_PICTURE}\b|\b(?:headline|caption|copy) option\b",
    rf"\b{_COUNTED}(?:[ _-](?:idea|copy|text|version|option|draft|line))?[ _-]?(?:v|no\.?|#)?[ ]?\d{{1,2}}[ ]?\)",
    rf"\b{_COUNTED}[ _-]?(?:v|no\.?|#)?[ ]?\d{{1,2}}[ ]?[:–—/-](?:[ ]*[^\d\s]|[ ]*(?:\n|$))",
    r"^[ ]*(?:draft|option|variant|version|caption)s? ?[A-D1-9]?[ ]?(?:[:)]|[–—-](?:\D|$))",
    rf"^[ \[(*]*(?:{_DESKS}|{_FIRST}|(?-i:APPROVED))[ ]?[:\])]",
    r"^[ \[(*]*image[ ]?:[^\n]* (?-i:[a-z]{2})",  # a name alone is the photographer's
    rf"\n[ \[(*]*(?:{_DESKS}|link in bio placeholder|image|caption)[ ]?:",
    r"[\[(](?:draft|tbc|tbd|todo|to do|tk|approved|pending|placeholder|wip|link( here)?|name|emoji)[\])]",
    r"[\[(](?:do not (?:post|publish)|not (?:for|final)|for (?:approval|review))[\])]",
    r"[\[(](?:check (?:this|with|price|date|link)|insert|add |client |image|photo of)[^\])]*[\])]",
    r"\b(?:do not (?:post|publish) (?:yet|before|until|this)|hold until approved|not approved yet|pls approve)\b",
    r"\bneeds? (?:client |final |legal )?(?:approval|sign-?off) before\b",
    r"\bawaiting (?:client |final )?(?:approval|sign-?off)\b",
    rf"\bplease approve(?: (?:this|these|by|before|asap|so|and|the {_THING})\b|[ ]*[.!?:]?$)",
    r"\b(?:image|photo|picture|link|name|price|date) (?:tbc|tbd|to come|to follow from client)\b",
    rf"\b(?:schedule|post|publish)(?:d)? (?:at|for|on) \d{{1,2}}(?::\d\d)? ?(?:am|pm)? ?{_ZONE}\b",
    r"\b(?:utm_campaign=(?:test|draft|todo)|placeholder (?:text|copy|image|link)|dummy text)",
    r"\b(?:lorem ipsum|xx/xx|dd/mm|tk tk|tktk|(?:copy|caption) tbc|tbc by client)\b",
    r"\binsert (?:client|brand|product|customer|handle|name|link|date|city|offer|discount)\b",
)
_PATTERNS = {"gaps": _GAPS, "notes": tuple(f"(?i){pattern}" for pattern in _NOTES)}


class Leftover(Check):
    """Gaps of a template, or notes of those who made a post."""

    kinds: tuple[Literal["gaps", "notes"], ...] = Field(min_length=1)
    """gaps, notes, or both."""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return under("kinds")(value)

    def matcher(self, index: IndexBuilder) -> Matcher:
        """Enter what is looked for into the index."""
        return PatternMatcher(
            {index.pattern(regex): regex for kind in self.kinds for regex in _regexes(kind)}
        )


@cache
def _regexes(kind: str) -> tuple[Regex, ...]:
    return tuple(compile_pattern(pattern, exact=True) for pattern in _PATTERNS[kind])
