"""Training: a short loop of our own, its schedules, optimisers and checkpoints."""
