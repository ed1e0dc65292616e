"""What a conversation owes a customer: a prompt answer that is more than a phrase."""

from policies.threads.answers import Answer, Waiting, first_answers, overdue, waiting, waits_for_answer
from policies.threads.conversations import Concern, Conversation, Standing, conversations, says_something
from policies.threads.trouble import Trouble, is_brush_off, trouble, upset

__all__ = [
    "Answer",
    "Concern",
    "Conversation",
    "Standing",
    "Trouble",
    "Waiting",
    "conversations",
    "first_answers",
    "is_brush_off",
    "overdue",
    "says_something",
    "trouble",
    "upset",
    "waiting",
    "waits_for_answer",
]
