"""`make mutants`: of a sample of small changes of the rules, how many does `tests/domain` notice?

    make mutants                                     195 of them, another sample each day
    make mutants ARGS="--sample 195 --seed 7"        the same ones again
    make mutants ARGS="--only ladder --sample 0"     every one of one file

Why no library does it: mutmut leaves decorated functions, tables and default values as they are, and those hold the
figures of the agreement, the tables of states and the properties that say who is bound; neither it nor cosmic-ray
forgets a statement or takes `any` for `all`, which are the faults that this project had; cosmic-ray writes each change
into the file and starts Python anew for it, ten seconds each.

A change that makes no difference to anybody stands in `equivalent.toml` with the reason, and does not count.
"""

import os
import random
import sys
import tomllib
from datetime import date
from itertools import islice
from pathlib import Path

import click
import pytest
from tools.mutants.operators import Mutant, mutants_of
from tools.mutants.trial import OPTIONS, ROOT, SOURCES, TESTS, Trial

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
GOAL = 0.95


@click.command()
@click.option("--sample", default=195, show_default=True, help="How many; 0 for every one.")
@click.option("--seed", type=int, help="Which sample. Without it: the day's.")
@click.option("--only", multiple=True, help="Only of this file of the domain, by its name without .py.")
@click.option("--at-random/--no-random", default=True, help="Leave out the meeting played at random: faster.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="How many at once.")
def main(sample: int, seed: int | None, only: tuple[str, ...], at_random: bool, jobs: int) -> None:
    """Try small changes of src/sip/domain on tests/domain. Ends with an error under 95 %."""
    seed = int(date.today().strftime("%Y%m%d")) if seed is None else seed  # noqa: DTZ011 - a person's day, no rule's
    there = [m for file in sorted(SOURCES.glob("*.py")) if not only or file.stem in only for m in mutants_of(file)]
    random.Random(seed).shuffle(there)
    chosen = sorted(islice((m for m in there if m.compiles()), sample or None))
    same = equivalents()
    tried = [m for m in random.Random(seed).sample(chosen, len(chosen)) if (m.file.stem, *m.lines()) not in same]
    trial = Trial(tried, jobs, show, count, at_random)
    made = pytest.main([*OPTIONS, str(TESTS)], plugins=[trial])
    if made not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(int(made))
    share = 1 - len(trial.survived) / max(len(tried), 1)
    noticed = f"{len(tried) - len(trial.survived)} of {len(tried)} noticed ({share:.1%})"
    click.echo(f"\n{noticed}; seed {seed}, {len(chosen) - len(tried)} equivalent, {len(there)} could be tried.")
    sys.exit(0 if share >= GOAL else 1)


def equivalents() -> set[tuple[str, str, str]]:
    """Those that make no difference: the file, the line as it is and as it would be."""
    entries = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(entry["file"], entry["line"], entry["becomes"]) for entry in entries}


def count(tried: int) -> None:
    """Now and then, how far it has come."""
    if tried % 25 == 0:
        click.echo(f"... {tried} tried")


def show(mutant: Mutant) -> None:
    """One that nobody noticed."""
    before, after = mutant.lines()
    click.echo(f"{mutant.file.relative_to(ROOT)}:{mutant.line}\n  - {before}\n  + {after}")


if __name__ == "__main__":
    main()
