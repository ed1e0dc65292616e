"""The made-up platform on the contract suite's stage."""

from contract_bench import Stage

STAGE = Stage(
    own="written",
    inbound="named",
    lists="/api/entries",
    own_lists="/api/entries",
    mention="~examplebrand where is my cake?",
    secret="token",
    crowded=("written", 600),
    passes_repeats=False,
)
