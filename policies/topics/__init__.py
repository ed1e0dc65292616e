"""What a post does among the things that the owner keeps to herself, by trained heads."""

from policies.topics.features import Meaning, meaning
from policies.topics.heads import SHIPPED, Certainty, Heads, Verdict, shipped

__all__ = ["SHIPPED", "Certainty", "Heads", "Meaning", "Verdict", "meaning", "shipped"]
