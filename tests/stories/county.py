"""The cast of the stories, as a directory file: a region, a municipality of the agreement and one outside it."""

from datetime import date
from uuid import UUID, uuid5

from sip.domain.agreement import OF_AN_AGREEMENT, Agreement, RuleSet
from sip.usecases.directory.keys import key_id

DIRECTORY = """\
kind;key;parent;name;type;hsa_id;email;phone;function;language;role;person;order;from;to;flags;mail_domains;successor
principal;region;;Region Exempel;region;;;;;;;;;;;;;
principal;al;;Al kommun;municipality;;;;;;;;;;;;;
principal;bok;;Bok kommun;municipality;;;;;;;;;;;;;
organisation;region-n;region;Hälsonämnden;board;;;;;;;;;;;;region.example;
organisation;al-n;al;Omsorgsnämnden Al;board;;;;;;;;;;;;al.example;
organisation;bok-n;bok;Socialnämnden Bok;board;;;;;;;;;;;;bok.example;
unit;eken;region-n;Vårdcentralen Eken;;;;010-319 200;;sv;;;;;;;;
unit;hemtjanst;al-n;Hemtjänsten Al;;;;010-319 201;;sv;;;;;;;;
unit;skolan;al-n;Skolan Al;;;;010-319 202;;sv;;;;;;;;
unit;chefslos;al-n;Boendet Al;;;;010-319 203;;sv;;;;;;;;
unit;bok;bok-n;Socialtjänsten Bok;;;;010-319 204;;sv;;;;;;;;
address;;eken;;;;eken@region.example;;;;;;1;;;;;
address;;hemtjanst;;;;hemtjanst@al.example;;;;;;1;;;;;
address;;skolan;;;;skolan@al.example;;;;;;1;;;;;
address;;skolan;;;;skolan2@al.example;;;;;;2;;;;;
address;;chefslos;;;;boendet@al.example;;;;;;1;;;;;
address;;bok;;;;bok@bok.example;;;;;;1;;;;;
person;mona;al-n;Mona Berg;;;mona@al.example;010-319 210;Enhetschef;;;;;;;;;
person;helge;al-n;Helge Ström;;;helge@al.example;010-319 211;Verksamhetschef;;;;;;;;;
person;vera;al-n;Vera Lind;;;vera@al.example;;Bevakningsansvarig;;;;;;;;;
person;anna;al-n;Anna Ek;;;anna@al.example;010-319 212;Sjuksköterska;;;;;;;;;
person;bo;al-n;Bo Alm;;;bo@al.example;010-319 213;Undersköterska;;;;;;;;;
person;kim;al-n;Kim Sund;;;kim@al.example;;Samordnare;;;;;;;;;
person;siv;region-n;Siv Holm;;;siv@region.example;;Samordnare;;;;;;;;;
"""

ROLES = [
    ("hemtjanst", "unit_manager", "mona"), ("skolan", "unit_manager", "mona"), ("bok", "unit_manager", "mona"),
    ("hemtjanst", "head_of_operations", "helge"), ("skolan", "head_of_operations", "helge"),
    ("hemtjanst", "watcher", "vera"), ("hemtjanst", "substitute", "anna"), ("hemtjanst", "substitute", "bo"),
    ("al", "coordinator", "kim"), ("region", "coordinator", "siv"),
]  # fmt: skip


def directory_csv() -> bytes:
    """The whole file, roles last."""
    rows = [
        f"role;;{holder};;{'principal' if role == 'coordinator' else 'unit'};;;;;;{role};{person};{n};;;;;"
        for n, (holder, role, person) in enumerate(ROLES, 1)
    ]
    return (DIRECTORY + "\n".join(rows) + "\n").encode()


def unit(key: str) -> UUID:
    return key_id("unit", key)


def agreement() -> Agreement:
    """Region and Al are bound together; Bok has not joined."""
    joined = frozenset({key_id("principal", "region"), key_id("principal", "al")})
    return Agreement(
        uuid5(UUID(int=0), "agreement"), "Länsavtalet", 1, False, joined, frozenset(OF_AN_AGREEMENT), date(2025, 1, 1),
        None, RuleSet(name="Länsavtalet"), RuleSet(name="Länsavtalet", minimum_notice=1, gaps=(1, 1, 1, 1)),
    )  # fmt: skip
