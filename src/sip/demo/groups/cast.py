"""Who is in the second chapter: the groups, their seats, the bodies that appoint, who sits, and how each behaves.

The law of this file: data only, and what follows from it. A mailbox behaves one way through the whole chapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

DISA, TAGE = "disa.hogberg@region-bergdala.example", "tage.nilsbo@region-norrskog.example"
MIRA, RIKARD = "mira.aspelin@region-bergdala.example", "rikard.lund@kunskapsstyrning.example"


class Appoints(StrEnum):
    """What a body does with the mail that asks it."""

    AT_ONCE = "at_once"
    AT_THE_SECOND = "at_the_second"
    LATER = "later"
    NEVER = "never"


class Comes(StrEnum):
    """What who sits does with her calls: yes to each; the first no, so that her substitute comes, then yes; yes on the
    page when she is reminded; no to the first, yes to those after.
    """

    YES = "yes"
    SENDS = "sends"
    WHEN_REMINDED = "when_reminded"
    NO = "no"


@dataclass(frozen=True, slots=True)
class CastMember:
    """Who sits or stands in. `email` empty: she has none of her own here."""

    name: str
    function: str
    email: str
    client: str = "outlook"


@dataclass(frozen=True, slots=True)
class BodyPlan:
    """Who appoints: a board of a principal, the mailbox it is asked at."""

    principal: str
    name: str
    email: str
    appoints: Appoints = Appoints.AT_ONCE


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """A seat: what it wants, who fills it in turn, or by number the seat of the group above that does."""

    function: str
    bodies: tuple[BodyPlan, ...] = ()
    sits: CastMember | None = None
    stands_in: CastMember | None = None
    comes: Comes = Comes.YES
    wanted: str = ""
    above: int | None = None


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group, its county by name (None: several), the one above, who keeps it, when and where it meets."""

    key: str
    kind: str
    name: str
    mandate: str
    keeper: str
    county: str | None = None
    above: str | None = None
    seats: tuple[SeatPlan, ...] = ()
    days: tuple[str, ...] = ()
    hours: tuple[str, str] = ("13:00", "15:00")
    place: str = ""
    goal: str = ""
    ends_on: str = ""
    report_on: str = ""

    @property
    def where(self) -> str:
        """Its county in one word; empty for several."""
        return (self.county or "").removesuffix(" län").removesuffix("s")


def _head(
    place: str, domain: str, who: str, comes: Comes = Comes.YES, appoints: Appoints = Appoints.AT_ONCE
) -> SeatPlan:
    """A municipality's head of social services, appointed by its social board; a substitute, unless nobody comes."""
    mailbox = who.lower().replace(" ", ".").translate(str.maketrans("åäöé", "aaoe"))
    beside = CastMember(f"Ersättaren i {place}", "Enhetschef", f"ersattare@{domain}.example", "apple")
    return SeatPlan(
        "social_services_head",
        (BodyPlan(place, "Socialnämnden", f"socialnamnden@{domain}.example", appoints),),
        CastMember(who, "Socialchef", f"{mailbox}@{domain}.example"),
        None if comes is Comes.NO else beside,
        comes,
    )


