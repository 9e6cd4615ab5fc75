// tests/differential/quantity_pairs.c - pairs of quantities: money, units, two units added, times
// of day, ratios, angles.
//
// A quantity is a rational number of the smallest unit of its family, a time of day is minutes
// after midnight, an angle is a rational number of degrees.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

// ---- money --------------------------------------------------------------------------------------

static const char *grouped_dollars(int dollars)
{
    if (dollars >= 1000000)
        return pair_text("%d,%03d,%03d", dollars / 1000000, dollars / 1000 % 1000, dollars % 1000);
    return dollars < 1000 ? pair_text("%d", dollars)
                          : pair_text("%d,%03d", dollars / 1000, dollars % 1000);
}

static const char *write_money(distill_rng *rng, int cents)
{
    static const char *const FORMS[] = {"\\$@1",         "$@1",
                                        "@1 dollars",    "@1\\text{ dollars}",
                                        "\\text{\\$}@1", "@1",
                                        "\\$ @1",        "\\text{\\$@1}",
                                        "\\$\\,@1",      "USD @1",
                                        "@1 USD",        "\\mathrm{\\$}@1",
                                        "US\\$@1",       "@1\\text{ dollars in total}",
                                        "\\text{USD }@1"};
    int dollars = cents / 100;
    bool whole = cents % 100 == 0;
    if (cents < 100 && pair_chance(rng, 50))
        return pair_text(pair_chance(rng, 50) ? "%d cents" : "%d\\text{ cents}", cents);
    if (!whole && dollars > 1 && cents % 100 > 1 && pair_chance(rng, 10))
        return pair_text("%d dollars and %d cents", dollars, cents % 100);
    if (dollars % 100000 == 0 && whole && pair_chance(rng, 30))
        return pair_text(pair_chance(rng, 50) ? "\\$%d.%d\\text{ million}"
                                              : "%d.%d million dollars",
                         dollars / 1000000, dollars / 100000 % 10);
    const char *value = pair_chance(rng, 50) ? grouped_dollars(dollars) : pair_text("%d", dollars);
    if (!whole || pair_chance(rng, 30))
        value = pair_text("%s.%02d", value, cents % 100);
    return pair_fill(PAIR_PICK(rng, FORMS), value, NULL, NULL);
}

static int cents_near(distill_rng *rng, int cents)
{
    int other = cents;
    while (other == cents || other <= 0 || other > 1999999999 ||
           (cents < 100 && other == cents * 100) || (other < 100 && cents == other * 100))
        other = (int)whole_near(rng, cents);
    return other;
}

void make_money(pair *p, distill_rng *rng)
{
    int cents = pair_int(rng, 1, pair_chance(rng, 20) ? 99 : 500000);
    if (pair_chance(rng, 50))
        cents = pair_int(rng, 1, 90000) * 100;
    if (pair_chance(rng, 10))
        cents = pair_int(rng, 5, 99) * 10000000;
    int other = p->truth == PAIR_EQUAL ? cents : cents_near(rng, cents);
    p->form = PAIR_BOX;
    const char *a = write_money(rng, cents), *b = write_money(rng, other);
    if (strstr(a, "cents") != NULL && strpbrk(b, "$d") == NULL) // 50 cents, but 50 of what
        b = pair_text("\\$%d.%02d", other / 100, other % 100);
    if (strstr(b, "cents") != NULL && strpbrk(a, "$d") == NULL)
        a = pair_text("\\$%d.%02d", cents / 100, cents % 100);
    pair_set(p, rng, a, b);
}

// ---- units --------------------------------------------------------------------------------------

/// A unit as a multiple of the smallest one of its family.
typedef struct unit_row {
    int family;
    long long size;
    const char *sign, *one, *many;
} unit_row;

