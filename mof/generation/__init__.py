"""Generation: the prompt in parallel, then one step a token from the state."""
