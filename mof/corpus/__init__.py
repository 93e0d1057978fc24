"""From files of text to batches of token ids: reading, splitting, caching on disk and packing. NumPy only."""
