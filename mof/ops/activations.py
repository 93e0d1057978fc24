"""Element-wise functions between products."""

from keras import ops


def squared_relu(x):
    """max(x, 0)^2. Source: So et al. 2021, "Primer", section 3. Cheaper than GELU: no transcendental
    function."""
    return ops.square(ops.relu(x))


def tanh_gelu(x):
    """GELU in its tanh form. Source: Hendrycks and Gimpel 2016, "Gaussian Error Linear Units", section 2."""
    return ops.gelu(x, approximate=True)


def gate_with_silu(y, gate):
    """y * silu(gate) with silu(u) = u sigmoid(u). Source: Sun et al. 2023, "Retentive Network", equation
    8."""
    return y * ops.silu(gate)
