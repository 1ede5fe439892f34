"""While modules are loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Nothing of what is loaded is garbage, and looking for it took a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
