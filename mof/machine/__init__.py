"""What this machine can train: facts, a minute of measurements, a cost model, and what follows from them."""
