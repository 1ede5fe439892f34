"""Steps of something that takes minutes, on the terminal: which it is at, and how many there are."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Steps:
    """A bar of all steps. A step that is named has been done."""

    def __init__(self, console: Console, steps: int) -> None:
        self._progress = Progress(
            SpinnerColumn(style="cyan"), TextColumn("[bold]{task.description:<40}"), BarColumn(30),
            MofNCompleteColumn(), TimeElapsedColumn(), console=console, transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task("Making the county", total=steps)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def done(self, what: str) -> None:
        self._progress.update(self._task, description=what, advance=1)
