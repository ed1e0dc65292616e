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

from policies.checks.base import Outcome, PostCheck, found, missed
from policies.matching.index import readable
from policies.matching.secrets import secrets
from policies.view import View


class Secret(PostCheck):
    """Keys, tokens and passwords."""

    @property
    def whoever(self) -> bool:
        """A key opens the same door for everybody."""
        return True

    def look(self, view: View) -> Outcome:
        there = list(secrets(readable(view.text)))
        if not there:
            return missed("no key and no password")
        names = dict.fromkeys(secret.name for secret in there)
        return found(", ".join(names), [secret.span for secret in there])
