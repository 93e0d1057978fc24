"""Student's t, for the interval of a mean whose spread comes from few values. Sources: Student 1908, "The
Probable Error of a Mean"; for many values Abramowitz and Stegun 1964, "Handbook of Mathematical Functions",
26.7.5."""

NORMAL_QUANTILE = 1.959964  # two-sided 95%
# the same of Student's t by its degrees of freedom
T_QUANTILES = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
T_QUANTILES |= {10: 2.228, 15: 2.131, 20: 2.086, 25: 2.060, 30: 2.042}


def t_quantile(degrees):
    """Two-sided 95% quantile of Student's t.

    Args:
        degrees: of freedom, the number of values less one, at least 1. Up to 30, where the table has none,
            the next smaller one's, which is a little too wide; above, to three digits.
    """
    if degrees <= max(T_QUANTILES):
        return T_QUANTILES[max(n for n in T_QUANTILES if n <= degrees)]
    z = NORMAL_QUANTILE
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
