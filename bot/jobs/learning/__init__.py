"""What is learnt from the owner's verdicts besides examples."""
