"""The two weeks of the story: every meeting, who behaves how, and what must have come of it in the end.

The law of this file: data only. The weeks of 2 and 9 November 2026 hold no public holiday on a working day. The county
asks for three working days' notice, so an absence on Friday can be reported although the call went on Monday.
"""

from sip.demo import habits as h
from sip.demo.county import with_role
from sip.demo.hours import at
from sip.demo.plots import Plot, PlotTurn, Seat

BEGINS = at("2026-11-02", "07:30")
ENDS = at("2026-11-20", "17:00")

MON, TUE, WED, THU, FRI = (f"2026-11-0{day}" for day in (2, 3, 4, 5, 6))
MON2, TUE2, WED2, THU2, FRI2 = "2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"

CHILD = "Göra en gemensam plan för stödet i skolan och hemma."

PLOTS: tuple[Plot, ...] = (
    Plot(
        "happy", "everybody answers and comes", "vc-norrangen", at(MON, "07:35"), at(THU, "10:00"),
        (Seat("hemtjanst-centrum", h.prompt()), Seat("bistand-alsunda", h.slow()), Seat("rehab-alsunda", h.prompt())),
        recorded="page",
    ),
    Plot(
        "stayed-away", "said yes and stayed away", "vc-norrangen", at(MON, "07:45"), at(FRI, "13:00"),
        (
            Seat("bistand-alsunda", h.prompt()),
            Seat(
                "vuxen-alsunda", h.also(h.prompt("Vi kommer två stycken."), h.heard("right")),
                mark="absent", report="closed",
            ),
        ),
        turns=(
            PlotTurn(
                at(MON2, "14:30"), "cause", "vuxen-alsunda",
                {"cause": "double_booked", "account": "Vi hade två möten i samma kalender och såg det för sent."},
            ),
            PlotTurn(at(TUE2, "11:10"), "close_report"),
        ),
        purpose="changed_needs", purpose_text="Behoven har ändrats efter sommaren; vem tar vad framöver?",
        recorded="page",
    ),
    Plot(
        "silence", "nobody answers, up the whole ladder", "bup-alsunda", at(MON, "08:10"), at(FRI, "14:30"),
        (Seat("barn-unga-alsunda", h.reminded()), Seat("alsundaskolan", h.silent(), mark="absent")),
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
    Plot(
        "no-manager", "one manager helps, one unit has none", "vuxenpsyk-alsunda", at(MON, "08:15"), at(MON2, "15:00"),
        (Seat("vuxen-alsunda", h.silent()), Seat("beroende", h.silent())),
        people={
            "jenny.malm@social.alsunda.example": h.helps(
                "attends", name="Robin Falk", email="robin.falk@social.alsunda.example"
            ),
        },
        turns=(PlotTurn(at(FRI, "10:20"), "phone", "beroende", {"name": "Mottagningens sjuksköterska"}),),
    ),
    Plot(
        "same-morning", "the named nurse cannot come, the same morning", "vc-kvarnbacken",
        at(MON, "08:20"), at(WED, "13:00"),
        (
            Seat(
                "hemtrygg",
                h.by_link("attends", name="Maja Lönn", email="maja.lonn@hemtrygg.example"),
                mark="substitute_attended",
            ),
            Seat("bistand-alsunda", h.prompt()),
        ),
        people={
            "maja.lonn@hemtrygg.example": h.same_morning("06:50"),
            "samuel.brink@hemtrygg.example": h.any_hour(14),
        },
    ),
    Plot(
        "passes-on", "the substitute cannot either, and passes it on", "habiliteringen",
        at(MON, "09:00"), at(FRI, "09:00"),
        (
            Seat("elevhalsan-alsunda", h.prompt()),
            Seat("barn-familj-bjorkarp", h.declines("Dubbelbokade den dagen."), mark="substitute_attended"),
        ),
        people={
            "linnea.storm@omsorg.bjorkarp.example": h.refuses(
                name="Oskar Dal", email="oskar.dal@omsorg.bjorkarp.example"
            ),
            "oskar.dal@omsorg.bjorkarp.example": h.prompt(),
        },
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
    Plot(
        "fell-through", "falls through, a party is missing", "habiliteringen", at(MON, "09:40"), at(THU2, "15:00"),
        (
            Seat(
                "bistand-dalkoping", h.also(h.prompt(), h.heard("we_had_told")), mark="absent", report="received",
            ),
            Seat("dalkopings-skola", h.slow()),
        ),
        turns=(PlotTurn(at("2026-11-16", "10:40"), "keep_report"),),
        kind="lss", purpose="transition", purpose_text="Övergången från skola till daglig verksamhet.",
        outcome="party_missing",
    ),
    Plot(
        "contest", "two contest: one is released, one upheld", "vuxenpsyk-alsunda", at(MON, "10:00"), at(WED2, "13:00"),
        (
            Seat("vuxen-alsunda", h.by_link("contests", reason="not_concerned"), mark="excused"),
            Seat("beroende", h.by_link("contests", minutes=60, reason="purpose_unclear"), mark="attended"),
            Seat("hemtrygg", h.prompt()),
        ),
        turns=(
            PlotTurn(at(MON, "14:05"), "accept", "vuxen-alsunda"),
            PlotTurn(at(MON, "14:20"), "decline", "beroende", {"grounds": "Ni ansvarar för läkemedelsbehandlingen."}),
            PlotTurn(at(TUE, "10:15"), "phone", "beroende", {"name": "Läkaren på mottagningen"}),
        ),
    ),
    Plot(
        "tentative", "perhaps, to the very end", "bup-alsunda", at(MON, "10:30"), at(MON2, "09:00"),
        (
            Seat("kompassen", h.tentative(), mark="substitute_attended"),
            Seat("barn-unga-alsunda", h.prompt()),
        ),
        people={
            "viktor.hallin@kompassen.example": h.helps(
                "stands_in", name="Therese Gran", email="therese.gran@kompassen.example"
            ),
            "therese.gran@kompassen.example": h.any_hour(25),
        },
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
    Plot(
        "moved", "moved after everybody has answered", "vc-norrangen", at(MON, "11:00"), at(FRI, "10:00"),
        (Seat("hemtjanst-centrum", h.prompt()), Seat("ekbacken", h.prompt())),
        turns=(PlotTurn(at(TUE, "15:00"), "move", "", {"start": "2026-11-12T10:00"}),),
        recorded="page",
    ),
    Plot(
        "not-joined", "a municipality outside the agreement", "vc-ekvalla", at(MON, "13:00"), at(TUE2, "13:00"),
        (Seat("social-ekvalla", h.silent(), mark="absent"), Seat("rehab-alsunda", h.prompt())),
        people={"bengt.rosling@region-asland.example": h.decides("go_ahead")},
    ),
    Plot(
        "bounces", "addresses that bounce", "vc-bjorkarp", at(MON, "13:30"), at(THU2, "09:00"),
        (
            Seat("bjorkarpsskolan", h.prompt()),
            Seat("vuxenpsyk-dalkoping", h.silent(), mark="absent"),
            Seat("barn-familj-bjorkarp", h.away("Vi är på utbildning i dag och svarar i morgon.")),
        ),
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
    Plot(
        "redirect", "the wrong unit redirects", "vc-dalkoping", at(TUE, "08:30"), at(TUE2, "10:00"),
        (
            Seat(
                "bistand-dalkoping", h.by_link("redirects", target="Vuxen och försörjning Dalköping"),
                mark="redirected",
            ),
            Seat("hemtjanst-dalkoping", h.prompt()),
        ),
        turns=(PlotTurn(at(TUE, "13:10"), "accept", "bistand-dalkoping"),),
        joins=(Seat("vuxen-dalkoping"),),
    ),
    Plot(
        "cancelled", "cancelled, the consent is withdrawn", "vc-linden", at(TUE, "09:00"), at(WED2, "10:00"),
        (Seat("vuxen-alsunda", h.prompt()), Seat("bistand-alsunda", h.prompt())),
        turns=(PlotTurn(at(THU, "11:30"), "cancel", "", {"reason": "consent_withdrawn"}),),
        outcome="", recorded="never",
    ),
    Plot(
        "unrecorded", "attendance is never recorded", "vc-kvarnbacken", at(TUE, "10:00"), at(THU, "15:00"),
        (Seat("hemtrygg", h.prompt()), Seat("vuxen-alsunda", h.prompt())),
        outcome="", recorded="never",
    ),
    Plot(
        "automatic", "a mailbox that accepts by itself", "vc-bjorkarp", at(TUE, "13:00"), at(WED2, "10:00"),
        (Seat("hemsjukvard-bjorkarp", h.automatic()),),
    ),
    Plot(
        "proposal", "another time is proposed", "vc-norrangen", at(TUE, "14:00"), at(TUE2, "14:00"),
        (
            Seat("ekbacken", h.by_link("proposes", start="2026-11-11T14:00", end="2026-11-11T15:00", then=h.prompt())),
            Seat("bistand-alsunda", h.prompt()),
        ),
        turns=(PlotTurn(at(TUE, "15:40"), "accept", "ekbacken"),),
        recorded="page",
    ),
    Plot(
        "identity", "does not know whom it concerns", "vc-linden", at(WED, "08:40"), at(THU2, "13:00"),
        (Seat("hemtjanst-centrum", h.by_link("unknown_identity")), Seat("rehab-alsunda", h.prompt())),
        turns=(
            PlotTurn(at(WED, "11:00"), "identity", "hemtjanst-centrum"),
            PlotTurn(at(WED, "13:15"), "phone", "hemtjanst-centrum", {"name": "Planeraren"}),
        ),
    ),
    Plot(
        "phone-only", "a unit with only a phone", "vc-dalkoping", at(WED, "09:10"), at(WED2, "15:00"),
        (Seat("boendestod-dalkoping"), Seat("vuxen-dalkoping", h.prompt())),
        turns=(PlotTurn(at(WED, "10:05"), "phone", "boendestod-dalkoping", {"name": "Boendestödjaren"}),),
    ),
    Plot(
        "corrected", "an absence that is corrected", "vc-linden", at(THU, "09:20"), at(THU2, "08:30"),
        (
            Seat("vuxen-dalkoping", h.prompt(), mark="absent", report="withdrawn"),
            Seat("bistand-dalkoping", h.prompt()),
        ),
        turns=(PlotTurn(at(FRI2, "09:30"), "correct", "vuxen-dalkoping", {"mark": "late"}),),
    ),
    Plot(
        "subject-absent", "the person does not come", "vc-ekvalla", at(WED, "14:10"), at(TUE2, "09:00"),
        (Seat("vuxen-alsunda", h.prompt(), mark="absent"), Seat("rehab-alsunda", h.prompt())),
        outcome="subject_absent",
    ),
    Plot(
        "late", "called late, a regret without substitute", "bup-alsunda", at(WED, "15:00"), at(THU, "09:00"),
        (
            Seat("elevhalsan-alsunda", h.by_link("regrets", minutes=15, reason="double_booked"), mark="absent"),
            Seat("barn-unga-alsunda", h.prompt()),
        ),
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
    Plot(
        "discharge", "discharge, called on Friday at 14", "vc-norrangen", at(FRI, "14:00"), at(MON2, "13:00"),
        (
            Seat("hemtjanst-centrum", h.any_hour(95)),
            Seat("bistand-alsunda", h.once(h.ByCalendar("ACCEPTED"), minutes=200)),
            Seat("avd-41", h.any_hour(40), "invited"),
        ),
        kind="discharge", purpose="discharge", purpose_text="Vad behöver vara på plats hemma vid utskrivningen?",
        recorded="page",
    ),
    Plot(
        "ahead", "a meeting further ahead", "habiliteringen", at(THU2, "10:00"), at("2026-12-07", "10:00"),
        (Seat("kompassen", h.prompt()), Seat("barn-unga-alsunda", h.silent()), Seat("hemtjanst-dalkoping", h.prompt())),
        kind="child", purpose="new_plan", purpose_text=CHILD,
    ),
)  # fmt: skip


def chair_of(plot: Plot) -> str:
    """The address of who leads the meeting."""
    return with_role("chair", plot.convener).email


def convener_of(plot: Plot) -> str:
    """The address of who calls to it."""
    return with_role("convener", plot.convener).email
