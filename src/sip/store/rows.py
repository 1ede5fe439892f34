"""Set statements: many rows of one table written with one statement, through asyncpg.

Each column travels as one array and is unnested in the server. A column that is itself an array travels as the text
of a PostgreSQL array, for arrays of arrays cannot be unnested row by row. Updates are grouped by the columns that
changed, so that no more is written than needed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Date, DateTime, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID

_TYPES: tuple[tuple[type[Any], str], ...] = (
    (UUID, "uuid"),
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (LargeBinary, "bytea"),
    (JSONB, "jsonb"),
    (Text, "text"),
)


def pg_type(table: Table, column: str) -> str:
    """PostgreSQL's name of the column's type."""
    kind = table.columns[column].type
    if isinstance(kind, ARRAY):
        return f"{_scalar_type(kind.item_type)}[]"
    return _scalar_type(kind)


def _scalar_type(kind: Any) -> str:
    for known, name in _TYPES:
        if isinstance(kind, known):
            return name
    raise TypeError(f"no PostgreSQL type known for {kind!r}")


def _travels_as_text(kind: str) -> bool:
    return kind.endswith("[]") or kind == "jsonb"


@lru_cache(maxsize=1024)
def _lists(table: Table, columns: tuple[str, ...]) -> tuple[str, str, str, tuple[int, ...]]:
    """(parameters, names, names with casts, places of the arrays) for these columns."""
    kinds = [pg_type(table, column) for column in columns]
    carried = ["text" if _travels_as_text(kind) else kind for kind in kinds]
    parameters = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(carried, 1))
    names = ", ".join(f'"{column}"' for column in columns)
    cast = ", ".join(
        f't."{column}"::{kind}' if _travels_as_text(kind) else f't."{column}"'
        for column, kind in zip(columns, kinds, strict=True)
    )
    return parameters, names, cast, tuple(n for n, kind in enumerate(kinds) if kind.endswith("[]"))


def array_text(values: Iterable[Any] | None) -> str | None:
    """The text of a PostgreSQL array of texts, whole numbers or days."""
    if values is None:
        return None
    return "{" + ",".join(_element(value) for value in values) + "}"


def _element(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, date) else str(value)


def _columns_of(rows: Sequence[Sequence[Any]], arrays: Sequence[int]) -> list[Sequence[Any]]:
    turned: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for n in arrays:
        turned[n] = [array_text(values) for values in turned[n]]
    return turned


@lru_cache(maxsize=1024)
def _insert_sql(table: Table, columns: tuple[str, ...], conflict: str) -> str:
    parameters, names, cast, _ = _lists(table, columns)
    return (
        f"insert into {table.name} ({names}) select {cast} "
        f"from unnest({parameters}) with ordinality as t({names}, n_) order by n_ {conflict}"
    )


async def insert(
    raw: Any, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = ""
) -> None:
    """Writes new rows in the order given; `conflict` is the rest of an ON CONFLICT clause."""
    if not rows:
        return
    named = tuple(columns)
    await raw.execute(_insert_sql(table, named, conflict), *_columns_of(rows, _lists(table, named)[3]))


Told = Callable[[int], None]
"""Hears how many more rows have been written."""
_PART = 2000


def silently(rows: int) -> None:
    """Nobody watches."""


async def insert_in_parts(
    raw: Any, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], conflict: str = "",
    told: Told = silently,
) -> None:  # fmt: skip
    """As `insert`, some at a time, so that others are served meanwhile and somebody can watch; not for rows of a table
    that name each other, which the server looks at when a statement ends.
    """
    for at in range(0, len(rows), _PART):
        part = rows[at : at + _PART]
        await insert(raw, table, columns, part, conflict)
        told(len(part))


@lru_cache(maxsize=1024)
def _update_sql(table: Table, keys: tuple[str, ...], columns: tuple[str, ...]) -> str:
    parameters, names, _, _ = _lists(table, keys + columns)
    assign = ", ".join(
        f'"{c}" = t."{c}"' + (f"::{kind}" if _travels_as_text(kind := pg_type(table, c)) else "") for c in columns
    )
    match = " and ".join(f'{table.name}."{key}" = t."{key}"' for key in keys)
    return f"update {table.name} set {assign} from unnest({parameters}) as t({names}) where {match}"


async def update(
    raw: Any, table: Table, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Sets `columns` in the rows named by `keys`; each row gives its keys first."""
    if not rows:
        return
    key, rest = tuple(keys), tuple(columns)
    await raw.execute(_update_sql(table, key, rest), *_columns_of(rows, _lists(table, key + rest)[3]))


@lru_cache(maxsize=256)
def _delete_sql(table: Table, keys: tuple[str, ...]) -> str:
    parameters, names, _, _ = _lists(table, keys)
    match = " and ".join(f'{table.name}."{key}" = t."{key}"' for key in keys)
    return f"delete from {table.name} using unnest({parameters}) as t({names}) where {match}"


async def delete(raw: Any, table: Table, keys: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Removes the rows named by their keys."""
    if rows:
        await raw.execute(_delete_sql(table, tuple(keys)), *_columns_of(rows, ()))


class Plan:
    """Rows to write, gathered over a batch and written table by table in the order of `tables`."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._inserts: dict[str, list[Sequence[Any]]] = defaultdict(list)
        self._insert_columns: dict[str, tuple[str, ...]] = {}
        self._updates: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[Sequence[Any]]] = defaultdict(list)
        self._deletes: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = defaultdict(list)

    def put(
        self,
        table: Table,
        keys: Sequence[str],
        key: Sequence[Any],
        columns: Sequence[str],
        old: Sequence[Any] | None,
        new: Sequence[Any] | None,
    ) -> None:
        """One row as it was and as it is to be: inserted, updated where it differs, or removed."""
        if new is None:
            self._deletes[table.name, tuple(keys)].append(key)
        elif old is None:
            self._insert_columns[table.name] = (*keys, *columns)
            self._inserts[table.name].append((*key, *new))
        elif old != new:
            changed = [n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a is not b and a != b]
            names = tuple(columns[n] for n in changed)
            self._updates[table.name, tuple(keys), names].append((*key, *(new[n] for n in changed)))

    async def write(self, raw: Any) -> None:
        for table in reversed(self._tables):
            for (name, keys), rows in self._deletes.items():
                if name == table.name:
                    await delete(raw, table, keys, rows)
        for table in self._tables:
            if table.name in self._inserts:
                await insert(raw, table, self._insert_columns[table.name], self._inserts[table.name])
            for (name, keys, columns), rows in self._updates.items():
                if name == table.name:
                    await update(raw, table, keys, columns, rows)