// clang-format off
static const unit_row UNITS[] = {
    {0, 1, "mm", "millimeter", "millimeters"}, {0, 10, "cm", "centimeter", "centimeters"},
    {0, 1000, "m", "meter", "meters"},         {0, 1000000, "km", "kilometer", "kilometers"},
    {1, 1, "in", "inch", "inches"},            {1, 12, "ft", "foot", "feet"},
    {1, 36, "yd", "yard", "yards"},            {1, 63360, "mi", "mile", "miles"},
    {2, 1, "mg", "milligram", "milligrams"},   {2, 1000, "g", "gram", "grams"},
    {2, 1000000, "kg", "kilogram", "kilograms"},
    {3, 1, "s", "second", "seconds"},          {3, 60, "min", "minute", "minutes"},
    {3, 3600, "h", "hour", "hours"},           {3, 86400, "days", "day", "days"},
    {4, 1, "mL", "milliliter", "milliliters"}, {4, 1000, "L", "liter", "liters"},
    {5, 1, "mm^2", "square millimeter", "square millimeters"},
    {5, 100, "cm^2", "square centimeter", "square centimeters"},
    {5, 1000000, "m^2", "square meter", "square meters"},
    {6, 1, "cm^3", "cubic centimeter", "cubic centimeters"},
    {6, 1000000, "m^3", "cubic meter", "cubic meters"},
    {7, 1, "months", "month", "months"},       {7, 12, "years", "year", "years"},
};
// clang-format on

/// The value and the name of a unit without exponents.
static const char *join_unit(distill_rng *rng, const char *value, const char *unit)
{
    static const char *const FORMS[] = {"@1\\text{ @2}",
                                        "@1 \\text{ @2}",
                                        "@1\\,\\text{@2}",
                                        "@1 @2",
                                        "@1\\ \\mathrm{@2}",
                                        "@1~\\text{@2}",
                                        "@1\\;\\text{@2}",
                                        "@1\\mbox{ @2}",
                                        "@1\\text{@2}",
                                        "@1\\ \\text{@2}",
                                        "@1@2",
                                        "@1\\,\\mathrm{@2}",
                                        "\\text{@1 @2}",
                                        "@1\\text{ @2.}",
                                        "@1\\textrm{ @2}"};
    const char *form = PAIR_PICK(rng, FORMS);
    if (strncmp(form, "\\text", 5) == 0 && strchr(value, '\\') != NULL)
        form = FORMS[0]; // no fraction inside \text
    return pair_fill(form, value, unit, NULL);
}

static const char *write_unit(distill_rng *rng, rational q, const unit_row *u)
{
    const char *value = rational_places(q) >= 0 && rational_places(q) <= 4 && pair_chance(rng, 70)
                            ? rational_decimal(q)
                            : rational_plain(q);
    const char *power = strchr(u->sign, '^');
    if (pair_chance(rng, 40))
        return join_unit(rng, value, q.n == 1 && q.d == 1 ? u->one : u->many);
    if (power == NULL)
        return join_unit(rng, value, u->sign);
    if (pair_chance(rng, 40))
        return pair_text("%s\\text{ %.*s%s}", value, (int)(power - u->sign), u->sign,
                         power[1] == '2' ? "\u00b2" : "\u00b3");
    return pair_text("%s\\%s{ %.*s}%s", value, pair_chance(rng, 50) ? "text" : "mathrm",
                     (int)(power - u->sign), u->sign, power);
}

/// Another unit of the family of `u`; `u` where there is none near.
static const unit_row *unit_beside(distill_rng *rng, const unit_row *u)
{
    const unit_row *other = u + (pair_chance(rng, 50) ? 1 : -1);
    if (other < UNITS || other >= UNITS + PAIR_COUNT(UNITS) || other->family != u->family)
        other = u + (u == UNITS || u[-1].family != u->family ? 1 : -1);
    return other;
}

