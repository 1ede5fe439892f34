"""The yearly report put into words, part by part, from its figures (rules, section 14).

The law of this file: a sentence is told only where none of its numbers is hidden; what the board wrote stands beneath
it, whole. The order of the parts is the report's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from babel.numbers import format_decimal, format_percent

from sip.domain.agreement import Rung
from sip.domain.annual import AnnualReport, Count, Edition, ReportPart, YearDecision, YearFigures
from sip.domain.figures import FIGURES, Subject
from sip.edges.annual.told import FORMAT, Highlight, ToldDecision, ToldFact, ToldPart, ToldReport, ToldRow, ToldTable
from sip.edges.charts import CountOf
from sip.edges.web.shell.phrases import Phrases, sort_key

_WORDS = {
    "unit_kind": "directory.organisation_type", "principal_kind": "annual.principal_kind", "kind": "kind",
    "form": "form", "rung": "rung", "cause": "cause", "special": "annual.special_kind", "category": "category",
}  # fmt: skip
_HIGHLIGHTS = ("held", "in_time", "no_show", "reports", "report_in_time", "measure_done")
_PARTS: Mapping[ReportPart, tuple[tuple[str, str], ...]] = {
    ReportPart.MEETINGS: (("over", "month"), ("over", "kind"), ("held", "form"), ("in_time", "principal")),
    ReportPart.ABSENCE: (("no_show", "month"), ("no_show", "principal"), ("no_show", "unit_kind"), ("called", "rung")),
    ReportPart.REPORTS: (("reports", "principal"), ("reports", "month")),
    ReportPart.CAUSES: (("reports", "cause"),),
    ReportPart.MEASURES: (("report_in_time", "principal"), ("measured", "principal")),
    ReportPart.GOOD: (("good", "principal"), ("good", "unit_kind")),
    ReportPart.SPECIAL: (("cancelled", "special"), ("held", "special"), ("no_show", "special")),
}
_COARSER = {"month": "quarter"}
"""What is told instead where more than half of a table is hidden."""
_METHOD = ("counted", "place", "share", "before", "small", "edition", "protected")


@dataclass(frozen=True, slots=True)
class _Telling:
    """A report in one language."""

    report: AnnualReport
    phrases: Phrases

    def t(self, key: str, /, **values: object) -> str:
        return self.phrases.t(key, **values)

    # -- numbers

    @property
    def locale(self) -> str:
        return "sv_SE" if self.phrases.language == "sv" else "en_GB"

    def number(self, count: float) -> str:
        return format_decimal(count, locale=self.locale)

    def percent(self, share: float) -> str:
        return format_percent(share, locale=self.locale)

    def part_of(self, year: YearFigures, name: str, row: tuple[str, str] | None = None) -> CountOf:
        return CountOf(*year.part(name, row=row))

    def sentence(self, key: str, **numbers: Count | str) -> Iterator[str]:
        """The sentence, unless one of its numbers is hidden."""
        if None not in numbers.values():
            told = {name: self.number(one) if isinstance(one, int) else one for name, one in numbers.items()}
            yield self.t(f"annual.sentence.{key}", year=self.report.of.year, before=self.report.of.year - 1, **told)

    # -- tables

    def table(self, name: str, by: str) -> ToldTable:
        """A figure by one thing. What there was none of in either year is left out."""
        now, before = self.report.now, self.report.before
        subject = next(subject for subject, figures in FIGURES.items() if any(one.name == name for one in figures))
        there, then = now.subjects[subject].rows.get(by, {}), before.subjects[subject].rows.get(by, {})
        rows = [
            ToldRow(
                f"{by}:{key}" if key else f"{by}:none", self.words(by, key), self.part_of(now, name, (by, key)),
                self.part_of(before, name, (by, key)),
            )
            for key in there.keys() | then.keys()
        ]  # fmt: skip
        said = self.t(f"statistics.figure.{name}")
        return ToldTable(f"{name}_by_{by}", self.t(f"annual.by.{by}", what=said), self.t(f"annual.column.{by}"),
                         tuple(self.ordered(by, rows)))  # fmt: skip

    def shown(self, name: str, by: str) -> ToldTable:
        """The table, or a coarser one where all of it is hidden."""
        table = self.table(name, by)
        if _mostly_hidden(table) and by in _COARSER:
            coarser = self.table(name, _COARSER[by])
            return coarser if _has_numbers(coarser) else table
        return table

    def ordered(self, by: str, rows: Sequence[ToldRow]) -> list[ToldRow]:
        """Months and steps as they come; else the most first, and what is hidden last."""
        if by in ("month", "quarter"):
            return sorted(rows, key=lambda row: int(row.key.partition(":")[2]))
        if by == "rung":
            steps = ["none", *Rung]
            return sorted(rows, key=lambda row: steps.index(row.key.partition(":")[2]))
        return sorted(rows, key=lambda row: (row.now.count is None, -(row.now.count or 0), sort_key(row.words)))

    def words(self, by: str, key: str) -> str:
        if not key:
            return self.t(f"annual.none.{by}")
        if by == "month":
            return self.phrases.long_month(date(self.report.of.year, int(key), 1)).rpartition(" ")[0]
        if by == "quarter":
            return self.t("annual.quarter", number=key)
        if by == "principal":
            return self.report.principals.get(key, key)
        return self.t(f"{_WORDS[by]}.{key}")

    def categories(self) -> ToldTable:
        now, before = self.report.now, self.report.before
        all_of = [self.part_of(year, "reports").count for year in (now, before)]
        rows = [
            ToldRow(f"category:{key}", self.words("category", key), CountOf(now.categories.get(key, 0), all_of[0]),
                    CountOf(before.categories.get(key, 0), all_of[1]))
            for key in now.categories.keys() | before.categories.keys()
        ]  # fmt: skip
        title = self.t("annual.by.category", what=self.t("statistics.figure.reports"))
        note = self.t("statistics.several.category")
        head = self.t("annual.column.category")
        return ToldTable("reports_by_category", title, head, tuple(self.ordered("category", rows)), note=note)

    def figures(self, *names: str, key: str, title: str) -> ToldTable:
        """Figures of the year beside those of the year before, each with what it is told of."""
        rows = tuple(
            ToldRow(name, self.t(f"statistics.figure.{name}"), self.part_of(self.report.now, name),
                    self.part_of(self.report.before, name))
            for name in names
        )  # fmt: skip
        return ToldTable(key, title, self.t("annual.column.figure"), rows, chart=False)

    # -- parts

    def part(self, part: ReportPart) -> ToldPart:
        tables = [self.shown(name, by) for name, by in _PARTS.get(part, ())]
        if part is ReportPart.REPORTS:
            tables.insert(0, self.categories())
        if part is ReportPart.COMPARISON:
            tables = [
                self.figures(
                    *(one.name for one in FIGURES[subject]), key=f"all_{subject}",
                    title=self.t(f"statistics.subject.{subject}"),
                )
                for subject in Subject
            ]  # fmt: skip
        if part is ReportPart.MEASURES:
            names = ("report_answered", "report_in_time", "report_closed", "measured", "measures_done", "measures",
                     "measure_done")  # fmt: skip
            tables.insert(0, self.figures(*names, key="answers_and_measures", title=self.t("annual.measures_all")))
        written = tuple(one.strip() for one in self.report.texts.get(part, "").split("\n\n") if one.strip())
        hidden = [table.title for table in tables if table.rows and not _has_numbers(table)]
        told = ToldPart(
            part, self.t(f"annual.part.{part}"), tuple(self.sentences(part)), written, tuple(self.facts(part)),
            tuple(table for table in tables if _has_numbers(table)), tuple(self.decisions(part)),
            self.t("annual.too_few", what="; ".join(hidden)) if hidden else None,
        )  # fmt: skip
        says = told.sentences or told.facts or told.tables or told.decisions or told.note
        return told if says else replace(told, sentences=(self.t("annual.nothing_told"),))

    def sentences(self, part: ReportPart) -> Iterator[str]:
        now = self.report.now
        if part is ReportPart.SUMMARY:
            over, called = self.part_of(now, "over"), self.part_of(now, "called")
            missed, reports = self.part_of(now, "no_show"), self.part_of(now, "reports")
            yield from self.sentence("over", over=over.count, called=called.count)
            yield from self.sentence("missed", missed=missed.count, bound=missed.of)
            yield from self.sentence("reports", reports=reports.count)
        elif part is ReportPart.ABSENCE:
            yield from self.change("no_show")
            wanted = self.part_of(now, "found")
            yield from self.sentence("substitutes", wanted=wanted.of, found=wanted.count)
        elif part is ReportPart.MEETINGS:
            yield from self.change("in_time")
        elif part in (ReportPart.CAUSES, ReportPart.REPORTS):
            table = self.categories() if part is ReportPart.REPORTS else self.table("reports", "cause")
            known = [row for row in table.rows if row.now.count and not row.key.endswith(":none")]
            reports = self.part_of(now, "reports")
            if known:
                yield from self.sentence(
                    f"most_{part}", what=known[0].words, count=known[0].now.count, reports=reports.count
                )
            elif reports.count == 0:
                yield self.t("annual.no_reports")
        elif part is ReportPart.MEASURES:
            done = self.part_of(now, "measure_done")
            yield from self.sentence("measures", done=done.count, measures=done.of)
        elif part is ReportPart.SPECIAL:
            yield from self.special()
        elif part is ReportPart.GOOD:
            yield from self.sentence("good", good=self.part_of(now, "good").count)
        elif part is ReportPart.SYSTEMIC and not self.report.questions + len(self.report.decisions):
            yield self.t("annual.no_decisions")
        elif part is ReportPart.SYSTEMIC:
            count = len(self.report.decisions)
            yield from self.sentence("decided", questions=self.report.questions, decisions=count)

    def special(self) -> Iterator[str]:
        count = self.part_of(self.report.now, "special").count
        if count == 0:
            yield self.t("annual.no_special")
        else:
            yield from self.sentence("special", special=count)

    def change(self, name: str) -> Iterator[str]:
        """A share beside that of the year before."""
        now, before = (self.part_of(year, name) for year in (self.report.now, self.report.before))
        if now.share is None or before.share is None or not before.of or not now.of:
            return
        more = "same" if abs(now.share - before.share) < 0.005 else "more" if now.share > before.share else "less"
        yield self.t(
            f"annual.change.{name}.{more}", year=self.report.of.year, before=self.report.of.year - 1,
            now_share=self.percent(now.share), before_share=self.percent(before.share),
        )  # fmt: skip

    def facts(self, part: ReportPart) -> Iterator[ToldFact]:
        if part is ReportPart.MEETINGS:
            for name in ("acknowledged", "answered"):
                yield self.half(name)
        elif part is ReportPart.MEASURES:
            yield self.half("report_answered")

    def half(self, name: str) -> ToldFact:
        """How long half of them took, in both years."""
        said = [self.time(name, getattr(year.times, name)) for year in (self.report.now, self.report.before)]
        value = self.t("annual.both_years", now=said[0], year=self.report.of.year - 1, before=said[1])
        return ToldFact(self.t(f"statistics.time.{name}"), value)

    def time(self, name: str, took: int | None) -> str:
        if took is None:
            return self.t("statistics.hidden")
        if name == "report_answered":
            return self.t("statistics.days", days=took)
        return self.t("statistics.hours", hours=self.number(round(took / 60, 1)))

    def decisions(self, part: ReportPart) -> Iterator[ToldDecision]:
        if part is ReportPart.SYSTEMIC:
            for one in self.report.decisions:
                said = [one.decision, self.t("annual.grounds", grounds=one.grounds) if one.grounds else ""]
                heading = one.question or self.t("annual.question_of_reports")
                yield ToldDecision(
                    heading, " ".join(text for text in said if text), one.owner or "",
                    self.phrases.long_day(one.decided_on), self.standing(one),
                )  # fmt: skip

    def standing(self, one: YearDecision) -> str:
        """What has come of a decision."""
        if one.owner is None:
            return ""
        if one.is_done:
            return (
                self.t("annual.decision_done_what", outcome=one.outcome)
                if one.outcome
                else self.t("annual.decision_done")
            )
        return "" if one.due_on is None else self.t("annual.decision_due", day=self.phrases.long_day(one.due_on))

    def still_open(self) -> ToldPart:
        """What was not over on the cut-off day."""
        now = self.report.now
        day = self.phrases.long_day(now.cut_off)
        closed = self.part_of(now, "report_closed")
        reports = None if closed.count is None or closed.of is None else closed.of - closed.count
        named = (("open_reports", reports), ("open_meetings", now.unrecorded))
        facts = tuple(
            ToldFact(self.t(f"annual.{key}"), self.t("statistics.hidden") if count is None else self.number(count))
            for key, count in named
        )
        return ToldPart("open", self.t("annual.part.open"), (self.t("annual.cut_off", day=day),), facts=facts)

    def method(self) -> ToldPart:
        """How it was counted, and what is hidden."""
        report = self.report
        inside = "board" if report.edition is Edition.BOARD else "public"
        keys = [f"annual.method.{key}" for key in _METHOD if key not in ("edition", "protected")]
        keys.insert(-1, f"annual.method.edition_{inside}")
        told = [self.t(key, year=report.of.year, before=report.of.year - 1, small=report.small) for key in keys]
        if report.now.protected:
            told.append(self.t("annual.method.protected", count=self.number(report.now.protected)))
        return ToldPart("method", self.t("annual.part.method"), tuple(told))

    def highlights(self) -> Iterator[Highlight]:
        for name in _HIGHLIGHTS:
            now, before = (self.part_of(year, name) for year in (self.report.now, self.report.before))
            yield Highlight(name, self.large(now), self.beneath(name, now), self.beneath_before(before))

    def large(self, one: CountOf) -> str:
        if one.count is None:
            return self.t("annual.hidden_large")
        if one.of == 0:
            return "–"  # no share of nothing
        return self.number(one.count) if one.of is None or one.share is None else self.percent(one.share)

    def beneath(self, name: str, one: CountOf) -> str:
        said = self.t(f"annual.large.{name}")
        if one.count is None or one.of is None:
            return said
        return self.t("annual.large_of", what=said, count=self.number(one.count), total=self.number(one.of))

    def beneath_before(self, one: CountOf) -> str:
        return self.t("annual.large_before", year=self.report.of.year - 1, value=self.large(one))


def _has_numbers(table: ToldTable) -> bool:
    """Whether anything that there was any of, in either year, is not hidden."""
    return any(row.now.count or row.before.count for row in table.rows)


def _mostly_hidden(table: ToldTable) -> bool:
    counts = [one.count for row in table.rows for one in (row.now, row.before)]
    return 2 * counts.count(None) > len(counts)


def tell(report: AnnualReport, phrases: Phrases) -> ToldReport:
    """The report in words."""
    telling = _Telling(report, phrases)
    where = report.of.area or phrases.t("annual.county")
    parts = [telling.part(part) for part in ReportPart]
    return ToldReport(
        FORMAT, phrases.language, phrases.t("annual.title", year=report.of.year),
        phrases.t(f"annual.subtitle.{report.edition}", where=where), _standing(report, phrases),
        report.of.year, report.of.area, report.edition, report.version, report.published_at,
        report.now.cut_off, report.small, tuple(telling.highlights()),
        (*parts, telling.still_open(), telling.method()),
    )  # fmt: skip


def _standing(report: AnnualReport, phrases: Phrases) -> str:
    if report.published_at is None:
        return phrases.t("annual.draft", day=phrases.long_day(report.now.cut_off))
    return phrases.t(
        "annual.published", version=report.version, day=phrases.long_day(report.published_at),
        cut_off=phrases.long_day(report.now.cut_off),
    )  # fmt: skip
