"""`python -m benchmarks` and the name of a part: measures, prints, writes JSON; `build` makes a database to look at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks import decade, growth, keeping, replayed, screen, starting, timers, yearly
from benchmarks import feeds as calendars
from benchmarks import inbound as answers
from benchmarks import mail as mails
from benchmarks import pages as looked_at
from benchmarks import seals as sealed
from benchmarks import values as in_memory
from benchmarks.steps import Steps

_TITLES = {
    "sip": "SIP",
    "pgqueuer": "pgqueuer",
    "procrastinate": "procrastinate",
    "limit": "SQL, the limit",
}
_RATIOS = {
    "vs_pgqueuer": "as fast as pgqueuer",
    "vs_procrastinate": "as fast as procrastinate",
    "vs_limit": "the limit",
    "vs_library": "as fast as the libraries",
    "vs_kept": "as fast as keeping them without judging",
    "vs_from_ical": "as fast as icalendar's from_ical of the calendar alone",
    "vs_stored": "as fast as stored bytes over one kept connection",
    "vs_whole": "as fast when unchanged as whole",
    "vs_icalendar": "as fast written as by icalendar",
    "copied_vs_plain": "as fast copied as by dataclasses",
    "read_vs_plain": "as fast read as field by field",
    "written_vs_plain": "as fast written as field by field",
}
_COMPOSED = {"composed": "a second is composed on one core"}
_JSON = click.option(
    "--json", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write every figure to this file."
)
_RUNS = click.option("--runs", type=click.IntRange(1), help="Runs of each; the median counts. [5, with --quick 2]")
_QUICK = click.option("--quick", is_flag=True, help="Small and few: to see that it works, not for figures.")


@click.group()
def benchmarks() -> None:
    """What the service costs, measured beside others that do the same."""


@benchmarks.command("timers")
@click.option(
    "--n", "sizes", type=click.IntRange(1), multiple=True, help="How many; may be repeated. [1000, 10000 and 100000]"
)
@_RUNS
@_JSON
@_QUICK
@click.option("--only", type=click.Choice(tuple(_TITLES)), multiple=True, help="Leave the others out.")
@click.option("--workers", type=click.IntRange(1), default=timers.WORKERS, help="Processes of each. [2]")
@click.option("--whole", is_flag=True, help="Give the libraries of jobs all N at once too; takes long.")
def timers_command(
    sizes: tuple[int, ...],
    runs: int | None,
    file: Path | None,
    quick: bool,
    only: tuple[str, ...],
    workers: int,
    whole: bool,
) -> None:
    """N due timers -> state change, mail row and journal row, against pgqueuer, procrastinate and plain SQL."""
    console = Console()
    chosen = sizes or ((1_000,) if quick else timers.SIZES)
    times = runs or (2 if quick else 5)
    most: Mapping[str, int] = {} if whole else timers.QUICK_MOST if quick else timers.JOBS_MOST
    taking_part = timers.contenders(only)
    with screen.Watching(console, len(chosen) * times * len(taking_part)) as watching:
        result = timers.measure(chosen, times, taking_part, most, workers, watching)
    for n, one in result["sizes"].items():
        console.print(screen.table(f"{int(n):,} due timers", one["contenders"], _TITLES, "a second"))
        console.print(screen.verdict(one["ratios"], timers.AIMS, _RATIOS))
    for name, why in result["left_out"].items():
        console.print(f"Left out: {name}: {why}.", style="yellow")
    _finish(console, result, file)


@benchmarks.command("mail")
@click.option("--n", type=click.IntRange(1), help="How many invitations. [5000, with --quick 500]")
@_RUNS
@_JSON
@_QUICK
def mail_command(n: int | None, runs: int | None, file: Path | None, quick: bool) -> None:
    """Composing invitations and handing them to a local relay, against stored bytes over one kept connection."""
    console = Console()
    many, times = n or (500 if quick else 5_000), runs or (2 if quick else 5)
    with screen.Watching(console, times * len(mails.STEPS)) as watching:
        result = mails.measure(many, times, watching)
    console.print(screen.table(f"{many:,} invitations", result["steps"], mails.TITLES, "a second"))
    console.print(screen.verdict(result["ratios"], {}, _RATIOS))
    console.print(screen.verdict({"composed": result["composed_per_second"]}, {"composed": mails.AIM}, _COMPOSED))
    _finish(console, result, file)


@benchmarks.command("inbound")
@click.option("--n", type=click.IntRange(1), help="How many answers. [2000, with --quick 200]")
@_RUNS
@_JSON
@_QUICK
def inbound_command(n: int | None, runs: int | None, file: Path | None, quick: bool) -> None:
    """Answers parsed, received over LMTP, and applied end to end, beside icalendar's bare parser."""
    console = Console()
    many, times = n or (200 if quick else answers.N), runs or (2 if quick else 5)
    with screen.Watching(console, times * len(answers.STEPS)) as watching:
        result = answers.measure(many, times, watching)
    console.print(screen.table(f"{many:,} answers", result["steps"], answers.TITLES, "a second"))
    console.print(screen.verdict(result["ratios"], {}, _RATIOS))
    _finish(console, result, file)


