"""What a post does among the things that the owner keeps to herself, by trained heads."""

from policies.topics.features import Meaning, meaning
from policies.topics.heads import SHIPPED, Certainty, Heads, Verdict, shipped
from policies.topics.learning import Decided, Effect, Move, learned

__all__ = [
    "SHIPPED",
    "Certainty",
    "Decided",
    "Effect",
    "Heads",
    "Meaning",
    "Move",
    "Verdict",
    "learned",
    "meaning",
    "shipped",
]
