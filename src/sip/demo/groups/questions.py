"""What the second chapter's groups have before them: one question that goes down a level and comes back, in words.

The law of this file: data only. The quarter between the decision and its follow-up holds Christmas and New Year; what
people do is put on ordinary days.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedDecision:
    """What is decided and why; with an owner it is followed up on a day."""

    text: str
    grounds: str
    owner: str = ""
    due_on: str = ""


TITLE = "Kallelsen kommer för sent för att någon ska hinna ersättas"
BACKGROUND = "Två av tre kallelser går ut senare än tre arbetsdagar före mötet. Då hinner ingen ersättare frågas."
REFERRED = "Pröva i ert län vad som krävs för fyra arbetsdagars framförhållning, och säg vad ni beslutar."
PREPARES, PREPARE_BY, PAPER = (
    "Distriktsläkaren i gruppen",
    "2026-12-16",
    "Underlag https://handlingar.example/kallelser",
)

ASSIGNED = PlannedDecision(
    "En arbetsgrupp prövar fyra arbetsdagars framförhållning i länets öppenvård.",
    "Frågan rör flera huvudmän, och vad som krävs behöver prövas innan det beslutas.",
    "Utvecklingsledaren", "2027-03-15",
)  # fmt: skip
OUTCOME = "Prövat på fem enheter: nio kallelser av tio gick ut i tid, och ersättare fanns i alla utom två fall."
ADOPTED = PlannedDecision(
    "Länet går över till fyra arbetsdagars framförhållning från den 1 september 2027.",
    "Arbetsgruppens försök visade att det går, och att fler hinner ersättas.",
)  # fmt: skip
CLOSING = PlannedDecision(
    "Båda länen rekommenderas fyra arbetsdagars framförhållning.",
    "Bergdala har prövat det och beslutat det för sin del.",
)