@benchmarks.command("start")
@_RUNS
@_JSON
@_QUICK
def start_command(runs: int | None, file: Path | None, quick: bool) -> None:
    """From `sip serve` to its first page, and what web, worker and receiver hold in memory."""
    console = Console()
    times = runs or (1 if quick else 5)
    with screen.Watching(console, times + 1) as watching:
        result = starting.measure(times, watching)
    console.print(
        f"{result['first_page_s']} s to the first page, {result['first_page_processor_s']} s of the processor; "
        f"{result['memory_mb']} MB in three processes: {result['memory_by_process_mb']}"
    )
    _finish(console, result, file)


@benchmarks.command("growth")
@click.option("--n", "sizes", type=click.IntRange(100), multiple=True, help="How many meetings. [1000 and 100000]")
@_JSON
@_QUICK
def growth_command(sizes: tuple[int, ...], file: Path | None, quick: bool) -> None:
    """Pages of 8 kB that the pages asked most read, as the years go by, beside the most they may."""
    console = Console()
    chosen = sizes or ((200, 400) if quick else growth.SIZES)
    with Steps(console, len(chosen) * (decade.STEPS + 1 + len(growth.AIMS))) as steps:
        result = growth.measure(chosen, steps)
    console.print(screen.growth_table(result))
    _finish(console, result, file)


@benchmarks.command("build")
@click.option("--meetings", type=click.IntRange(100), default=250_000, help="How many, over nine years. [250000]")
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), default=Path("build/meetings"),
    help="The folder of the database. [build/meetings]",
)  # fmt: skip
def build_command(meetings: int, to: Path) -> None:
    """A database of many meetings in a folder, to look at the service over it."""
    console = Console()
    with Steps(console, decade.STEPS + 1) as steps:
        keeping.build(to, meetings, steps)
    console.print(f"{meetings:,} meetings are in {to}; `SIP_DATA_DIR={to} sip serve` serves them.")


@benchmarks.command("feeds")
@click.option("--n", type=click.IntRange(1), help="How many meetings the calendar has. [2000, with --quick 200]")
@_RUNS
@_JSON
@_QUICK
def feeds_command(n: int | None, runs: int | None, file: Path | None, quick: bool) -> None:
    """A subscribed calendar fetched whole and unchanged, and its writing against icalendar's."""
    console = Console()
    many, times = n or (200 if quick else calendars.N), runs or (2 if quick else 5)
    with screen.Watching(console, times * len(calendars.STEPS)) as watching:
        result = calendars.measure(many, times, watching)
    console.print(screen.table(f"A calendar of {many:,} meetings", result["steps"], calendars.TITLES, "a second"))
    console.print(screen.verdict(result["ratios"], {}, _RATIOS))
    _finish(console, result, file)


