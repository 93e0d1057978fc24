"""Nothing here needs a backend: the sample book runs no model."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "book" / "_extensions"))
