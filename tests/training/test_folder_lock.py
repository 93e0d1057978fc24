"""A lock is held by one, asked for by all, and kept from nobody by the asking."""

import threading
import time

import pytest

from mof.training.folder_lock import held, is_held


class Refused(Exception):
    """The lock is another's."""


def test_one_holds_it_and_all_can_ask(tmp_path):
    path = tmp_path / "a.lock"
    assert not is_held(path) and not path.exists()  # asking makes no file
    with held(path, Refused()):
        assert is_held(path)
        with pytest.raises(Refused), held(path, Refused()):
            pass
    assert not is_held(path)
    with held(path, Refused()):
        pass


def test_who_asks_for_an_instant_keeps_nobody_out(tmp_path):
    path = tmp_path / "a.lock"
    with held(path, Refused()):
        pass
    is_over = threading.Event()

    def ask():
        while not is_over.is_set():
            is_held(path)

    worker = threading.Thread(target=ask)
    worker.start()
    try:
        for _ in range(20):
            with held(path, Refused()):
                time.sleep(0.002)
    finally:
        is_over.set()
        worker.join()
