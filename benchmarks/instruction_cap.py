"""Capping the instruction sets of the libraries, by their own switches: what an older laptop has.

    python benchmarks/training_speed.py --corpus data --cap avx2 --only tiny --output avx2.json

The switches are read when a library is loaded, so they are set for a process before it starts. With the same
variables set in a shell, every command of `mof` runs capped too. They cover TensorFlow's and PyTorch's
products (oneDNN), what XLA compiles, NumPy's loops, and PyTorch's own kernels and its MKL. TensorFlow's own
kernels are built for AVX and need no cap. What they do not change is the machine itself: its caches and its
memory stay as fast as they are.

Products in bfloat16 need one switch more. Whether oneDNN can do them, TensorFlow asks the processor, not the
cap: told yes and then refused, the process ends. A processor without AVX-512 sends them to TensorFlow's own
kernels, and so does TF_ENABLE_ONEDNN_OPTS=0.
"""

CAPS = ("none", "avx2")

# names of NumPy's dispatcher from 2.4 on, then those before; it passes over what it does not know
_AVX512_OF_NUMPY = "X86_V4 AVX512_ICL AVX512_SPR AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL"


def capped_environment(cap, inherited=None, dtype="float32"):
    """Variables that keep a process to an instruction set.

    Args:
        cap: "none" or "avx2".
        inherited: dict of the variables around; its XLA_FLAGS are kept, and the cap added. Or None.
        dtype: of the process's products, "float32" or "bfloat16".

    Returns:
        dict of variables to set.

    Raises:
        ValueError: for another cap.
    """
    if cap not in CAPS:
        raise ValueError(f"cap is {cap!r}, expected one of {CAPS}.")
    if cap == "none":
        return {}
    flags = (inherited or {}).get("XLA_FLAGS", "")
    own_kernels = {"TF_ENABLE_ONEDNN_OPTS": "0"} if dtype == "bfloat16" else {}
    return {
        **own_kernels,
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "DNNL_MAX_CPU_ISA": "AVX2",  # the name that older builds of oneDNN read
        "XLA_FLAGS": f"{flags} --xla_cpu_max_isa=AVX2".strip(),
        "NPY_DISABLE_CPU_FEATURES": _AVX512_OF_NUMPY,
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    }