void make_unit(pair *p, distill_rng *rng)
{
    const unit_row *u = &UNITS[distill_rng_below(rng, PAIR_COUNT(UNITS))];
    const unit_row *v = pair_chance(rng, 50) ? u : unit_beside(rng, u);
    int d = pair_chance(rng, 70) ? 1 : 10;
    rational q = rational_of(pair_int(rng, 1, 900), d), size = q;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 40)) { // the same number of another unit
        v = unit_beside(rng, u);
        size = rational_times(q, rational_of(v->size, u->size));
    } else if (p->truth == PAIR_DIFFERENT) {
        size = rational_of(llabs(whole_near(rng, q.n)) + 0, q.d);
        if (rational_equal(size, q) || size.n == 0)
            size = rational_add(q, rational_of(1, 1));
    }
    rational b_value = rational_times(size, rational_of(u->size, v->size));
    if (b_value.d > 10000 || b_value.n > 100000000)
        v = u, b_value = size;
    if (p->truth == PAIR_DIFFERENT && v == u && rational_equal(b_value, q))
        b_value = rational_add(q, rational_of(1, 1));
    p->form = PAIR_BOX;
    const char *a = write_unit(rng, q, u);
    const char *b =
        pair_chance(rng, 10) && v == u ? rational_decimal(b_value) : write_unit(rng, b_value, v);
    pair_set(p, rng, a, b);
}

// ---- speeds -------------------------------------------------------------------------------------

/// `q` kilometers an hour.
static const char *write_speed(distill_rng *rng, rational q)
{
    static const char *const HOUR[] = {"@1\\text{ km/h}",
                                       "@1 km/h",
                                       "@1\\,\\text{km/h}",
                                       "@1\\text{ kilometers per hour}",
                                       "@1 kilometers per hour",
                                       "@1\\ \\mathrm{km/h}",
                                       "@1\\frac{\\text{km}}{\\text{h}}"};
    static const char *const SECOND[] = {"@1\\text{ m/s}", "@1 m/s", "@1\\text{ meters per second}",
                                         "@1\\ \\mathrm{m/s}"};
    rational slow = rational_times(q, rational_of(5, 18));
    if (rational_places(slow) >= 0 && rational_places(slow) <= 2 && pair_chance(rng, 30))
        return pair_fill(PAIR_PICK(rng, SECOND), rational_decimal(slow), NULL, NULL);
    return pair_fill(PAIR_PICK(rng, HOUR), rational_decimal(q), NULL, NULL);
}

void make_speed(pair *p, distill_rng *rng)
{
    int d = pair_chance(rng, 50) ? 1 : 2;
    rational q = rational_of(pair_int(rng, 2, 60) * 9, d);
    rational other = p->truth == PAIR_EQUAL ? q : rational_of(llabs(whole_near(rng, q.n)), q.d);
    if (p->truth == PAIR_DIFFERENT && (other.n == 0 || rational_equal(other, q)))
        other = rational_add(q, rational_of(18, 1));
    p->form = PAIR_BOX;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 25)) { // the same number of another unit
        const char *digits = rational_decimal(q);
        pair_set(p, rng, pair_text("%s\\text{ km/h}", digits), pair_text("%s\\text{ m/s}", digits));
        return;
    }
    const char *a = write_speed(rng, q), *b = write_speed(rng, other);
    pair_set(p, rng, a, b);
}

// ---- two units added ----------------------------------------------------------------------------

/// A unit and the next smaller one, and how many of the smaller one make it up.
static const struct {
    const unit_row *large, *small;
    int count;
} STEPS[] = {
    {&UNITS[13], &UNITS[12], 60}, {&UNITS[12], &UNITS[11], 60},  {&UNITS[5], &UNITS[4], 12},
    {&UNITS[2], &UNITS[1], 100},  {&UNITS[10], &UNITS[9], 1000}, {&UNITS[14], &UNITS[13], 24},
    {&UNITS[6], &UNITS[5], 3},    {&UNITS[3], &UNITS[2], 1000},  {&UNITS[16], &UNITS[15], 1000}};

