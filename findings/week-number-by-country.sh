#!/usr/bin/env bash
# In Swedish, Babel's week numbers are one too high for all of 2027. In Swedish in Sweden they are right.
#
# Seen with Babel 2.18.0, 2026-11-28. CLDR keeps the rule for the first week of a year by country. Babel takes the
# country from the locale: `sv` has none, so the world's rule is used (the week that holds 1 January), while `sv_SE`
# has the Swedish, which is ISO 8601's. 2026 begins on a Thursday, when both rules agree, and 2027 on a Friday, when
# they do not. German, Danish and Finnish are the same; nothing is raised, and the month names are right in both.
#
# Why it surprises: a bare language is what `Accept-Language` and a user's setting give, CLDR itself knows the likely
# country of a language, and tests written in 2026 pass until New Year.
#
# What it means: Swedish offices plan by week number. "Week 20" in an invitation for week 19 sends people to an empty
# room. Name the country in every locale, or take the number from `date.isocalendar()`.
set -euo pipefail
. "$(dirname "$0")/form.bash"
pip_packages babel==2.18.0

py - <<'PY' | seen
from datetime import date

from babel.dates import format_date

for day in (date(2026, 5, 11), date(2027, 5, 10)):
    for locale in ("sv", "sv_SE", "de", "de_DE"):
        said = format_date(day, "EEEE d MMMM y, 'week' w", locale=locale)
        print(f"{locale:6} {said:32} ISO {day.isocalendar().week}")
PY
still '^sv  .*2026, week 20 .*ISO 20' "the year that hides it no longer does."
still '^sv_SE .*2027, week 19 .*ISO 19' "with a country the week is no longer ISO's."
still '^sv  .*2027, week 20 .*ISO 19' "Babel now finds the Swedish week without a country."
