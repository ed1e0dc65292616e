"""Reddit on the contract suite's stage."""

from contract_bench import Stage

STAGE = Stage(
    own="submissions",
    inbound="mentions",
    lists="/user/",
    own_lists="/user/",
    mention="u/examplebrand where is my cake?",
    secret="refresh_token",
    crowded=("submissions", 1100),
    passes_repeats=False,
)