/// `n` of the smaller unit of step `s`.
static const char *write_compound(distill_rng *rng, size_t s, int n)
{
    static const char *const LONG[] = {"\\text{@1 and @2}", "@1 and @2", "@1 @2", "\\text{@1 @2}",
                                       "@1, @2"};
    const unit_row *large = STEPS[s].large, *small = STEPS[s].small;
    int many = n / STEPS[s].count, few = n % STEPS[s].count;
    rational whole = rational_of(n, STEPS[s].count);
    if (pair_chance(rng, 25))
        return write_unit(rng, rational_of(n, 1), small);
    if (pair_chance(rng, 25) && rational_places(whole) >= 0 && rational_places(whole) <= 3)
        return write_unit(rng, whole, large);
    if (many == 0 || few == 0)
        return write_unit(rng, rational_of(n, 1), small);
    if (pair_chance(rng, 50))
        return pair_text("%d\\text{ %s }%d\\text{ %s}", many, large->sign, few, small->sign);
    if (pair_chance(rng, 20))
        return pair_text("%d %s %d %s", many, large->sign, few, small->sign);
    return pair_fill(PAIR_PICK(rng, LONG),
                     pair_text("%d %s", many, many == 1 ? large->one : large->many),
                     pair_text("%d %s", few, few == 1 ? small->one : small->many), NULL);
}

void make_compound(pair *p, distill_rng *rng)
{
    size_t s = distill_rng_below(rng, PAIR_COUNT(STEPS));
    int many = pair_int(rng, 1, 12), few = pair_int(rng, 1, STEPS[s].count - 1);
    if (STEPS[s].count > 60 && pair_chance(rng, 70))
        few = few / 10 * 10;
    int n = many * STEPS[s].count + few, other = n;
    while (p->truth == PAIR_DIFFERENT && other == n)
        switch (pair_int(rng, 0, 3)) {
        case 0:
            other = n + (STEPS[s].count == 1000 ? 11 : 1) * pair_nonzero(rng, 2);
            break;
        case 1:
            other = n + STEPS[s].count;
            break;
        case 2: // the digits of a decimal read as the smaller unit: 2.5 hours, 2 hours 50 minutes
            other = many * STEPS[s].count + (few * 10) % STEPS[s].count;
            break;
        default:
            other = few * STEPS[s].count + many;
        }
    p->form = PAIR_BOX;
    const char *a = write_compound(rng, s, n), *b = write_compound(rng, s, other);
    pair_set(p, rng, a, b);
}

// ---- times of day -------------------------------------------------------------------------------

static const char *half_of_day(distill_rng *rng, bool afternoon)
{
    static const char *const FORMS[] = {" @1.m.",
                                        "\\text{ @1.m.}",
                                        "\\ \\text{@1.m.}",
                                        " @1m",
                                        "\\text{ @2M}",
                                        " @2M",
                                        "\\,\\text{@1m}",
                                        "~\\text{@2.M.}",
                                        "\\text{@1m}",
                                        "@1m",
                                        "\\ \\mathrm{@1.m.}",
                                        "\\text{ @1.m}",
                                        "\\;\\text{@2M}"};
    return pair_fill(PAIR_PICK(rng, FORMS), afternoon ? "p" : "a", afternoon ? "P" : "A", NULL);
}

/// "quarter past three", "twenty to five"; NULL for times that are not said so.
static const char *write_spoken(int hour, int minute)
{
    static const char *const HOURS[] = {"twelve", "one",   "two",   "three", "four", "five",
                                        "six",    "seven", "eight", "nine",  "ten",  "eleven"};
    static const char *const MINUTES[] = {"",       "five",        "ten", "quarter",
                                          "twenty", "twenty-five", "half"};
    if (minute % 5 != 0 || minute == 0)
        return NULL;
    return minute <= 30 ? pair_text("%s past %s", MINUTES[minute / 5], HOURS[hour % 12])
                        : pair_text("%s to %s", MINUTES[(60 - minute) / 5], HOURS[(hour + 1) % 12]);
}

