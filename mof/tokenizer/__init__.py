"""Text to token ids and back, without loss: characters with byte fallback, and byte-level pairs (BPE)."""
