"""The two made-up counties of the second chapter as their own files tell them, and who signs in there.

The law of this file: as in `sip.demo.county`: everybody is made up, every address under .example.
"""

import csv
from functools import cache
from pathlib import Path

from sip.demo.county import User

FOLDER = Path(__file__).parent / "counties"
FILES = (FOLDER / "bergdala.toml", FOLDER / "norrskog.toml")
DIRECTORY = FOLDER / "directory.csv"


@cache
def users() -> tuple[User, ...]:
    """Those who sign in, in the order they appear."""
    return tuple(User(r["role"], r["email"], r["password"], r["does"]) for r in _rows())


def as_import() -> str:
    """What `sip user import` reads."""
    lines = [f"{r['email']};{r['role']};{r['name']};{r['password']}" for r in _rows()]
    return "\n".join(("email;role;name;password", *lines))


def _rows() -> list[dict[str, str]]:
    with (FOLDER / "users.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
