"""The kinds of cases. A further one is a module and one line here."""

from __future__ import annotations

from collections.abc import Mapping

from policies.model.cases.conversation import CONVERSATION
from policies.model.cases.flagged import FLAGGED
from policies.model.cases.machinery import CaseKind
from policies.model.cases.unknown_signer import UNKNOWN_SIGNER

#: name -> kind
KINDS: Mapping[str, CaseKind] = {kind.name: kind for kind in (FLAGGED, CONVERSATION, UNKNOWN_SIGNER)}
