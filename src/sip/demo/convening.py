"""What the convener's side does through the JSON API, as a planning system would.

The law of this file: all that is known of the API's shapes in this package stands here and in `api.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sip.demo import county
from sip.demo.api import ApiClient, ApiError
from sip.demo.chapters import chair_of, convener_of
from sip.demo.engine import Status
from sip.demo.hours import STOCKHOLM
from sip.demo.plots import Plot, PlotTurn
from sip.demo.promises import JournalNote, Line

TOLD_BY = "phone"


@dataclass(slots=True, eq=False)
class Held:
    """A meeting of the story in the service: its plot, its id and reference, its parties by ordinal.

    `gone` are the parties that another has taken the place of; `seen` is the last row of the journal that was told.
    """

    plot: Plot
    id: str
    reference: str
    version: int = 0
    parties: dict[int, str] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    seen: int = 0

    def unit_name(self, party: int | None) -> str:
        """The party's unit as the story tells it."""
        return self.parties.get(party, "A unit") if party is not None else "The meeting"

    def plan(self) -> dict[str, str]:
        """How each unit is to be marked, by the unit's name, and the outcome under an empty name."""
        names = {county.units()[seat.unit].name: seat.mark for seat in self.plot.seats}
        return {"": self.plot.outcome, **names}


