/* restrictions FILE...
 *
 * libical's own judgement of each calendar: a line for every property that it could not read or that iTIP forbids or
 * misses (RFC 5546), with the file's name; then when the event begins and ends, in seconds since 1970.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

static char *content(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *text = calloc(1, 1 << 20);
    if (!file || !text || !fread(text, 1, (1 << 20) - 1, file)) {
        exit(2);
    }
    fclose(file);
    return text;
}

static void findings(const char *name, icalcomponent *in)
{
    icalproperty *one;
    icalcomponent *inner;
    for (one = icalcomponent_get_first_property(in, ICAL_XLICERROR_PROPERTY); one;
         one = icalcomponent_get_next_property(in, ICAL_XLICERROR_PROPERTY)) {
        printf("%s: %s\n", name, icalproperty_get_xlicerror(one));
    }
    for (inner = icalcomponent_get_first_component(in, ICAL_ANY_COMPONENT); inner;
         inner = icalcomponent_get_next_component(in, ICAL_ANY_COMPONENT)) {
        findings(name, inner);
    }
}

static long seconds(icalcomponent *calendar, icalproperty *property)
{
    struct icaltimetype at = icalproperty_get_datetime_with_component(property, calendar);
    return (long)icaltime_as_timet_with_zone(at, icaltime_get_timezone(at));
}

int main(int count, char **names)
{
    for (int i = 1; i < count; i++) {
        char *text = content(names[i]);
        icalcomponent *calendar = icalparser_parse_string(text);
        if (!calendar) {
            printf("%s: not a calendar\n", names[i]);
            continue;
        }
        icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        if (!icalrestriction_check(calendar)) {
            printf("%s: refused\n", names[i]);
        }
        findings(names[i], calendar);
        printf("%s= %ld %ld\n", names[i],
               seconds(calendar, icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY)),
               seconds(calendar, icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY)));
        icalcomponent_free(calendar);
        free(text);
    }
    return 0;
}
