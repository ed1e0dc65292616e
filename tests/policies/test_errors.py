"""What our errors quote cannot move a terminal's cursor."""

from __future__ import annotations

import pytest

from bot.errors import AccountUnreachable
from policies.errors import OversightError

NASTY = "a\x1b]0;owned\x07b\x1b[2J\x9b1A\u202ec\u2066d\r\x00\x7fe"


@pytest.mark.parametrize("sign", "\x1b\x07\x9b\u202e\u2066\r\x00\x7f\t")
def test_no_error_holds_a_control_character(sign: str) -> None:
    said = str(OversightError(f"{NASTY}\t\nnext", mend=NASTY))
    assert sign not in said
    assert "\nnext" in said
    assert sign not in str(AccountUnreachable("in-trouble", site="X", said=NASTY, mend="again"))
