"""Four days of a laptop beside a rented GPU: what the reader sets, and what follows. Chapter 01.

Every result is a product of powers of what is set, so that the page can compute it (`mof.viz.calculator`).
"""

from mof.lessons.budget import NANOCHAT, recorded_hour
from mof.viz.calculator import Input, Result

WATTS_LAPTOP, PRICE_OF_POWER = 40.0, 0.30  # assumptions: at the plug under load; dollars for a kWh
WATTS_GPU, SHARE_PERCENT = 1000.0, 10.0  # assumptions: with its part of server and cooling; a small model's
HOUR = 3600.0


def rental_inputs(rate=None, hours=96.0):
    """What can be set.

    Args:
        rate: operations a second of the laptop, or None for the recorded hour's. hours: of training.

    Returns:
        list of Input.
    """
    source = "your measurement" if rate is not None else "recorded hour of tiny"
    rate = recorded_hour().rate if rate is None else rate
    price = NANOCHAT.price_an_hour / NANOCHAT.num_gpus
    return [
        Input("rate", "laptop rate", "billion a second", rate / 1e9, 10.0, 1000.0, source),
        Input("hours", "hours of the laptop", "h", hours, 1.0, 1000.0, "the course's four days"),
        Input("watts", "laptop at the plug", "W", WATTS_LAPTOP, 5.0, 300.0, "assumption"),
        Input("power", "electricity", "dollars per kWh", PRICE_OF_POWER, 0.02, 2.0, "assumption"),
        Input(
            "gpu_rate",
            "GPU rate",
            "trillion a second",
            NANOCHAT.rate / 1e12,
            10.0,
            2000.0,
            "nanochat, per H100",
        ),
        Input("share", "share of it that a small model gets", "%", SHARE_PERCENT, 1.0, 100.0, "assumption"),
        Input("gpu_watts", "GPU with its part of the server", "W", WATTS_GPU, 100.0, 2000.0, "assumption"),
        Input("rent", "rent of one GPU", "dollars per hour", price, 0.1, 20.0, "nanochat, 24 for eight"),
    ]


def rental_results():
    """What follows: list of Result."""
    work = {"rate": 1, "hours": 1}  # of the laptop, in 1e9 * 3600 operations
    gpu_hours = 1e9 / (1e12 / 100)  # hours for such work at 1e12 operations a second and 1 percent
    on_gpu = {**work, "gpu_rate": -1, "share": -1}
    return [
        Result("operations", "", "laptop rate × 3600 × hours", 1e9 * HOUR, work),
        Result("time, laptop", "h", "hours", 1.0, {"hours": 1}, "time"),
        Result("time, GPU", "h", "operations / (GPU rate × share) / 3600", gpu_hours, on_gpu, "time"),
        Result("energy, laptop", "kWh", "watts × hours / 1000", 1e-3, {"watts": 1, "hours": 1}, "energy"),
        Result(
            "energy, GPU",
            "kWh",
            "GPU watts × GPU hours / 1000",
            1e-3 * gpu_hours,
            {**on_gpu, "gpu_watts": 1},
            "energy",
        ),
        Result(
            "money, laptop",
            "dollars",
            "kWh × price",
            1e-3,
            {"watts": 1, "hours": 1, "power": 1},
            "money",
        ),
        Result("money, GPU", "dollars", "GPU hours × rent", gpu_hours, {**on_gpu, "rent": 1}, "money"),
        Result(
            "an hour of the GPU holds",
            "such trainings",
            "1 / GPU hours",
            1 / gpu_hours,
            {name: -power for name, power in on_gpu.items()},
        ),
    ]