/// `minutes` after midnight. With a half of the day, or of 24 hours where it is below 12:00.
static const char *write_clock(distill_rng *rng, int minutes, bool half)
{
    static const char *const COLONS[] = {
        ":", ":", "{:}", "\\!:\\!", "\\colon ", "\\mathbin{:}", "\\text{:}", " : "};
    int hour = minutes / 60 % 24, minute = minutes % 60;
    const char *colon = PAIR_PICK(rng, COLONS);
    const char *spoken = !half && pair_chance(rng, 20) ? write_spoken(hour, minute) : NULL;
    if (spoken != NULL)
        return spoken;
    if (!half)
        return pair_text(pair_chance(rng, 20) ? "%02d%s%02d" : "%d%s%02d", hour, colon, minute);
    if (minutes == 720 && pair_chance(rng, 40))
        return pair_chance(rng, 50) ? "noon" : "12 noon";
    int shown = hour % 12 == 0 ? 12 : hour % 12;
    const char *tail = half_of_day(rng, hour >= 12);
    if (minute == 0 && pair_chance(rng, 25))
        return pair_text("%d%s", shown, tail);
    return pair_text("%s%d%s%02d%s", pair_chance(rng, 10) && shown < 10 ? "0" : "", shown, colon,
                     minute, tail);
}

/// Half a day later, minutes and hours changed, or another time of the same ratio (9:00 and 3:00).
static int clock_near(distill_rng *rng, int minutes, bool half)
{
    int other = minutes, hour = minutes / 60, minute = minutes % 60;
    while (other == minutes || (!half && other >= 720) || other % 1440 == 0)
        switch (pair_int(rng, 0, 5)) {
        case 0:
            other = half ? (minutes + 720) % 1440 : minutes;
            break;
        case 1:
            other = (minutes + 60 * pair_int(rng, 1, 11)) % 1440;
            break;
        case 2:
            other = hour % 2 == 0 && minute % 2 == 0 && hour > 0 ? minutes / 2 : minutes;
            other =
                hour % 2 == 0 && minute % 2 == 0 && hour > 0 ? hour / 2 * 60 + minute / 2 : other;
            break;
        case 3:
            other =
                hour % 3 == 0 && minute % 3 == 0 && hour > 0 ? hour / 3 * 60 + minute / 3 : other;
            break;
        default:
            other = hour * 60 + (minute + 60 + pair_nonzero(rng, 11)) % 60;
        }
    return other;
}

void make_clock(pair *p, distill_rng *rng)
{
    bool half = pair_chance(rng, 60);
    int hour = half ? pair_int(rng, 0, 23) : pair_int(rng, 1, 11);
    int minutes = hour * 60 + pair_int(rng, 0, 11) * 5;
    if (pair_chance(rng, 30))
        minutes = hour * 60 + pair_int(rng, 0, 59);
    int other = p->truth == PAIR_EQUAL ? minutes : clock_near(rng, minutes, half);
    p->form = PAIR_BOX;
    const char *a = write_clock(rng, minutes, half), *b = write_clock(rng, other, half);
    pair_set(p, rng, a, b);
}

// ---- ratios -------------------------------------------------------------------------------------

/// A ratio that could be a time of day, or hours, minutes and seconds.
static bool looks_like_clock(const int *part, int count)
{
    bool clock = part[0] <= 24 && part[1] >= 10 && part[1] < 60;
    return clock && (count == 2 || (part[2] >= 10 && part[2] < 60));
}

static const char *write_ratio(distill_rng *rng, const int *part, int count)
{
    static const char *const COLONS[] = {":",       " : ",       ":",           "\\text{ to }",
                                         " to ",    "\\!:\\!",   "\\colon ",    "\u2236",
                                         "\\,:\\,", "\\text{:}", "\\mathbin{:}"};
    const char *text[3];
    int scale = pair_chance(rng, 30) ? pair_int(rng, 2, 7) : 1;
    int scaled[3];
    for (int i = 0; i < count; i++)
        scaled[i] = part[i] * scale;
    for (int i = 0; i < count; i++)
        text[i] = pair_text("%d", looks_like_clock(scaled, count) ? part[i] : scaled[i]);
    return pair_join(text, (size_t)count, PAIR_PICK(rng, COLONS));
}

static bool same_ratio(const int *a, const int *b, int count)
{
    for (int i = 1; i < count; i++)
        if (a[0] * b[i] != b[0] * a[i])
            return false;
    return true;
}

