"""Keys and passwords that must not stand anywhere.

```yaml
check:
  secret: {}
```

Finds access keys by the marks that their makers give them (Amazon, GitHub, GitLab, Slack, Stripe, Google, Twilio,
SendGrid, OpenAI, npm, PyPI), JSON web tokens (RFC 7519), private keys (RFC 7468), addresses with a password in them,
and passwords that are named as such.
"""

from __future__ import annotations

import re2

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.matching.index import readable
from policies.matching.regex import options
from policies.model.finding import Span
from policies.view import View

_PATTERNS = {
    "an access key": (
        r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"
        r"|\bxox[abprs]-[0-9A-Za-z-]{10,}|\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,}|\bAIza[\w-]{35}|\bSK[0-9a-f]{32}\b"
        r"|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bsk-(?:proj-)?[\w-]{20,}|\bnpm_[0-9A-Za-z]{36}|\bpypi-[\w-]{50,}"
    ),
    "a token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}|(?i:\bbearer) [A-Za-z0-9._-]{24,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an address with a password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/:@]+@",
    "a password": (
        r"(?i)\b(?:password|passwort|passcode|pwd|pass|login)(?: is|:|=) ?[\"'“]?"
        r"[A-Za-z!-/:-@]*(?:[0-9][^\s\"'”]{3,}|[^\s\"'”]{3,}[0-9][^\s\"'”]*)"
    ),
}
_COMPILED = {name: re2.compile(pattern, options(exact=True)) for name, pattern in _PATTERNS.items()}


class Secret(PostCheck):
    """Keys, tokens and passwords."""

    @property
    def whoever(self) -> bool:
        """A key opens the same door for everybody."""
        return True

    def look(self, view: View) -> Outcome:
        text = readable(view.text)
        spans = {
            name: [Span(start=m.start(), end=m.end()) for m in pattern.finditer(text)]
            for name, pattern in _COMPILED.items()
        }
        names = [name for name, places in spans.items() if places]
        if not names:
            return missed("no key and no password")
        return found(", ".join(names), [span for places in spans.values() for span in places])
