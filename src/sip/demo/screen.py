"""What the terminal shows: where to look, who may sign in, and one line for each thing that happens.

The law of this file: it only writes. A line has the story's time, a word of one kind, and a sentence.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sip.demo.county import User
from sip.demo.hours import say
from sip.demo.moment import Moment

WIDE = 124
Teller = Callable[[str, str, str], None]
WORDS = {
    "call": ("call", "bold cyan"),
    "answer": ("answer", "green"),
    "page": ("answer", "green"),
    "away": ("away", "dim"),
    "remind": ("reminder", "yellow"),
    "lift": ("escalation", "bold yellow"),
    "substitute": ("substitute", "magenta"),
    "convener": ("convener", "blue"),
    "move": ("move", "cyan"),
    "cancel": ("cancellation", "red"),
    "mail": ("mail", "dim"),
    "bounce": ("bounce", "red"),
    "held": ("meeting", "bold"),
    "mark": ("attendance", "bold"),
    "report": ("deviation", "bold red"),
    "trouble": ("trouble", "bold white on red"),
    "covered": ("substitute", "green"),
    "note": ("pause", "dim"),
    "group": ("group", "bold cyan"),
    "ask": ("seat", "yellow"),
    "seat": ("seat", "green"),
    "agenda": ("question", "blue"),
    "decide": ("decision", "bold magenta"),
}


class Screen:
    """The terminal. In a real one long lines are folded under themselves; elsewhere a line stays a line."""

    def __init__(self, moment: Moment, console: Console | None = None, *, quiet: bool = False) -> None:
        self._moment = moment
        self._quiet = quiet
        self._day = ""
        self.console = console or Console(highlight=False)

    def welcome(self, address: str, users: Iterable[User]) -> None:
        """Where to look and who may sign in."""
        wide = self.console.width >= WIDE
        table = Table(box=SIMPLE_HEAD, pad_edge=False, border_style="dim", header_style="dim")
        for heading in ("Role", "Sign in as", "Password", "Who she is")[: 4 if wide else 3]:
            table.add_column(heading, no_wrap=heading != "Who she is")
        for user in users:
            cells = (Text(user.role.replace("_", " "), style="bold"), user.email, user.password, user.does)
            table.add_row(*cells[: 4 if wide else 3])
        where = Text.assemble(
            ("Open ", ""), (address, "bold underline cyan"), (" and sign in as anybody below.\n", ""),
            ("Everybody is made up, every mail is real. Ctrl-C stops it all.", "dim"),
        )  # fmt: skip
        self.console.print()
        self.console.print(
            Panel(where, title="SIP in the county of Åsland", title_align="left", border_style="cyan", padding=(0, 1)),
            Padding(table, (0, 2), expand=False),
        )

    def chapter(self, title: str, users: Iterable[User]) -> None:
        """A chapter begins, and who signs in during it."""
        self.console.print()
        self.console.print(Rule(Text(title, style="bold cyan"), style="cyan"))
        for user in users:
            self.console.print(
                Text.assemble((f"{user.email}", "bold"), f" {user.does}; password ", (user.password, "bold")),
                soft_wrap=True,
            )

    def tell(self, kind: str, reference: str, sentence: str, at: datetime | None = None) -> None:
        """One thing that happened, in the matter of this reference, now or a while ago."""
        if self._quiet:
            return
        word, style = WORDS.get(kind, (kind, ""))
        day, clock = say(at or self._moment.now).rsplit(" ", 1)
        if day != self._day:
            self._day = day
            self.console.print()
            self.console.print(Text(day, style="bold cyan"))
        head = Text.assemble((f"{clock}  ", "dim"), (f"{word:<13}", style), (f"{reference:<10}", "dim"))
        if self.console.is_terminal:
            grid = Table.grid()
            grid.add_column(width=len(head), no_wrap=True)
            grid.add_column(overflow="fold")
            grid.add_row(head, sentence)
            self.console.print(grid)
        else:
            self.console.print(head + Text(sentence), soft_wrap=True)

    @contextmanager
    def busy(self, sentence: str) -> Iterator[None]:
        """Says what is being waited for, while it is."""
        if not self.console.is_terminal:
            self.say(sentence)
            yield
            return
        with self.console.status(Text(f"{sentence} ...", style="dim"), spinner_style="cyan"):
            yield

    def say(self, sentence: str) -> None:
        """A sentence outside the story."""
        self.console.print(Text(sentence, style="dim"), soft_wrap=not self.console.is_terminal)

    def summary(self, counts: Iterable[tuple[str, int]], broken: Iterable[str]) -> None:
        """What came of it all, and which promises were broken."""
        table = Table(box=ROUNDED, border_style="cyan", show_header=False)
        table.add_column()
        table.add_column(justify="right", style="bold")
        for what, count in counts:
            table.add_row(what, str(count))
        self.console.print()
        self.console.print(table)
        problems = list(broken)
        for problem in problems:
            self.console.print(Text.assemble(("Promise broken", "bold white on red"), "  ", problem), soft_wrap=True)
        if not problems:
            self.console.print(Text("Every promise was kept.", style="bold green"))
