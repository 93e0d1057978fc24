"""Definitions that the answers of chapter 00 are compared with, and ways to get them wrong."""

import math

MARK = 20.0  # tokens for each parameter
# name, parameters, tokens a second, bytes at the peak: round numbers near those of two cores
PRESETS = (
    ("tiny", 5.9e6, 3400.0, 1.5e9),
    ("small", 26.8e6, 800.0, 2.5e9),
    ("full", 83.4e6, 240.0, 4.2e9),
)


def product_seconds(rows, inner, columns, rate):
    """Seconds of a product [rows, inner] x [inner, columns] at `rate` operations a second."""
    return 2.0 * rows * inner * columns / rate


def sum_bandwidth(num_numbers, seconds):
    """Bytes a second of c = a + b over float32 rows, by the fastest of some tries.

    Args:
        num_numbers: of each row. seconds: of the tries.
    """
    return 3 * 4 * num_numbers / min(seconds)


def roof(intensity, peak, bandwidth):
    """The most operations a second at so many operations a byte."""
    return min(peak, bandwidth * intensity)


def choice(presets, hours, free_bytes):
    """The preset that fits and comes nearest to MARK tokens for each parameter, as a ratio.

    Args:
        presets: tuples of name, parameters, tokens a second, bytes at the peak; one of them fits.
        hours: of training. free_bytes: of memory.
    """
    return wrong_choice()(presets, hours, free_bytes)


def wrong_choice(memory="with a rest", distance="ratio", seconds_an_hour=3600.0):
    """An answer to 00.4 with something changed.

    Args:
        memory: "with a rest" of a tenth, "no rest", or "all" presets whatever they need.
        distance: by "ratio", by "difference", the "largest", or the "fastest".
        seconds_an_hour: float.
    """
    share = {"with a rest": 0.9, "no rest": 1.0, "all": math.inf}[memory]

    def answer(presets, hours, free_bytes):
        def how_far(preset):
            _name, parameters, speed, _peak = preset
            each = speed * seconds_an_hour * hours / parameters
            return {
                "ratio": abs(math.log(each / MARK)),
                "difference": abs(each - MARK),
                "largest": -parameters,
                "fastest": -speed,
            }[distance]

        fitting = [preset for preset in presets if preset[3] <= share * free_bytes]
        return min(fitting, key=how_far)[0]

    return answer
