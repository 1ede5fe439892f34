#!/usr/bin/env bash
# Of Swedish switchboard numbers (010-), one in seventeen is a valid personal number, check digit and all.
#
# Seen with personnummer 3.2.1, python-stdnum 2.2 and phonenumbers 9.0.43, 2026-11-28. A personal number without its
# century is ten digits that begin with a date; so is a phone number, and 010 reads as year 01, month 0x. The two
# libraries for personal numbers do not agree: python-stdnum knows no coordination numbers (day + 60, for those not
# registered in Sweden) and accepts the serial 000, which is never given; personnummer the other way round.
#
# Why it surprises: a date (or date + 60) and a check digit let one number in 140 through by chance, and of 08-numbers
# it is about that. But 010 and 070 are good beginnings of a date already.
#
# What it means: a guard that keeps personal numbers out of mails refuses each 17th contact line, or blots out a
# number that somebody needs to ring; and the choice of library decides whether coordination numbers are caught.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages personnummer==3.2.1 python-stdnum==2.2 phonenumbers==9.0.43

# Counts only: no number is shown. Drawn with a seed, so that each run sees the same 5,000 of a range.
py - <<'PY' | seen
import random

import phonenumbers
from personnummer import personnummer
from stdnum.se import personnummer as stdnum

draw = random.Random(2026)
for prefix in ("010", "070", "08"):
    phones = either = 0
    for _ in range(5000):
        number = prefix + "".join(draw.choices("0123456789", k=10 - len(prefix)))
        if phonenumbers.is_valid_number(phonenumbers.parse(number, "SE")):
            phones += 1
            either += personnummer.valid(number) or stdnum.is_valid(number)
    print(f"{prefix}: {phones} phone numbers, {either} of them personal numbers, {either / phones:.1%}")

for kind, body in (("coordination", "800161123"), ("serial 000", "800101000")):
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(body))
    number = body + str(-total % 10)
    print(f"{kind}: personnummer says {personnummer.valid(number)}, python-stdnum {stdnum.is_valid(number)}")
PY
still '^010: .* [5-7]\.[0-9]%' "of 010-numbers another share are personal numbers."
still '^coordination: personnummer says True, python-stdnum False' "both judge coordination numbers alike."
still '^serial 000: personnummer says False, python-stdnum True' "both judge the serial 000 alike."
