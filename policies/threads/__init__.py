"""What a conversation owes a customer: a prompt answer that is more than a phrase."""

from policies.threads.answers import Answer, Waiting, first_answers, waits_for_answer
from policies.threads.conversations import Concern, Conversation, Standing, conversations, says_something
from policies.threads.phrases import is_brush_off, upset

__all__ = [
    "Answer",
    "Concern",
    "Conversation",
    "Standing",
    "Waiting",
    "conversations",
    "first_answers",
    "is_brush_off",
    "says_something",
    "upset",
    "waits_for_answer",
]