void make_ratio(pair *p, distill_rng *rng)
{
    int count = pair_chance(rng, 70) ? 2 : 3, part[3], other[3];
    do
        for (int i = 0; i < count; i++)
            part[i] = pair_int(rng, 1, pair_chance(rng, 70) ? 9 : 99);
    while (looks_like_clock(part, count));
    memcpy(other, part, sizeof other);
    while (p->truth == PAIR_DIFFERENT && same_ratio(part, other, count)) {
        int i = pair_int(rng, 0, count - 1), j = pair_int(rng, 0, count - 1);
        memcpy(other, part, sizeof other);
        if (pair_chance(rng, 50))
            other[i] = part[j], other[j] = part[i];
        else
            other[i] = part[i] + 1;
        if (looks_like_clock(other, count))
            memcpy(other, part, sizeof other);
    }
    p->form = PAIR_BOX;
    const char *a = write_ratio(rng, part, count), *b = write_ratio(rng, other, count);
    pair_set(p, rng, a, b);
}

// ---- angles -------------------------------------------------------------------------------------

static const char *write_degrees(distill_rng *rng, rational degrees)
{
    static const char *const FORMS[] = {"@1^\\circ",
                                        "@1^{\\circ}",
                                        "@1\u00b0",
                                        "@1 degrees",
                                        "@1\\text{ degrees}",
                                        "@1^\\circ",
                                        "@1\\degree",
                                        "@1 ^ \\circ",
                                        "{@1}^\\circ",
                                        "@1 deg",
                                        "@1\\text{\u00b0}",
                                        "@1\\,^\\circ",
                                        "@1\\ \\text{degrees}",
                                        "@1{}^\\circ",
                                        "@1^{\\circ}.",
                                        "\\text{@1 degrees}"};
    if (degrees.d == 2 && degrees.n > 0 && pair_chance(rng, 40))
        return pair_text("%lld^\\circ 30'", degrees.n / 2);
    return pair_fill(PAIR_PICK(rng, FORMS), rational_decimal(degrees), NULL, NULL);
}

static const char *write_radians(distill_rng *rng, rational degrees)
{
    static const char *const UNIT_NAMES[] = {"",
                                             "",
                                             "\\text{ rad}",
                                             "\\text{ radians}",
                                             " radians",
                                             "\\ \\mathrm{rad}",
                                             " rad",
                                             "\\,\\text{rad}",
                                             "\\text{ radian}"};
    rational q = rational_times(degrees, rational_of(1, 180));
    const char *unit = PAIR_PICK(rng, UNIT_NAMES), *sign = q.n < 0 ? "-" : "";
    long long n = llabs(q.n);
    const char *top = n == 1 ? "\\pi" : pair_text("%lld\\pi", n);
    if (q.d == 1)
        return pair_text("%s%s%s", sign, top, unit);
    if (pair_chance(rng, 20))
        return pair_text("%s%s/%lld%s", sign, top, q.d, unit);
    if (pair_chance(rng, 20))
        return pair_text("%s\\frac{%lld}{%lld}\\pi%s", sign, n, q.d, unit);
    return pair_text("%s\\frac{%s}{%lld}%s", sign, top, q.d, unit);
}

void make_angle(pair *p, distill_rng *rng)
{
    rational q = rational_of(pair_nonzero(rng, 72) * 5, 1), other;
    if (pair_chance(rng, 20))
        q = rational_of(pair_int(rng, 1, 179) * 2 + 1, 2);
    other = q;
    while (p->truth == PAIR_DIFFERENT && rational_equal(other, q))
        other = pair_chance(rng, 20)   ? rational_of(-q.n, q.d)
                : pair_chance(rng, 50) ? rational_add(q, rational_of(pair_nonzero(rng, 2), 1))
                                       : rational_add(rational_of(180, 1), rational_of(-q.n, q.d));
    p->form = PAIR_BOX;
    if (p->truth == PAIR_DIFFERENT && q.n > 0 &&
        pair_chance(rng, 20)) { // 60 degrees and 60 radians
        const char *degrees = write_degrees(rng, q);
        pair_set(p, rng, degrees, pair_text("%s\\text{ rad}", rational_decimal(q)));
        return;
    }
    bool tidy = q.d == 1 && other.d == 1;
    const char *a = tidy && pair_chance(rng, 40) ? write_radians(rng, q) : write_degrees(rng, q);
    const char *b =
        tidy && pair_chance(rng, 40) ? write_radians(rng, other) : write_degrees(rng, other);
    if (strstr(b, "\\pi") == NULL && strstr(a, "\\pi") == NULL && pair_chance(rng, 10))
        b = rational_decimal(other);
    pair_set(p, rng, a, b);
}

