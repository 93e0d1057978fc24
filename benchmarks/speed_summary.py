"""From single measurements to a result: medians, characters a second, model flops utilisation."""

import statistics

from mof.machine.product_counts import training_flops
from mof.presets import preset


def spread(values):
    """{"median", "least", "most", "values"} of some numbers."""
    return {
        "median": statistics.median(values),
        "least": min(values),
        "most": max(values),
        "values": list(values),
    }


def fastest_variants(cases, measurements):
    """The cases to go on with: those that stand alone, and the fastest of each set of variants.

    Args:
        cases: list of Case. measurements: list of {"round", "case", "figures" or "failure"}; round 0 chose.

    Returns:
        list of Case, in order. A set in which none worked is left out.
    """
    speeds = {
        m["case"]: m["figures"]["tokens_per_second"]
        for m in measurements
        if m["round"] == 0 and "tokens_per_second" in m.get("figures", {})
    }
    best = {}
    for case in cases:
        if case.variants and case.name in speeds:
            known = best.get(case.variants)
            if known is None or speeds[case.name] > speeds[known]:
                best[case.variants] = case.name
    return [case for case in cases if not case.variants or best.get(case.variants) == case.name]


def summarize(cases, measurements, shapes, row_shape):
    """The result's figures.

    Args:
        cases: list of Case that were measured to the end. measurements: as `fastest_variants`.
        shapes: as `product_shapes` gives. row_shape: (rows, tokens of a row) of a micro-batch of ours.

    Returns:
        dict of JSON values: "products" by dtype, "cases" (a list), "failures" (a list), "choosing" (tokens a
        second of all variants).
    """
    figures = {}
    for m in measurements:
        if m["round"] > 0 and "figures" in m:
            figures.setdefault(m["case"], []).append(m["figures"])
    products, results = {}, []
    for case in cases:
        if case.facts["kind"] == "products" and case.name in figures:
            products[case.facts["dtype"]] = _products(case, figures[case.name], shapes)
    for case in cases:
        if case.facts["kind"] == "products" or case.name not in figures:
            continue
        results.append(_case(case, figures[case.name], products, row_shape))
    choosing = [
        {"case": m["case"], "tokens_per_second": m["figures"]["tokens_per_second"]}
        for m in measurements
        if m["round"] == 0 and "figures" in m
    ]
    worked = {(m["round"], m["case"]) for m in measurements if "figures" in m}
    failures = [
        {"case": m["case"], "said": m["failure"]}
        for m in measurements
        if "failure" in m and (m["round"], m["case"]) not in worked
    ]
    return {"products": products, "cases": results, "choosing": choosing, "failures": failures}


def flops_utilization(config, row_shape, tokens_per_second, flops_per_second):
    """Share of a product rate that a training turns into the model's own products.

    Args:
        config: ModelConfig. row_shape: (rows, tokens of a row). tokens_per_second: of whole updates.
        flops_per_second: the rate, same dtype.
    """
    batch_size, num_tokens = row_shape
    flops_per_token = training_flops(config, batch_size, num_tokens) / (batch_size * num_tokens)
    return flops_per_token * tokens_per_second / flops_per_second


def _products(case, rounds, shapes):
    rates = {
        tuple(shape): spread([figures["flops_per_second"][i] for figures in rounds])
        for i, shape in enumerate(case.job["shapes"])
    }
    by_model = {}
    for name, listed in shapes.items():
        if name == "cube":
            continue
        flops = [2 * rows * inner * columns * count for rows, inner, columns, count in listed]
        seconds = [f / rates[shape[:3]]["median"] for f, shape in zip(flops, listed, strict=True)]
        by_model[name] = {
            "flops_per_second": sum(flops) / sum(seconds),
            "shapes": [
                {"shape": shape[:3], "count": shape[3], "flops_per_second": rates[shape[:3]]["median"]}
                for shape in listed
            ],
        }
    return {"cube_flops_per_second": rates[shapes["cube"][0][:3]], "model_shapes": by_model}


def _case(case, rounds, products, row_shape):
    speed = spread([figures["tokens_per_second"] for figures in rounds])
    result = {
        "name": case.name,
        **case.facts,
        "parameters": rounds[0]["parameters"],
        "tokens_per_second": speed,
        "characters_per_second": speed["median"] * case.facts["characters_per_token"],
        "peak_bytes": max(figures["peak_bytes"] for figures in rounds),
    }
    if "versions" in rounds[0]:
        result["versions"] = rounds[0]["versions"]
    if case.facts["kind"] == "ours" and case.facts["dtype"] in products:
        config = preset(case.facts["model"]).model.replace(vocabulary_size=case.facts["vocabulary_size"])
        rate = products[case.facts["dtype"]]["cube_flops_per_second"]["median"]
        result["mfu"] = flops_utilization(config, row_shape, speed["median"], rate)
    return result
