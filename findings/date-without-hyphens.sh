#!/usr/bin/env bash
# 20261128, a date in the form that iCalendar requires, becomes a moment in August 1970.
#
# Seen with pydantic 2.14.3 and msgspec 0.22.0, 2026-11-28. Asked for a datetime, pydantic reads a string of digits as
# seconds since 1970, in JSON and in strict mode too. msgspec refuses it, but converts alike when lax, which is how
# web frameworks on it read query strings. Python's own `fromisoformat` (3.11 on) reads what ISO 8601 says: 28
# November. Asked for a date, all three are right or refuse.
#
# Why it surprises: 20261128 is a full date of ISO 8601 (basic form) and the only form RFC 5545 knows; strict mode is
# thought to stop guesses; 2026-11-28 gives midnight as expected; nothing is raised and the result has a zone.
#
# What it means: a field that takes "when" from another calendar, an API or a link is 56 years off, and what is due
# since 1970 is done at once. Take dates as dates, and bound every moment to a range in which meetings are held.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages pydantic==2.14.3 msgspec==0.22.0

py - <<'PY' | seen
from datetime import datetime

import msgspec
from pydantic import TypeAdapter

readers = {
    "pydantic, of a string": TypeAdapter(datetime).validate_python,
    "pydantic, strict, of JSON": lambda text: TypeAdapter(datetime).validate_json(f'"{text}"', strict=True),
    "msgspec, strict": lambda text: msgspec.convert(text, datetime),
    "msgspec, lax": lambda text: msgspec.convert(text, datetime, strict=False),
    "Python": datetime.fromisoformat,
}
for name, read in readers.items():
    for text in ("20261128", "2026-11-28T00:00:00Z"):
        try:
            print(f"{name:26} {text:21} {read(text)}")
        except (ValueError, msgspec.ValidationError) as error:
            print(f"{name:26} {text:21} refused: {str(error).splitlines()[0]}")
PY
still '^Python +20261128 +2026-11-28' "Python no longer reads the basic form."
still '^pydantic, strict.* 20261128 +1970-08-23' "pydantic no longer reads a date of digits as seconds."
still '^msgspec, strict +20261128 +refused' "msgspec no longer refuses when strict."
still '^msgspec, lax +20261128 +1970-08-23' "msgspec, lax, no longer reads a date of digits as seconds."