// ---- temperatures -------------------------------------------------------------------------------

/// A temperature of `celsius` degrees, a multiple of five, in a scale.
static const char *write_temperature(distill_rng *rng, int celsius, char scale)
{
    static const char *const CELSIUS[] = {
        "@1^\\circ C", "@1\u00b0C",          "@1^\\circ\\text{C}",    "@1 ^{\\circ}\\mathrm{C}",
        "@1\u2103",    "@1 degrees Celsius", "@1^{\\circ}\\text{ C}", "@1\\text{ degrees Celsius}"};
    static const char *const FAHRENHEIT[] = {"@1^\\circ F",
                                             "@1\u00b0F",
                                             "@1^\\circ\\text{F}",
                                             "@1 ^{\\circ}\\mathrm{F}",
                                             "@1\u2109",
                                             "@1 degrees Fahrenheit",
                                             "@1^{\\circ}\\text{ F}"};
    static const char *const KELVIN[] = {"@1.15 K", "@1.15\\text{ K}", "@1.15 kelvin"};
    if (scale == 'K')
        return pair_fill(PAIR_PICK(rng, KELVIN), pair_text("%d", celsius + 273), NULL, NULL);
    int value = scale == 'C' ? celsius : celsius * 9 / 5 + 32;
    const char *form = scale == 'C' ? PAIR_PICK(rng, CELSIUS) : PAIR_PICK(rng, FAHRENHEIT);
    return pair_fill(form, pair_text("%d", value), NULL, NULL);
}

void make_temperature(pair *p, distill_rng *rng)
{
    static const char SCALES[] = "CCFFK";
    int celsius = 5 * pair_int(rng, -7, 30), other = celsius; // -40 is -40 in both scales
    char first = SCALES[pair_int(rng, 0, 4)], second = SCALES[pair_int(rng, 0, 4)];
    p->form = PAIR_BOX;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 50)) { // the number with the other scale
        int shown = celsius * 9 / 5 + 32;
        const char *a = write_temperature(rng, celsius, 'F');
        pair_set(p, rng, a, pair_text("%d^\\circ\\text{C}", shown));
        return;
    }
    if (p->truth == PAIR_DIFFERENT)
        other += pair_chance(rng, 50) ? 5 : -5;
    const char *a = write_temperature(rng, celsius, first);
    const char *b = p->truth == PAIR_EQUAL && pair_chance(rng, 15) && second != 'K'
                        ? pair_text("%d", second == 'C' ? celsius : celsius * 9 / 5 + 32)
                        : write_temperature(rng, other, second);
    if (strchr("0123456789", b[strlen(b) - 1]) != NULL)
        a = write_temperature(rng, celsius, second);
    pair_set(p, rng, a, b);
}

// ---- words behind a number that change or deny it -----------------------------------------------

