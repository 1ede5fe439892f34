"""The garbage collector of a process that works in batches."""

import gc

_MANY_OBJECTS = 50_000


def spare_the_collector() -> None:
    """A batch is tens of thousands of values without circles, freed by their counts; looking through them for circles
    every 700 took a quarter of the tick.
    """
    first, second, third = gc.get_threshold()
    if 0 < first < _MANY_OBJECTS:
        gc.set_threshold(_MANY_OBJECTS, second, third)
