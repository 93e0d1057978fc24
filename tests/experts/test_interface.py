"""The interface: a subclass that leaves a method out says which."""

import pytest

from mof.experts.interface import Expert


class Nameless(Expert):
    pass


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda expert: expert.initial_state(1), "Nameless must give its initial state"),
        (lambda expert: expert.call(None), "Nameless must say how it reads T tokens"),
        (lambda expert: expert.step(None, None), "Nameless must say how it reads one token"),
    ],
)
def test_a_missing_method_is_named(call, message):
    with pytest.raises(NotImplementedError, match=message):
        call(Nameless())