RPO = GroupPlan(
    "rpo", "rpo", "RPO psykisk hälsa", "Samordnar länens arbete med psykisk hälsa.", RIKARD,
    seats=(
        SeatPlan(
            "psychiatry", (BodyPlan("Region Bergdala", "Psykiatrinämnden", "psykiatri@region-bergdala.example"),),
            CastMember("Ulrika Sjöholm", "Verksamhetschef", "ulrika.sjoholm@region-bergdala.example", "google"),
        ),
        SeatPlan(
            "psychiatry", (BodyPlan("Region Norrskog", "Psykiatrinämnden", "psykiatri@region-norrskog.example"),),
            CastMember("Anders Myrén", "Verksamhetschef", "anders.myren@region-norrskog.example", "thunderbird"),
        ),
    ),
    days=("2026-12-08", "2027-03-23"), hours=("09:00", "11:00"), place="Video",
)  # fmt: skip
LPO = GroupPlan(
    "lpo", "lpo", "LPO psykisk hälsa Bergdala", "Omsätter kunskap om psykisk hälsa i länets arbete.", DISA,
    "Bergdala län", "rpo",
    seats=(
        SeatPlan("psychiatry", above=1),
        SeatPlan(
            "primary_care", (BodyPlan("Region Bergdala", "Primärvårdsnämnden", "primarvard@region-bergdala.example"),),
            CastMember("Karin Ståhle", "Distriktsläkare", "karin.stahle@region-bergdala.example"),
            CastMember("Per Ekman", "Distriktssköterska", "per.ekman@region-bergdala.example", "apple"),
            Comes.SENDS,
        ),
        SeatPlan(
            "ifo_manager",
            (
                BodyPlan("Almviks kommun", "Individnämnden", "individnamnden@almvik.example", Appoints.AT_THE_SECOND),
                BodyPlan("Björsta kommun", "Individnämnden", "individnamnden@bjorsta.example"),
            ),
            CastMember("Lars Widmark", "IFO-chef", "lars.widmark@almvik.example", "gnus"),
        ),
        SeatPlan(
            "user_representative", (BodyPlan("Region Bergdala", "Brukarrådet", "brukarradet@region-bergdala.example"),),
            CastMember("Kim", "Brukarföreträdare", "kim@brukarradet.example", "apple"),
        ),
    ),
    days=("2026-12-17", "2027-02-11", "2027-03-18"), place="Sal Tallen, regionhuset",
)  # fmt: skip
NETWORK = GroupPlan(
    "network", "managers_network", "Chefsnätverket i Bergdala", "Cheferna för stöd och omsorg samordnar sig.", DISA,
    "Bergdala län",
    seats=(
        _head("Almviks kommun", "almvik", "Sara Lindroos"),
        _head("Björsta kommun", "bjorsta", "Johan Beckman", Comes.SENDS),
        _head("Fagerås kommun", "fageras", "Emma Kvist", Comes.WHEN_REMINDED),
        _head("Grytsjö kommun", "grytsjo", "Olle Sandin", appoints=Appoints.LATER),
    ),
    days=("2026-12-15", "2027-03-09"), hours=("09:00", "11:30"), place="Sal Granen, regionhuset",
)  # fmt: skip
CONSULTATION = GroupPlan(
    "consultation", "county_consultation", "Länssamrådet i Norrskog", "Sexton parter följer länets överenskommelse.",
    TAGE, "Norrskogs län",
    seats=(
        SeatPlan(
            "politician", (BodyPlan("Region Norrskog", "Regionstyrelsen", "regionstyrelsen@region-norrskog.example"),),
            CastMember("Gunilla Flod", "Regionråd", "gunilla.flod@region-norrskog.example", "google"),
        ),
        _head("Abborträsks kommun", "abbortrask", "Nils Hägg"),
        _head("Dalfors kommun", "dalfors", "Marie Sund"),
        _head("Granåsele kommun", "granasele", "Jon Renberg"),
        _head("Holmträsks kommun", "holmtrask", "Petra Vall"),
        _head("Kallfors kommun", "kallfors", "Bo Lagergren", Comes.NO),
        _head("Kustnäs kommun", "kustnas", "Helena Strand"),
        _head("Lillsele kommun", "lillsele", "Ivar Nordin"),
        _head("Myrhedens kommun", "myrheden", "Tove Myrman"),
        _head("Norra Nylands kommun", "nyland-norr", "Ola Nyqvist"),
        _head("Renvallens kommun", "renvallen", "Siri Fjellner"),
        _head("Ripfjälls kommun", "ripfjall", "Malin Rask", appoints=Appoints.NEVER),
        _head("Storsele kommun", "storsele", "Eskil Ström"),
        _head("Tallforsens kommun", "tallforsen", "Ylva Tall"),
        _head("Vindträsks kommun", "vindtrask", "Per Vinter", Comes.SENDS),
        _head("Älvnäs kommun", "alvnas", "Rut Älvdahl"),
    ),
    days=("2027-01-21", "2027-03-25"), hours=("10:00", "12:00"), place="Video",
)  # fmt: skip
GROUPS: tuple[GroupPlan, ...] = (RPO, LPO, NETWORK, CONSULTATION)
LAG = GroupPlan(
    "lag", "lag", "LAG kallelse i tid", "Prövar hur kallelser kan gå ut tidigare.", DISA, "Bergdala län", "lpo",
    goal="Fyra arbetsdagars framförhållning i nio kallelser av tio.", ends_on="2027-06-30", report_on="2027-03-15",
)  # fmt: skip
"""The assignment that the local programme area gives."""

OWNER_UNIT, OWNER_MAILBOX = "Utvecklingsenheten Bergdala", "utveckling@region-bergdala.example"
OFFICER = "signe.aman@ripfjall.example"
DEFERRED_UNTIL = "2026-12-14"


@dataclass(frozen=True, slots=True)
class BodySeat:
    """The seat that a body is asked about first, by its number in its group."""

    group: GroupPlan
    number: int
    seat: SeatPlan
    body: BodyPlan


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who sits or stands in, and for which seat."""

    group: GroupPlan
    seat: SeatPlan
    who: CastMember
    stands_in: bool


def bodies() -> Mapping[str, BodySeat]:
    """By mailbox, each body that is asked."""
    return {
        seat.bodies[0].email: BodySeat(group, number, seat, seat.bodies[0])
        for group in GROUPS
        for number, seat in enumerate(group.seats, 1)
        if seat.bodies
    }


def sitters() -> Mapping[str, Occupant]:
    """By mailbox, whoever sits or stands in."""
    return {
        who.email: Occupant(group, seat, who, stands_in)
        for group in GROUPS
        for seat in group.seats
        for who, stands_in in ((seat.sits, False), (seat.stands_in, True))
        if who is not None
    }
