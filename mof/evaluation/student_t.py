"""Student's t, for the interval of a mean whose spread comes from few values. Source: Student 1908, "The
Probable Error of a Mean"."""

NORMAL_QUANTILE = 1.959964  # two-sided 95%
# the same of Student's t by its degrees of freedom; from 30 on the normal one is close
T_QUANTILES = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
T_QUANTILES |= {10: 2.228, 15: 2.131, 20: 2.086, 25: 2.060, 30: 2.042}


def t_quantile(degrees):
    """Two-sided 95% quantile of Student's t.

    Args:
        degrees: of freedom, the number of values less one, at least 1; where the table has none, the next
            smaller one's, which is a little too wide.
    """
    return NORMAL_QUANTILE if degrees > 30 else T_QUANTILES[max(n for n in T_QUANTILES if n <= degrees)]
