"""A seed for each part: a hash of the whole's seed and the part's name."""

import hashlib

from mof.layers.seeds import derive_seed


def test_derived_seeds_are_the_first_bytes_of_a_hash():
    digest = hashlib.sha256(b"7/expert/1").digest()
    assert (
        derive_seed(7, "expert", 1) == digest[0] + 256 * digest[1] + 65536 * digest[2] + 16777216 * digest[3]
    )
    assert len({derive_seed(seed, name) for seed in range(20) for name in "abc"}) == 60
