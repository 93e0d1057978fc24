"""What `start.py` does: environment, tests, lab, book, update, clean. The standard library only."""
