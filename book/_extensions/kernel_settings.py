"""What the kernels of the chapters find in their environment, whoever starts them."""

import os

SETTINGS = {
    "PLOTLY_RENDERER": "plotly_mimetype",  # figures as data: page_figures.py puts them into the page
    "MOF_PROGRESS": "off",  # a build is no reader
}
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")


def set_kernel_variables(num_threads: int = 0) -> None:
    """Sets the variables for kernels that are started from now on.

    Args:
        num_threads: of each kernel; 0 leaves it to the kernel, which takes all cores.
    """
    os.environ.update(SETTINGS)
    if num_threads:
        os.environ.update(dict.fromkeys(THREADS, str(num_threads)))