@benchmarks.command("pages")
@click.option("--n", "sizes", type=click.IntRange(20), multiple=True, help="How many meetings. [1000 and 200000]")
@click.option("--asks", type=click.IntRange(2), help="How often each page is asked. [200, with --quick 20]")
@click.option("--live", type=click.IntRange(1), help="How many overviews are open at once. [200, with --quick 10]")
@_JSON
@_QUICK
def pages_command(sizes: tuple[int, ...], asks: int | None, live: int | None, file: Path | None, quick: bool) -> None:
    """The pages opened most, over few meetings and over those of years, and many live overviews."""
    console = Console()
    chosen = sizes or ((100, 400) if quick else looked_at.SIZES)
    times = asks or (20 if quick else 200)
    with screen.Watching(console, len(chosen) * (max(times // 20, 1))) as watching:
        result = looked_at.measure(chosen, times, looked_at.ALIVE, live or (10 if quick else looked_at.LIVE), watching)
    for n, found in result["sizes"].items():
        console.print(screen.pages_table(f"Of {n:,} meetings", found, result["ratios"] if n == chosen[-1] else {}))
    console.print(screen.wall_line(result["wall"]))
    console.print(screen.live_line(result["live"]))
    _finish(console, result, file)


@benchmarks.command("values")
@click.option("--n", type=click.IntRange(1), help="How many. [20000, with --quick 2000]")
@_RUNS
@_JSON
@_QUICK
def values_command(n: int | None, runs: int | None, file: Path | None, quick: bool) -> None:
    """Frozen values copied, and rows read and written, beside the plain ways. In memory, on one core."""
    console = Console()
    many, times = n or (2_000 if quick else in_memory.N), runs or (2 if quick else 5)
    with screen.Watching(console, times * len(in_memory.STEPS)) as watching:
        result = in_memory.measure(many, times, watching)
    console.print(screen.table(f"{many:,} meetings with a round", result["steps"], in_memory.TITLES, "a second"))
    console.print(screen.verdict(result["ratios"], {}, _RATIOS))
    _finish(console, result, file)


@benchmarks.command("seals")
@click.option("--n", type=click.IntRange(100), help="How many rows. [1000000, with --quick 2000]")
@_JSON
@_QUICK
def seals_command(n: int | None, file: Path | None, quick: bool) -> None:
    """Rows of journal and access log sealed over ten days, and all of them verified; once, it takes minutes."""
    console = Console()
    many = n or (2_000 if quick else sealed.N)
    with screen.Watching(console, len(sealed.TITLES)) as watching:
        result = sealed.measure(many, watching)
    console.print(screen.table(f"{many:,} rows", result["steps"], sealed.TITLES, "a second"))
    _finish(console, result, file)


@benchmarks.command("statistics")
@click.option("--n", "sizes", type=click.IntRange(100), multiple=True, help="Meetings a year. [25000 and 250000]")
@_RUNS
@_JSON
@_QUICK
def statistics_command(sizes: tuple[int, ...], runs: int | None, file: Path | None, quick: bool) -> None:
    """The statistics' pages and the yearly report, over the counts of a county and of the whole country."""
    console = Console()
    chosen = sizes or ((200, 400) if quick else yearly.SIZES)
    times = runs or (1 if quick else 5)
    with screen.Watching(console, len(chosen) * times) as watching:
        result = yearly.measure(chosen, times, watching)
    console.print(screen.steps_table(result))
    _finish(console, result, file)


@benchmarks.command("replay")
@click.option("--n", type=click.IntRange(2), help="How many meetings are played. [25000, with --quick 40]")
@click.option("--made", type=click.IntRange(2), help="Of them made up, the rest copied. [200, with --quick 8]")
@_JSON
@_QUICK
def replay_command(n: int | None, made: int | None, file: Path | None, quick: bool) -> None:
    """A year played again by `sip replay`, as it was and under another agreement."""
    console = Console()
    many, few = n or (40 if quick else replayed.N), made or (8 if quick else replayed.MADE)
    with screen.Watching(console, 2 + len(replayed.TITLES)) as watching:
        result = replayed.measure(many, min(few, many), watching)
    console.print(screen.replay_table(result, replayed.TITLES))
    _finish(console, result, file)


def _finish(console: Console, result: dict[str, Any], file: Path | None) -> None:
    console.print(screen.facts(result))
    if file is not None:
        file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        console.print(f"Every figure is in {file}", style="dim")


if __name__ == "__main__":
    benchmarks(prog_name="python -m benchmarks")
