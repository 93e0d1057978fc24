"""Layers that own weights. A layer with a memory has `initial_state`, `call` (T tokens) and `step` (one
token)."""
