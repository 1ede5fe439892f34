"""The figures on the terminal: a line that moves while runs go on, a table for each size, a verdict on the aims."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_BAR = 10
_EIGHTHS = " ▏▎▍▌▋▊▉"
_OURS = "sip"


class Watching:
    """A bar of all runs, with what is running now."""

    def __init__(self, console: Console, runs: int) -> None:
        self._progress = Progress(
            SpinnerColumn(style="cyan"),
            TextColumn("[bold]{task.description:<44}"),
            BarColumn(_BAR, complete_style="cyan", finished_style="green"),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("Making the county and its meetings", total=runs)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def begins(self, title: str, n: int, run: int) -> None:
        self._progress.update(self._task, description=f"{title}, {n:,}, run {run}")

    def ended(self) -> None:
        self._progress.advance(self._task)


def table(title: str, rows: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str], unit: str) -> Table:
    """One table: a row for each contender, the fastest bar full."""
    made = Table(title=title, box=box.ROUNDED, title_style="bold", title_justify="left", header_style="dim")
    made.add_column("", no_wrap=True)
    made.add_column(unit, justify="right")
    made.add_column("spread", justify="right")
    made.add_column("ms each", justify="right")
    if any(row["processor_ms_each"] for row in rows.values()):
        made.add_column("cpu ms", justify="right")
    made.add_column("of", justify="right")
    made.add_column("", width=_BAR)
    fastest = max(row["per_second"]["median"] for row in rows.values())
    for name, row in rows.items():
        rate = row["per_second"]
        style = "bold cyan" if name == _OURS else ""
        processor = row["processor_ms_each"]
        made.add_row(
            Text(titles.get(name, name), style=style),
            Text(f"{rate['median']:,.0f}", style=style),
            f"± {rate['spread'] / 2:.0%}",
            f"{row['ms_each']:.3f}",
            *([f"{processor['both']:.3f}"] if processor else []),
            f"{row['n']:,}",
            Text(_bar(rate["median"] / fastest), style="cyan" if name == _OURS else "bright_black"),
        )
    return made


def _bar(part: float) -> str:
    whole, eighths = divmod(round(part * _BAR * 8), 8)
    return "█" * whole + (_EIGHTHS[eighths].strip() if eighths else "")


def pages_table(title: str, pages: Mapping[str, Mapping[str, Any]], growth: Mapping[str, float]) -> Table:
    """One table: a row for each page: time, statements asked of the server, pages of 8 kB it read, kB of the answer and
    sent compressed. `growth` is how many times as long it took as at the smallest size.
    """
    made = Table(title=title, box=box.ROUNDED, title_style="bold", title_justify="left", header_style="dim")
    made.add_column("", no_wrap=True)
    for head in ("p50", "p99 ms", "asks", "8 kB", "kB", "sent", *(["grows"] if growth else [])):
        made.add_column(head, justify="right", no_wrap=True)
    for name, row in pages.items():
        made.add_row(
            name,
            *(f"{one:.1f}" if one < 100 else f"{one:,.0f}" for one in (row["ms"]["p50"], row["ms"]["p99"])),
            str(row["queries"]),
            f"{row['pages_read']:,}",
            f"{row['bytes'] / 1000:.0f}",
            f"{row['bytes_compressed'] / 1000:.1f}",
            *([f"{growth[name]:.2f}"] if growth else []),
        )
    return made


def steps_table(result: Mapping[str, Any]) -> Table:
    """One table: a row for each step, its seconds at each size, and how many times as long it took at the last."""
    sizes, growth = result["sizes"], result["growth"]
    made = Table(title="Seconds", box=box.ROUNDED, title_style="bold", title_justify="left", header_style="dim")
    made.add_column("", no_wrap=True)
    for head in (*(f"{int(n):,} meetings" for n in sizes), "grows"):
        made.add_column(head, justify="right", no_wrap=True)
    for name, grows in growth.items():
        made.add_row(name, *(f"{one['steps'][name]['s']:.3f}" for one in sizes.values()), f"{grows:.2f}")
    made.add_row("highest memory of the command, MB", *(str(one["command_mb"]) for one in sizes.values()), "")
    made.add_row("all statistics, times one plain group by", *(f"{one:.1f}" for one in result["vs_plain"].values()), "")
    return made


def replay_table(result: Mapping[str, Any], titles: Mapping[str, str]) -> Table:
    """One table: a row for each play, its seconds and what the processor took for each meeting."""
    title = (
        f"{result['n']:,} meetings played, {result['made']:,} of them made up, {result['journal']:,} rows of journal"
    )
    made = Table(title=title, box=box.ROUNDED, title_style="bold", title_justify="left", header_style="dim")
    for n, head in enumerate(("", "seconds", "cpu ms each")):
        made.add_column(head, justify="right" if n else "left", no_wrap=True)
    for name, one in result["steps"].items():
        made.add_row(titles[name], f"{one['s']:.1f}", f"{one['cpu_ms_each']:.2f}")
    return made


def wall_line(wall: Mapping[str, Mapping[str, float]]) -> Text:
    """What row-level security costs, in a sentence: the dearest page of each who looks."""
    said = (
        f"who {who} at most {max(pages.values()):.2f} ({max(pages, key=pages.__getitem__)})"
        for who, pages in wall.items()
    )
    return Text(f" • Behind row-level security pages take at most, times without it: {', '.join(said)}.")


def live_line(live: Mapping[str, Any]) -> Text:
    """What many open overviews cost, in a sentence."""
    ms = live["ms"]
    return Text(
        f" • {live['open']} open overviews hold {live['kilobytes_each']:g} kB each; of a change the last of them hears "
        f"after {ms['last_page']:.0f} ms, a bare listener after {ms['bare_listener']:.1f}; the last of them "
        f"has the row {ms['last_rows']:.0f} ms after the change, and somebody else waits "
        f"{ms['bystander']:.0f} ms at most\n"
    )


def verdict(found: Mapping[str, float], aims: Mapping[str, float], names: Mapping[str, str]) -> Text:
    """Each ratio in words, with the aim beside it where there is one."""
    text = Text()
    for key, value in found.items():
        aim = aims.get(key)
        mark, style = ("•", "") if aim is None else ("✓", "green") if value >= aim else ("✗", "yellow")
        text.append(f" {mark} ", style=style)
        whole = value >= 100
        text.append(f"{value:,.0f}" if whole else f"{value:.2f}", style="bold")
        text.append(f" {'' if whole else 'times '}{names.get(key, key)}")
        text.append("\n" if aim is None else f" (the aim is {aim:,g})\n", style="dim")
    return text


def facts(result: Mapping[str, Any]) -> Text:
    """What it was measured on, in one dim line or two."""
    machine = result["machine"]
    parts = [
        machine["processor"],
        f"{machine['cores']} cores",
        f"load {machine['load_before'][0]} before",
        f"Python {machine['python']}",
        *([f"PostgreSQL {result['server']['server_version']}"] if "server" in result else []),
        *(f"{name} {number}" for name, number in result["versions"].items() if name != "sip"),
    ]
    return Text(" · ".join(parts), style="dim")


def growth_table(result: Mapping[str, Any]) -> Table:
    """A row for each page, the pages of 8 kB that it reads at each size, and the most that it may."""
    made = Table(title="Pages of 8 kB", box=box.ROUNDED, title_style="bold", title_justify="left", header_style="dim")
    made.add_column("", no_wrap=True)
    for n in result["sizes"]:
        made.add_column(f"at {int(n):,}", justify="right")
    for column in ("may", "statements", "kB"):
        made.add_column(column, justify="right")
    largest = result["sizes"][max(result["sizes"], key=int)]
    for name, most in result["aims"].items():
        last = largest[name]
        style = "green" if last["pages"] <= most else "yellow"
        read = (f"{sizes[name]['pages']:,}" for sizes in result["sizes"].values())
        made.add_row(
            Text(name, style=style), *read, f"{most:,}", str(last["statements"]), f"{last['bytes'] / 1000:,.0f}"
        )
    return made
