"""X on the contract suite's stage."""

from contract_bench import Stage

STAGE = Stage(
    own="own",
    inbound="mentions",
    lists="/2/users/",
    own_lists="/2/users/{brand}/",
    mention="@examplebrand where is my cake?",
    secret="bearer_token",
    crowded=("mentions", 900),
    passes_repeats=True,  # asked for by id instead of by token, X's pages differ again
)
