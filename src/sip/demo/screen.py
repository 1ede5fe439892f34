"""What the terminal shows: where to look, who may sign in, and one line for each thing that happens.

The law of this file: it only writes. A line has the story's time, a word of one kind, and a sentence.
"""

from collections.abc import Callable, Iterable

from rich.box import ROUNDED, SIMPLE
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sip.demo.county import User
from sip.demo.hours import say
from sip.demo.moment import Moment

WIDE = 130
Teller = Callable[[str, str], None]
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
}
class Screen:
    """The terminal."""

    def __init__(self, moment: Moment, console: Console | None = None, *, quiet: bool = False) -> None:
        self._moment = moment
        self._quiet = quiet
        self._day = ""
        self.console = console or Console(highlight=False)

    def welcome(self, address: str, users: Iterable[User]) -> None:
        """Where to look and who may sign in."""
        wide = self.console.width >= WIDE
        table = Table(box=ROUNDED if wide else SIMPLE, pad_edge=wide, border_style="cyan", header_style="bold")
        for heading in ("Roll", "Logga in som", "Lösenord", "Vem")[: 4 if wide else 3]:
            table.add_column(heading, no_wrap=heading != "Vem", overflow="fold")
        for user in users:
            cells = (Text(ROLES.get(user.role, user.role), style="bold"), user.email, user.password, user.does)
            table.add_row(*cells[: 4 if wide else 3])
        self.console.print()
        self.console.print(
            Panel(
                Text.assemble(
                    ("Öppna ", ""), (address, "bold underline cyan"),
                    ("  och logga in som någon nedan. Allt är påhittat. Ctrl-C avslutar.", ""),
                ),
                title="SIP i Åslands län", title_align="left", border_style="cyan",
            )
        )  # fmt: skip
        self.console.print(table)
        self.console.print()

    def tell(self, kind: str, sentence: str) -> None:
        """One thing that happened."""
        if self._quiet:
            return
        word, style = WORDS.get(kind, (kind, ""))
        when = say(self._moment.now)
        day, clock = when.rsplit(" ", 1)
        if day != self._day:
            self._day = day
            self.console.rule(Text(day, style="bold cyan"), style="dim", align="left")
        line = Text.assemble((f"{clock}  ", "dim"), (f"{word:<15}", style), sentence)
        self.console.print(line, soft_wrap=True)

    def say(self, sentence: str) -> None:
        """A sentence outside the story."""
        self.console.print(Text(sentence, style="dim"), soft_wrap=True)

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
            self.console.print(Text.assemble(("Löftet bröts  ", "bold white on red"), " ", problem), soft_wrap=True)
        if not problems:
            self.console.print(Text("Alla löften hölls.", style="bold green"))
