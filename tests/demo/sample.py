"""An invitation as the service sends it (shape: mail-cases, section 6), written by hand for the simulated clients."""

from base64 import encodebytes

TOKEN = "sip+k4w7q2m5t3x6z2a4b6c7d2e3fa@sip.region-asland.example"
UID = "2f1c9d6e-inbjudan@sip.region-asland.example"

ICS = """\
BEGIN:VCALENDAR
PRODID:-//SIP//SIP-samordning//SV
VERSION:2.0
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261102T063100Z
SEQUENCE:{sequence}
DTSTART;TZID=Europe/Stockholm:20261109T100000
DTEND;TZID=Europe/Stockholm:20261109T110000
SUMMARY:SIP-möte\\, ärende 7F3K-2MQ
LOCATION:Biståndsenheten Alsunda\\, rum Eken
STATUS:CONFIRMED
ORGANIZER;CN=SIP-samordning:mailto:{token}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Hemtjänst Centrum:mailto:{to}
END:VEVENT
END:VCALENDAR
"""


def invitation(to: str = "hemtjanst.centrum@alsunda.example", method: str = "REQUEST", sequence: int = 0) -> bytes:
    """The bytes of one invitation mail."""
    ics = ICS.format(method=method, uid=UID, sequence=sequence, token=TOKEN, to=to).replace("\n", "\r\n")
    return f"""\
From: SIP-samordning <sip@sip.region-asland.example>
To: {to}
Reply-To: {TOKEN}
Subject: =?utf-8?q?Kallelse_till_SIP-m=C3=B6te=2C_=C3=A4rende_7F3K-2MQ?=
Date: Mon, 02 Nov 2026 07:31:00 +0100
Message-ID: <0123456789abcdef@sip.region-asland.example>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="M"

--M
Content-Type: multipart/alternative; boundary="A"

--A
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Ni är kallade till ett SIP-möte.
Svara här: http://127.0.0.1:8000/svar/abc123DEF.

--A
Content-Type: text/html; charset=utf-8

<p><a href="http://127.0.0.1:8000/svar/abc123DEF">Svara</a></p>

--A
Content-Type: text/calendar; charset=utf-8; method={method}
Content-Transfer-Encoding: base64

{encodebytes(ics.encode()).decode()}

--A--
--M--
""".replace("\n", "\r\n").encode()
