"""Labels of tokens that stand side by side on a phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.viz.token_axis import MANY_TOKENS, SMALL_TYPE, token_axis, upright

CHINESE = st.text(st.sampled_from("春天来了，。“”：我们去看爷"), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("token", "label"),
    [
        ("春", "春"),
        ("了一个", "了<br>一<br>个"),
        ("好。”", "好<br>。<br>”"),
        ("E5 A4 A9", "E5<br>A4<br>A9"),
        ("hello", "hello"),
        (" the", "<br>the"),
        ("28度", "28度"),
        ("", ""),
        (" ", " "),
    ],
)
def test_labels(token, label):
    assert upright(token) == label


@given(tokens=st.lists(CHINESE, min_size=1, max_size=30))
def test_chinese_is_one_character_wide_and_loses_none(tokens):
    axis = token_axis(tokens)
    assert [label.replace("<br>", "") for label in axis["ticktext"]] == tokens
    for label in axis["ticktext"]:
        assert all(len(line) == 1 for line in label.split("<br>"))
    assert axis["tickvals"] == list(range(len(tokens))) and axis["tickangle"] == 0


def test_many_tokens_have_small_type():
    assert token_axis(["春"] * MANY_TOKENS)["tickfont"] == {}
    assert token_axis(["春"] * (MANY_TOKENS + 1))["tickfont"] == {"size": SMALL_TYPE}
