"""Runs the chapters whose outputs are not at hand, two at a time; `start.py book` does it before the build.

The build would run them one after the other. It takes the outputs from the cache that this fills,
_build/.jupyter_cache. Each of the two has half of the cores, so that they do not wait for each other. A
chapter that fails ends the build with its traceback, when all have been run.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_extensions"))

from kernel_settings import set_kernel_variables  # noqa: E402

from mof.launcher.book import pages_in_contents  # noqa: E402

AT_ONCE = 2
# a kernel that can encrypts what it says over TCP; it warns about each of its starts otherwise
KERNELS = Config({"KernelManager": {"transport_encryption": "auto"}})


def chapters(root: Path) -> list[Path]:
    """The notebooks in the contents, in their order."""
    pages = pages_in_contents((root / "_toc.yml").read_text(encoding="utf-8"))
    return [path for page in pages if (path := root / f"{page}.ipynb").is_file()]


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def is_at_hand(cache, notebook) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def execute(path: Path, timeout_seconds: int):
    """Runs a notebook in its own folder; returns (path, what came of it)."""
    print(f"  running {path.name}", flush=True)
    result = single_nb_execution(
        read(path), cwd=str(path.parent), timeout=timeout_seconds, allow_errors=False, config=KERNELS
    )
    print(f"  {path.name}: {result.time:.0f} s{', failed' if result.err else ''}", flush=True)
    return path, result


def main(root: Path = ROOT) -> int:
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["execute"]
    cache = get_cache(str(root / "_build" / ".jupyter_cache"))
    waiting = [path for path in chapters(root) if not is_at_hand(cache, read(path))]
    if not waiting:
        return 0
    # one chapter alone may have the whole machine
    set_kernel_variables(max(1, (os.cpu_count() or 2) // AT_ONCE) if len(waiting) > 1 else 0)
    start, failed = time.monotonic(), []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for path, result in pool.map(lambda path: execute(path, settings["timeout"]), waiting):
            if result.err:
                failed.append(path.name)
                print(f"\n{path}\n{result.exc_string}", file=sys.stderr, flush=True)
            else:
                data = {"execution_seconds": result.time}
                bundle = CacheBundleIn(result.nb, str(path), data=data)
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    print(f"{len(waiting)} chapters run in {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
