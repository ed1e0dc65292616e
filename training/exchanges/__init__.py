"""How the heads for exchanges are made: complaint, owner needed, grave, brushed off."""
