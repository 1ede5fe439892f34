"""Every small change of a source that is tried: one edit of its text each, found in its syntax tree.

A mutant is what a tired hand might have written: `<` for `<=`, a condition or a call forgotten, `any` for `all`, a
figure one too high. Words in quotation marks, annotations, decorators and assertions are left as they are.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"),
}  # fmt: skip
NAMESAKES = {"all": "any", "any": "all", "min": "max", "max": "min"}

Edit = tuple[int, int, str]
"""From this byte to that one, other words."""


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One edit of one file. `function` is the outermost function whose body it changes, None for anything else."""

    file: Path
    line: int
    start: int
    end: int
    text: str
    function: str | None

    def compiles(self) -> bool:
        """A few do not: what was cut stood in brackets of its own."""
        try:
            compile(self.source(), str(self.file), "exec")
        except SyntaxError:
            return False
        return True

    def source(self) -> str:
        """The whole file as it would be."""
        was = self.file.read_bytes()
        return (was[: self.start] + self.text.encode() + was[self.end :]).decode()

    def lines(self) -> tuple[str, str]:
        """The lines it changes, before and after, with single spaces: what names it, wherever in the file it stands."""
        was = self.file.read_bytes()
        first, last = was.rfind(b"\n", 0, self.start) + 1, was.find(b"\n", self.end)
        changed = was[first : self.start] + self.text.encode() + was[self.end : last]
        return " ".join(was[first:last].decode().split()), " ".join(changed.decode().split())


def mutants_of(file: Path) -> list[Mutant]:
    """All mutants of a file, in their order there."""
    return sorted(_Walk(file, file.read_bytes()).all())


class _Walk:
    def __init__(self, file: Path, raw: bytes) -> None:
        self.file, self.raw = file, raw
        self.starts: list[int] = [0]
        for line in raw.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        for node in ast.parse(self.raw).body:
            if not _is_alias(node):
                yield from self._node(node, None, "")

    def _node(self, node: ast.AST, function: str | None, within: str) -> Iterator[Mutant]:
        if isinstance(node, ast.JoinedStr | ast.Assert | ast.Import | ast.ImportFrom):
            return
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and function is None:
            name = within + node.name
            if isinstance(node, ast.ClassDef):
                for child in node.body:
                    yield from self._node(child, None, f"{name}.")
                return
            for default in (*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)):
                yield from self._node(default, None, within)
            for child in node.body:
                yield from self._node(child, name, within)
            return
        for start, end, text in self._edits(node):
            yield Mutant(self.file, self.raw.count(b"\n", 0, start) + 1, start, end, text, function)
        for part, value in ast.iter_fields(node):
            if part in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self._node(child, function, within)

    def _edits(self, node: ast.AST) -> Iterator[Edit]:
        yield from self._of_expression(node)
        yield from self._of_statement(node)
        yield from self._of_list(node)

    def _of_expression(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Compare():
                yield from self._comparison(node)
            case ast.BoolOp():
                yield from self._condition(node)
            case ast.UnaryOp(op=ast.Not() | ast.USub()):
                yield (self._start(node), self._start(node.operand), "")
            case ast.BinOp() if type(node.op) in ARITHMETIC:
                sign, other = ARITHMETIC[type(node.op)]
                gap = self.raw[self._end(node.left) : self._start(node.right)].decode()
                yield (self._end(node.left), self._start(node.right), gap.replace(sign, other, 1))
            case ast.Constant(value=bool()):
                yield (*self._span(node), str(not node.value))
            case ast.Constant(value=int(number)):
                yield (*self._span(node), str(number + 1))
            case ast.Name(id=name) if name in NAMESAKES:
                yield (*self._span(node), NAMESAKES[name])

    def _of_statement(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.If() | ast.While() | ast.IfExp():
                yield (*self._span(node.test), f"not ({self._text(node.test)})")
            case ast.comprehension():
                yield from ((*self._span(test), "True") for test in node.ifs)
            case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Raise() | ast.AugAssign():
                yield (*self._span(node), "pass")
            case ast.Return(value=value) if value is not None and not isinstance(value, ast.Constant):
                yield (*self._span(node), "return None")
            case ast.Continue():
                yield (*self._span(node), "break")

    def _of_list(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Call(keywords=keywords) if keywords:
                yield from self._without_one([*node.args, *keywords], keywords)
            case ast.Tuple(elts=items, ctx=ast.Load()) | ast.Set(elts=items) | ast.List(elts=items, ctx=ast.Load()):
                yield from self._without_item(node, items)
            case ast.Dict(keys=keys) if len(keys) > 1:
                starts = [k if k is not None else v for k, v in zip(keys, node.values, strict=True)]
                yield from self._cut(starts, list(node.values), range(len(keys)))

    def _comparison(self, node: ast.Compare) -> Iterator[Edit]:
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            gap = self.raw[self._end(left) : self._start(right)].decode()
            before, after = gap.partition(" ")[0], gap.rpartition(" ")[2]
            yield (self._end(left), self._start(right), f"{before} {COMPARISONS[type(sign)]} {after}")
            left = right

    def _condition(self, node: ast.BoolOp) -> Iterator[Edit]:
        """`and` for `or`, and each part left out."""
        parts = [f"({self._text(value)})" for value in node.values]
        other = " or " if isinstance(node.op, ast.And) else " and "
        own = " and " if isinstance(node.op, ast.And) else " or "
        yield (*self._span(node), f"({other.join(parts)})")
        for n in range(len(parts)):
            yield (*self._span(node), f"({own.join(parts[:n] + parts[n + 1 :])})")

    def _without_one(self, items: list[ast.expr | ast.keyword], of: list[ast.keyword]) -> Iterator[Edit]:
        items.sort(key=self._start)
        yield from self._cut(items, items, [n for n, item in enumerate(items) if item in of])

    def _without_item(self, node: ast.expr, items: list[ast.expr]) -> Iterator[Edit]:
        if len(items) > 2:
            yield from self._cut(items, items, range(len(items)))
        elif len(items) == 2:
            for kept in items:
                yield (self._start(items[0]), self._end(items[1]), self._text(kept) + ",")

    def _cut(self, firsts: Sequence[ast.AST], lasts: Sequence[ast.AST], which: Iterable[int]) -> Iterator[Edit]:
        """Each of these left out, with the comma after it or, of the last, before it."""
        for n in which:
            if n + 1 < len(firsts):
                yield (self._start(firsts[n]), self._start(firsts[n + 1]), "")
            elif n:
                yield (self._end(lasts[n - 1]), self._end(lasts[n]), "")
            else:
                yield (self._start(firsts[n]), self._end(lasts[n]), "")

    def _start(self, node: Any) -> int:
        return self.starts[int(node.lineno) - 1] + int(node.col_offset)

    def _end(self, node: Any) -> int:
        return self.starts[int(node.end_lineno) - 1] + int(node.end_col_offset)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return self._start(node), self._end(node)

    def _text(self, node: ast.AST) -> str:
        return self.raw[self._start(node) : self._end(node)].decode()


def _is_alias(node: ast.AST) -> bool:
    """A name for a type (`Leads = Mapping[...]`): an annotation under another name."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)
