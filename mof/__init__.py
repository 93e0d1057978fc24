"""MoF from Scratch: a Chinese language model, trained on a laptop CPU.

The package is imported from where a thing lives (`from mof.model import MixtureLanguageModel`); this file
imports nothing, so that `import mof` is quick and starts no backend.

Letters, one meaning each in every shape of the package:
    B batch (streams)     T tokens               D width of the model    R width inside a recurrence
    H heads               K key width            V value width           F width of a feed-forward layer
    C chunk length        N chunks               E experts               W vocabulary
"""

__version__ = "0.1.0"