/// A number whose words leave its value open, and the number.
static void make_denied(pair *p, distill_rng *rng, int n)
{
    static const char *const FORMS[] = {"@1 is impossible",
                                        "@1 (wrong)",
                                        "@1 doesn't work",
                                        "@1 (or maybe @2)",
                                        "not @1",
                                        "@1 incorrect",
                                        "@1 is false",
                                        "@1 fails",
                                        "@1 cannot be right",
                                        "@1 is not the answer",
                                        "@1 pairs",
                                        "@1 gross",
                                        "@1 score",
                                        "@1 halves",
                                        "@1 thirds",
                                        "@1 tenths",
                                        "@1 does not work",
                                        "@1 or @2",
                                        "@1?"};
    static const char *const BOXED[] = {"万",
                                        "亿",
                                        "mil",
                                        "million people",
                                        "тысяч",
                                        "doubled",
                                        "in debt",
                                        "in binary",
                                        "(base 8)",
                                        "if n is odd",
                                        "for even n",
                                        "probably",
                                        "rejected",
                                        "is excluded",
                                        "among others",
                                        "to the fourth",
                                        "point five",
                                        "k",
                                        "x",
                                        "per mille",
                                        "at best",
                                        "deficit",
                                        "times ten",
                                        "halved",
                                        "Millionen",
                                        "thousand dollars"};
    const char *form = PAIR_PICK(rng, FORMS), *bare = strchr(form, ' ');
    const char *number = pair_text("%d", n);
    if (pair_chance(rng, 30)) {
        p->truth = PAIR_OPEN;
        p->form = PAIR_BOX;
        pair_set_ordered(p, number, pair_text("%d\\text{ %s}", n, PAIR_PICK(rng, BOXED)));
        return;
    }
    if (pair_chance(rng, 40) && bare != NULL && form[0] == '@' && strstr(bare, "@2") == NULL)
        form = pair_text("@1\\text{%s}", bare);
    p->truth = PAIR_OPEN;
    pair_set_ordered(p, number, pair_fill(form, number, pair_text("%d", n + 1), NULL));
}

void make_altered(pair *p, distill_rng *rng)
{
    static const struct {
        const char *word;
        long long factor;
    } FACTORS[] = {{"dozen", 12},        {"hundred", 100},    {"thousand", 1000}, {"lakh", 100000},
                   {"million", 1000000}, {"crore", 10000000}, {"dozens", 12}},
      SUFFIXES[] = {
          {"K", 1000}, {"k", 1000}, {"M", 1000000}, {"B", 1000000000}, {"bn", 1000000000}};
    int n = pair_int(rng, 2, 40);
    p->form = PAIR_BOX;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 60)) {
        make_denied(p, rng, n);
        return;
    }
    const char *number = pair_text("%d", n);
    size_t i = distill_rng_below(rng, PAIR_COUNT(FACTORS)),
           j = distill_rng_below(rng, PAIR_COUNT(SUFFIXES));
    bool money = pair_chance(rng, 40);
    long long factor = money ? SUFFIXES[j].factor : FACTORS[i].factor;
    const char *with = money ? pair_text("\\$%d%s", n, SUFFIXES[j].word)
                             : pair_fill(pair_chance(rng, 50) ? "@1 @2" : "@1\\text{ @2}", number,
                                         FACTORS[i].word, NULL);
    const char *plain = p->truth == PAIR_EQUAL ? pair_text("%lld", n * factor) : number;
    pair_set(p, rng, money ? pair_text("\\$%s", plain) : plain, with);
}

// ---- dates --------------------------------------------------------------------------------------

void make_date(pair *p, distill_rng *rng)
{
    bool slash = pair_chance(rng, 40);
    int year = pair_int(rng, 1950, 2030), month = pair_int(rng, 1, 12), day = pair_int(rng, 1, 28);
    const char *date = pair_text(slash ? "%04d/%02d/%02d" : "%04d-%02d-%02d", year, month, day);
    int other_day = p->truth == PAIR_EQUAL ? day : day % 28 + 1;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 60)) { // another date of the same difference
        p->truth = PAIR_OPEN;
        const char *value =
            slash ? pair_text("%d/%d", year, month * day) : pair_text("%d", year - month - day);
        pair_set(p, rng, date,
                 pair_chance(rng, 50)
                     ? value
                     : pair_text("%04d-%02d-%02d", year - 1, month, day > 1 ? day - 1 : 28));
        return;
    }
    const char *other = pair_text(pair_chance(rng, 50) ? "%04d-%02d-%02d" : "%04d/%02d/%02d", year,
                                  month, other_day);
    pair_set(p, rng, date, other);
}