class Convening:
    """Everything the story asks of the service. Raises ApiError where it is refused."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._ids: dict[str, str] = {}
        self._reports: dict[str, int] = {}

    # -- the engine's clock

    def set_clock(self, now: datetime) -> Status:
        """Sets the service's clock and lets it stand still."""
        return _status(self._api.put("/clock", {"now": now.isoformat(), "speed": 0}))

    def status(self) -> Status:
        """What is on its way, and when something is due next."""
        return _status(self._api.get("/clock"))

    # -- meetings

    def agree(self, text: str) -> None:
        """Keeps the county's agreement."""
        self._api.post("/agreements", {"toml": text})

    def unit_id(self, key: str) -> str:
        """The service's id of a unit, found by its name."""
        if not self._ids:
            names = {unit.name: unit.key for unit in county.units().values()}
            self._ids = {names[item["name"]]: item["id"] for item in self._api.all("/units") if item["name"] in names}
        return self._ids[key]

    def draft(self, plot: Plot) -> Held:
        """Makes the case and the draft."""
        unit = self.unit_id(plot.convener)
        consent = {"given": "verbally", "scope": "all parties called"}
        case = self._api.post("/cases", {"unit_id": unit, "consent": consent})
        convener = county.with_role("convener", plot.convener)
        chair = county.with_role("chair", plot.convener)
        body = {
            "case_id": case["id"],
            "kind": plot.kind,
            "purpose": plot.purpose,
            "purpose_text": plot.purpose_text,
            "questions": list(plot.questions),
            "form": plot.form,
            "place": {"kind": "room", "unit": county.units()[plot.convener].name, "room": "Eken"},
            "start": plot.start.isoformat(),
            "end": plot.end.isoformat(),
            "convener": {
                "unit_id": unit, "person": convener.name, "email": convener_of(plot), "phone": convener.phone,
            },
            "chair_name": chair.name,
            "chair_email": chair_of(plot),
            "parties": [
                {"unit_id": self.unit_id(seat.unit), "obligation": seat.obligation, "basis": _basis(plot)}
                for seat in plot.seats
            ],
        }  # fmt: skip
        made = self._api.post("/meetings", body)
        held = Held(plot, made["id"], case["reference"])
        self._learn(held, made)
        return held

    def call(self, held: Held) -> None:
        """Calls everybody, and notes that each was told whom it concerns."""
        self._do(held, "POST", "/call", {})
        for ordinal, name in held.parties.items():
            seat = next((s for s in held.plot.seats if county.units()[s.unit].name == name), None)
            if seat is not None and not any(t.act == "identity" and t.unit == seat.unit for t in held.plot.turns):
                self._do(held, "PUT", f"/parties/{ordinal}/identity", {"channel": TOLD_BY})

    def turn(self, held: Held, turn: PlotTurn) -> None:
        """Does what the plot says at this moment."""
        party = f"/parties/{self._party(held, turn.unit)}" if turn.unit else ""
        if turn.act == "move":
            start = datetime.fromisoformat(turn.values["start"]).replace(tzinfo=STOCKHOLM)
            end = start + (held.plot.end - held.plot.start)
            self._do(held, "PUT", "/schedule", {"start": start.isoformat(), "end": end.isoformat()})
        elif turn.act == "cancel":
            self._do(held, "POST", "/cancellation", {"reason": turn.values["reason"]})
        elif turn.act in ("accept", "decline"):
            self._do(held, "PUT", f"{party}/decision", {"verdict": turn.act, **turn.values})
        elif turn.act == "phone":
            names = [{"name": turn.values["name"]}]
            self._do(held, "PUT", f"{party}/answer", {"answer": "attends", "channel": "phone", "names": names})
        elif turn.act == "identity":
            self._do(held, "PUT", f"{party}/identity", {"channel": TOLD_BY})
        elif turn.act == "close_report":
            self.settle_report(held.reference, "closing", reason="Vi har kommit överens om hur vi gör nästa gång.")
        elif turn.act == "keep_report":
            self.settle_report(held.reference, "dispute")
        elif turn.act == "correct":
            self.record(held, {turn.unit: turn.values["mark"]}, "Kom sent, stod som frånvarande.")

    def record(self, held: Held, corrected: dict[str, str] | None = None, reason: str | None = None) -> None:
        """Records the outcome and who came, first time or corrected."""
        marks = {seat.unit: seat.mark for seat in held.plot.seats if seat.mark != "redirected"} | (corrected or {})
        by_name = {county.units()[unit].name: mark for unit, mark in marks.items()}
        body: dict[str, Any] = {
            "outcome": held.plot.outcome,
            "marks": [
                {"party": ordinal, "mark": by_name.get(name, "attended")}
                for ordinal, name in held.parties.items()
                if ordinal not in held.gone
            ],
        }
        if reason is not None:
            body["reason"] = reason
        self._do(held, "PUT", "/attendance", body)

    def settle_report(self, reference: str, path: str, **said: str) -> None:
        """What the convener's unit says of a report of this matter: `dispute` lets it stand, `closing` ends it."""
        report = next(one for one in self._api.all("/deviations") if one["reference"] == reference)
        self._api.put(f"/deviations/{report['id']}/{path}", {"version": report["version"], **said})

    def end_of(self, held: Held) -> datetime:
        """When the meeting ends, as the service has it now."""
        return datetime.fromisoformat(self._api.get(f"/meetings/{held.id}")["end"])

    # -- looking

    def news(self, held: Held) -> list[Line]:
        """The journal's lines since the last time."""
        out = [
            _line(held.reference, row) for row in self._api.all(f"/meetings/{held.id}/journal", after=str(held.seen))
        ]
        held.seen = max([held.seen, *(line.seq for line in out)])
        if any(note.kind in ("redirected", "party_added") for line in out for note in line.notes):
            self._learn(held, self._api.get(f"/meetings/{held.id}"))
        return out

    def report_news(self) -> list[tuple[str, Line]]:
        """New rows of the reports' journals, each with the unit that was absent."""
        out: list[tuple[str, Line]] = []
        for report in self._api.all("/deviations"):
            seen = self._reports.get(report["id"], 0)
            if report["version"] == seen:
                continue
            self._reports[report["id"]] = report["version"]
            said = {name: str(report[name]) for name in ("statement", "cause") if report[name]}
            for row in self._api.all(f"/deviations/{report['id']}/journal", after=str(seen)):
                out.append((report["receiving_unit"], _line(report["reference"], row, said)))
        return out

    def outcomes(self) -> dict[str, str]:
        """The outcome of each inbound mail, by the SHA-256 of its bytes."""
        return {row["sha256"]: row["outcome"] or "" for row in self._api.all("/inbound")}

    def reports(self) -> dict[tuple[str, str], str]:
        """The state of each report, by reference and unit."""
        keys = {unit.name: unit.key for unit in county.units().values()}
        return {(row["reference"], keys[row["receiving_unit"]]): row["state"] for row in self._api.all("/deviations")}

    def marks(self, held: Iterable[Held]) -> dict[tuple[Held, str], str]:
        """How each called unit is marked now."""
        keys = {unit.name: unit.key for unit in county.units().values()}
        out: dict[tuple[Held, str], str] = {}
        for one in held:
            for party in self._api.get(f"/meetings/{one.id}")["parties"]:
                if party.get("mark") and party["obligation"] == "summoned":
                    out[one, keys[party["unit_name"]]] = party["mark"]
        return out

    # -- inside

    def _do(self, held: Held, method: str, path: str, body: dict[str, Any]) -> None:
        """A command on what was seen; when the meeting has changed meanwhile it is looked at again."""
        ask = self._api.post if method == "POST" else self._api.put
        for last in (False, False, False, True):
            try:
                got = ask(f"/meetings/{held.id}{path}", {"version": held.version, **body})
            except ApiError as error:
                if last or error.code != "stale_version":
                    raise
                got = self._api.get(f"/meetings/{held.id}")
                self._learn(held, got)
            else:
                self._learn(held, got)
                return

    def _learn(self, held: Held, meeting: dict[str, Any]) -> None:
        held.version = int(meeting["version"])
        held.parties = {int(party["ordinal"]): party["unit_name"] for party in meeting["parties"]}
        held.gone = {int(party["ordinal"]) for party in meeting["parties"] if party["redirected_to"] is not None}

    def _party(self, held: Held, unit: str) -> int:
        name = county.units()[unit].name
        return next(ordinal for ordinal, known in held.parties.items() if known == name)


def _basis(plot: Plot) -> str:
    return "discharge_law" if plot.kind == "discharge" else "sol_hsl"


def _status(got: dict[str, Any]) -> Status:
    parts = {name: int(got.get(name, 0)) for name in ("timers", "outbox", "inbox", "feedback")}
    what = ", ".join(f"{name} {count}" for name, count in parts.items() if count)
    due = got.get("next_due")
    return Status(sum(parts.values()), what, datetime.fromisoformat(due) if due else None)


def _line(reference: str, row: dict[str, Any], more: dict[str, str] | None = None) -> Line:
    notes = tuple(JournalNote(note["kind"], note["party"], {**note["detail"], **(more or {})}) for note in row["notes"])
    return Line(reference, int(row["seq"]), datetime.fromisoformat(row["at"]), row["kind"], notes)
