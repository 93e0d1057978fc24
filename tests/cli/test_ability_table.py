"""A report by hand, as lines by hand."""

from mof.cli.ability_table import ability_table, family_line, memory_table, writing_line
from mof.evaluation.task_accuracy import FamilyAccuracy

REPORT = {
    "kinds": {
        "knowledge": {
            "train": {
                "num_questions": 200,
                "num_right": 200,
                "low": 0.9812,
                "high": 1.0,
                "majority": 0.05,
                "nearest": 0.125,
            },
            "direction": {
                "num_questions": 80,
                "num_right": 1,
                "low": 0.0022,
                "high": 0.0674,
                "majority": 0.0,
                "nearest": 1.0,
            },
        },
        "completion": {},
    },
    "router": {
        "knowledge": {"mean": [0.625, 0.375], "half": [0.0125, 0.002], "sheets": 40},
        "reasoning": {"mean": [0.25, 0.75], "half": [0.01, 0.01], "sheets": 40},
    },
}


def test_table_of_kinds_stands_in_columns():
    assert ability_table({**REPORT, "router": {}}, ["RNN"]).splitlines() == [
        "",
        "kind        split      right   95%              commonest  most similar",
        "knowledge   train     100.0%   98.1% to 100.0%       5.0%         12.5%",
        "knowledge   direction   1.2%   0.2% to 6.7%          0.0%        100.0%",
    ]


def test_router_is_told_by_the_names_of_the_experts():
    assert ability_table(REPORT, ["RNN", "Transformer"]).splitlines()[-2:] == [
        "router on knowledge   RNN 62.5% ± 1.2%, Transformer 37.5% ± 0.2%",
        "router on reasoning   RNN 25.0% ± 1.0%, Transformer 75.0% ± 1.0%",
    ]


def test_a_family_in_one_line_beside_the_better_of_the_blind_answers():
    result = FamilyAccuracy("age", "reasoning", "value", 50, 10, 0.112, 0.330, 0.02, 0.26, [])
    line = "age                          reasoning  value      20% (11% to 33%; blind 26%)"
    assert family_line(result) == line
    assert family_line(result._replace(majority=0.41)).endswith("blind 41%)")


def needle(distance, num_right, nats):
    return {
        "distance": distance,
        "num_trials": 8,
        "num_right": num_right,
        "low": num_right / 8 - 0.1,
        "high": num_right / 8 + 0.1,
        "nats": nats,
        "nats_half": 0.5,
        "nats_without": 9.0,
        "nats_without_half": 0.5,
    }


def test_memory_by_distance_and_position():
    positions = {"block": 128, "nats": [5.0, 4.25], "half": [0.5, 0.125]}
    needles = [needle(64, 6, 1.5), needle(2048, 1, 9.25)]
    assert memory_table({"trained_length": 512, "needle": needles, "positions": positions}).splitlines() == [
        "A fact recalled, by tokens in between (trained at 512):",
        "      64   75% (65% to 85%), +7.50 nats by having read it",
        "   2,048   12% (2% to 22%), -0.25 nats by having read it",
        "Nats per token by position in a long text:",
        "       0 to 127    5.000 ± 0.500",
        "     128 to 255    4.250 ± 0.125",
    ]


def test_what_could_not_be_looked_at_is_said():
    said = memory_table({"trained_length": 512, "needle": [needle(64, 6, 1.5)], "positions": None})
    assert said.splitlines()[-1] == "  The held-out text is too short to look further."
    assert writing_line(None).startswith("No held-out text is long enough")
