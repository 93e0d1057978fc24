"""Public Chinese text by exact commit: a catalogue, the download, the cleaning, and a manifest of hashes."""
