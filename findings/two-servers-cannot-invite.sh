#!/usr/bin/env bash
# A Xandikos throws away the invitations that another Xandikos mails, and ends with success.
#
# Seen with Xandikos 0.4.10, 2026-11-28. When a person puts a meeting with a guest elsewhere into her calendar, the
# server mails the invitation, marked `Auto-Submitted: auto-generated`. When an invitation comes in by mail, the
# server drops each that has that mark, to break loops, with a line in the log. So what one sends no other can take.
# With the one header taken out, the same mail is delivered.
#
# Why it surprises: both halves are sensible alone (RFC 3834 marks what a program writes and forbids to answer it),
# the exit code is 0, and a calendar object is no auto-reply. The sender's calendar says the guest was invited.
#
# What it means: an invitation that a person made is not "auto-generated", whatever wrote the mail: readers that see
# the mark drop it. Mark only what the service begins by itself. And by the mark alone an answer must never be dropped
# either.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages xandikos==0.4.10 aiosmtpd==1.4.6

cat >"$dir/play.py" <<'PY'
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller

folder, xandikos = Path(sys.argv[1]), sys.argv[2]
mails = []


class Keep:
    async def handle_DATA(self, server, session, envelope):
        mails.append(envelope.content)
        return "250 OK"


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


relay = Controller(Keep(), hostname="127.0.0.1", port=free())
relay.start()
port = free()
smtp = ["--imip-send", "smtp", "--smtp-host", "127.0.0.1", "--smtp-port", str(relay.port), "--smtp-from", "cal@sip.example"]
server = subprocess.Popen(
    [xandikos, "serve", "-d", folder / "one", "--defaults", "-l", "127.0.0.1", "-p", str(port), *smtp],
    stdout=(folder / "server.log").open("w"), stderr=subprocess.STDOUT,
)
try:
    for _ in range(150):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.2)
    event = """BEGIN:VCALENDAR|VERSION:2.0|PRODID:-//sip.example//EN|BEGIN:VEVENT|UID:1@sip.example|DTSTAMP:20261128T080000Z
|DTSTART:20261202T080000Z|DTEND:20261202T090000Z|SUMMARY:Planning|ORGANIZER:mailto:WHO|ATTENDEE;PARTSTAT=ACCEPTED:mailto:WHO
|ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ward@ward.example|END:VEVENT|END:VCALENDAR|"""
    event = event.replace("\n", "").replace("|", "\r\n").replace("WHO", os.environ["EMAIL"])
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/user/calendars/calendar/1.ics", event.encode(), {"Content-Type": "text/calendar"}, method="PUT"
    )
    print("put into the calendar:", urllib.request.urlopen(request).status)
    for _ in range(50):
        if mails:
            break
        time.sleep(0.2)
finally:
    server.send_signal(signal.SIGTERM)
    server.wait()
    relay.stop()
print(len(mails), "mail sent")
mail = message_from_bytes(mails[0])
print("it says Auto-Submitted:", mail["Auto-Submitted"], "and", mail.get_content_type(), mail.get_param("method"))
for name in ("as it was sent", "without the header"):
    got = subprocess.run(
        [xandikos, "import-imip", "-d", folder / name, "--autocreate"], input=mail.as_bytes(), capture_output=True, check=False
    )
    inbox = [p for p in (folder / name).rglob("*.ics") if ".git" not in p.parts]
    print(f"{name}: {len(inbox)} files in inbox and calendar, exit code {got.returncode}")
    print("   ", (got.stderr + got.stdout).decode().strip().splitlines()[-1:])
    del mail["Auto-Submitted"]
PY
EMAIL=anna@sip.example py "$dir/play.py" "$dir" "$dir/env/bin/xandikos" | seen
still '^it says Auto-Submitted: auto-generated and text/calendar REQUEST' "Xandikos no longer marks a person's invitation."
still '^as it was sent: 0 files .* exit code 0' "Xandikos now takes the mail of another Xandikos, or says no aloud."
still '^without the header: [1-9].* files .* exit code 0' "without the header it is not delivered either."
