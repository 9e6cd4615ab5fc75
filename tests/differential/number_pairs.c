// tests/differential/number_pairs.c - pairs of numbers: whole, decimal, fractions, in words,
// percent, scientific notation, other bases.
//
// Each kind draws a whole number or a rational, and writes it by one of its own notations.
#include "tests/differential/kinds.h"

#include <stdlib.h>
#include <string.h>

// ---- whole numbers ------------------------------------------------------------------------------

/// Digits in groups of three with `comma` between: 1,234,567.
static const char *grouped(long long n, const char *comma)
{
    long long size = llabs(n);
    const char *tail = "";
    for (; size >= 1000; size /= 1000)
        tail = pair_text("%s%03lld%s", comma, size % 1000, tail);
    return pair_text("%s%lld%s", n < 0 ? "-" : "", size, tail);
}

static const char *write_whole(distill_rng *rng, long long n)
{
    static const char *const COMMAS[] = {",", "{,}", ",\\!", "\\,", "\\;", "\\ "};
    static const char *const FORMS[] = {
        "@1",   "@1.0", "@1.00", "\\text{@1}",  "\\mathbf{@1}", "{@1}",         "\\left(@1\\right)",
        " @1 ", "= @1", "@1.",   "\\approx @1", "\\mathsf{@1}", "\\textbf{@1}", "\\texttt{@1}"};
    long long part = pair_int(rng, 1, 99);
    switch (pair_int(rng, 0, 8)) {
    case 0:
    case 1:
        return grouped(n, PAIR_PICK(rng, COMMAS));
    case 6:
        if (n % 4 == 0)
            return pair_text("%lld \\times 4", n / 4);
        return pair_text("%lld+%lld\\cdot 3", n - 3 * part, part);
    case 2:
        return pair_text("\\frac{%lld}{%lld}", n * part, part);
    case 3:
        return pair_text("%lld%+lld", n - part, part);
    case 4:
        return n < 0 ? pair_text("\u2212%lld", -n) : pair_text("%lld", n);
    case 5:
        return pair_fill(PAIR_PICK(rng, FORMS), pair_text("%lld", n), NULL, NULL);
    default:
        return pair_text("%lld", n);
    }
}

void make_whole(pair *p, distill_rng *rng)
{
    long long n = pair_nonzero(rng, pair_chance(rng, 50) ? 200 : 99999999);
    long long m = p->truth == PAIR_EQUAL ? n : whole_near(rng, n);
    const char *a = write_whole(rng, n), *b = write_whole(rng, m);
    pair_set(p, rng, a, b);
}

// ---- decimals -----------------------------------------------------------------------------------

/// q has 1 to 4 places. Never a comma before exactly three digits, which groups thousands.
static const char *write_decimal(distill_rng *rng, rational q)
{
    const char *digits = rational_decimal(q), *point = strchr(digits, '.');
    const char *whole = pair_text("%.*s", (int)(point - digits), digits);
    switch (pair_int(rng, 0, 8)) {
    case 0:
        return strlen(point) == 4 ? digits : pair_text("%s,%s", whole, point + 1);
    case 1:
        return strlen(point) == 4 ? digits : pair_text("%s{,}%s", whole, point + 1);
    case 2:
        return pair_text("%s0", digits);
    case 3:
        return pair_text("\\frac{%lld}{%lld}", q.n * 3, q.d * 3);
    case 4:
        if (llabs(q.n) < q.d)
            return pair_text("%s%s", q.n < 0 ? "-" : "", point);
        return digits;
    case 5:
        if (q.n > 0 && q.n < 100000)
            return pair_text("%lld\\times 10^{-%d}", q.n * (10000 / q.d), 4);
        return digits;
    default:
        return digits;
    }
}

/// The point one place to the left or right, the sign, or a digit; never the value rounded or cut.
static rational decimal_near(distill_rng *rng, rational q)
{
    static const int SCALE[] = {1, 10, 100, 1000, 10000};
    int places = rational_places(q);
    for (;;) {
        rational other = rational_of(whole_near(rng, q.n * (SCALE[places] / q.d)), SCALE[places]);
        int got = rational_places(other), fewer = got < places ? got : places;
        if (got >= 1 && got <= 4 &&
            llabs(other.n * q.d - q.n * other.d) * SCALE[fewer] >= q.d * other.d)
            return other;
    }
}

void make_decimal(pair *p, distill_rng *rng)
{
    static const int SCALE[] = {10, 100, 100, 1000, 10000};
    rational q;
    int scale = SCALE[pair_int(rng, 0, 4)];
    do
        q = rational_of(pair_nonzero(rng, 30000), scale);
    while (q.d == 1);
    rational other = p->truth == PAIR_EQUAL ? q : decimal_near(rng, q);
    const char *a = write_decimal(rng, q), *b = write_decimal(rng, other);
    pair_set(p, rng, a, b);
}

// ---- fractions and mixed numbers ----------------------------------------------------------------

static const char *write_mixed(distill_rng *rng, rational q)
{
    static const char *const MIXED[] = {"@1@2\\frac{@3", "@1@2\\tfrac{@3", "@1@2 \\frac{@3",
                                        "@1@2\\dfrac{@3", "@1@2\\,\\frac{@3"};
    long long whole = llabs(q.n) / q.d, rest = llabs(q.n) % q.d;
    const char *sign = q.n < 0 ? "-" : "";
    if (pair_chance(rng, 30))
        return pair_text("%s%lld %lld/%lld", sign, whole, rest, q.d);
    if (pair_chance(rng, 20))
        return pair_text("%s\\left(%lld+\\frac{%lld}{%lld}\\right)", sign, whole, rest, q.d);
    return pair_fill(PAIR_PICK(rng, MIXED), sign, pair_text("%lld", whole),
                     pair_text("%lld}{%lld}", rest, q.d));
}

/// The characters that Unicode has for a few fractions; NULL for others.
static const char *vulgar(rational q)
{
    static const struct {
        int n, d;
        const char *sign;
    } SIGNS[] = {{1, 2, "\u00bd"}, {1, 4, "\u00bc"}, {3, 4, "\u00be"}, {1, 3, "\u2153"},
                 {2, 3, "\u2154"}, {1, 5, "\u2155"}, {3, 8, "\u215c"}, {5, 6, "\u215a"}};
    for (size_t i = 0; i < PAIR_COUNT(SIGNS); i++)
        if (q.n % q.d == SIGNS[i].n && q.d == SIGNS[i].d)
            return q.n > q.d ? pair_text("%lld%s", q.n / q.d, SIGNS[i].sign) : SIGNS[i].sign;
    return NULL;
}

static const char *write_fraction(distill_rng *rng, rational q)
{
    static const char *const FORMS[] = {"@1\\frac{@2}{@3}",
                                        "@1\\dfrac{@2}{@3}",
                                        "@1\\tfrac{@2}{@3}",
                                        "@1@2/@3",
                                        "@1{@2 \\over @3}",
                                        "\\frac{@1@2}{@3}",
                                        "@1\\cfrac{@2}{@3}",
                                        "@1@2 / @3",
                                        "@1\\frac{@2}{@3}.",
                                        "@1@2 \\div @3",
                                        "(@1@2)/(@3)",
                                        "@1\\nicefrac{@2}{@3}",
                                        "@1\\frac @2 {@3}",
                                        "@1{\\frac{@2}{@3}}",
                                        "@1 \\frac {@2} { @3 }",
                                        "\\text{@1@2/@3}",
                                        "@1@2\u2044@3",
                                        "@1\\left(\\frac{@2}{@3}\\right)",
                                        "@1@2 \\cdot \\frac{1}{@3}",
                                        "@1\\frac{1}{@3}\\cdot @2",
                                        "@1@2 \\cdot @3^{-1}",
                                        "@1\\dfrac{\\,@2\\,}{@3}"};
    int common = pair_chance(rng, 20) ? pair_int(rng, 2, 9) : 1;
    if (q.n > q.d && pair_chance(rng, 10) && vulgar(q) != NULL)
        return vulgar(q);
    if (llabs(q.n) > q.d && pair_chance(rng, 40))
        return write_mixed(rng, q);
    if (llabs(q.n) < 10 && q.d < 10 && pair_chance(rng, 20))
        return pair_text("%s\\frac%lld%lld", q.n < 0 ? "-" : "", llabs(q.n), q.d);
    const char *form = PAIR_PICK(rng, FORMS);
    if (strstr(form, "\\frac @2") != NULL && llabs(q.n * common) > 9)
        form = FORMS[0];
    return pair_fill(form, q.n < 0 ? "-" : "", pair_text("%lld", llabs(q.n) * common),
                     pair_text("%lld", q.d * common));
}

void make_fraction(pair *p, distill_rng *rng)
{
    rational q, other;
    do
        q = rational_draw_over(rng, 60, 2, 15);
    while (q.d == 1);
    long long whole = llabs(q.n) / q.d, rest = llabs(q.n) % q.d;
    if (p->truth == PAIR_DIFFERENT && whole > 0 && q.d != 10 && pair_chance(rng, 25)) {
        // a mixed number against its digits read in another way: 3 1/4 and 31/4
        long long glued = atoll(pair_text("%lld%lld", whole, rest));
        const char *b = pair_text("%s%lld/%lld", q.n < 0 ? "-" : "", glued, q.d);
        const char *a = write_mixed(rng, q);
        pair_set(p, rng, a, b);
        return;
    }
    do
        other = rational_other(p, rng, q);
    while (other.d == 1);
    const char *a = write_fraction(rng, q), *b = write_fraction(rng, other);
    pair_set(p, rng, a, b);
}

// ---- repeating decimals -------------------------------------------------------------------------

/// n/99…9 of `length` digits, plus `whole`.
static const char *write_repeating(distill_rng *rng, int whole, int digits, int length)
{
    static const int NINES[] = {1, 9, 99, 999};
    rational q = rational_of((long long)whole * NINES[length] + digits, NINES[length]);
    switch (pair_int(rng, 0, 4)) {
    case 0:
        return pair_text("\\frac{%lld}{%lld}", q.n, q.d);
    case 1:
        return pair_text("%lld/%lld", q.n, q.d);
    case 2:
        return pair_text("%d.(%0*d)", whole, length, digits);
    default:
        return pair_text("%d.\\overline{%0*d}", whole, length, digits);
    }
}

void make_repeating(pair *p, distill_rng *rng)
{
    static const int NINES[] = {1, 9, 99, 999};
    int length = pair_int(rng, 1, 3), whole = pair_int(rng, 0, 12), other = whole;
    int digits = pair_int(rng, 1, NINES[length] - 1), changed = digits;
    if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 30))
        other++;
    else if (p->truth == PAIR_DIFFERENT)
        while (changed == digits)
            changed = pair_int(rng, 1, NINES[length] - 1);
    const char *a = write_repeating(rng, whole, digits, length);
    const char *b = write_repeating(rng, other, changed, length);
    pair_set(p, rng, a, b);
}

// ---- numbers in words ---------------------------------------------------------------------------

// clang-format off
static const char *const ONES[] = {
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
};
// clang-format on
static const char *const TENS[] = {"",      "ten",   "twenty",  "thirty", "forty",
                                   "fifty", "sixty", "seventy", "eighty", "ninety"};

static const char *words_below_hundred(int n, const char *hyphen)
{
    if (n < 20)
        return ONES[n];
    if (n % 10 == 0)
        return TENS[n / 10];
    return pair_text("%s%s%s", TENS[n / 10], hyphen, ONES[n % 10]);
}

/// 0 … 999,999 in English.
static const char *words_of(distill_rng *rng, int n)
{
    const char *hyphen = pair_chance(rng, 70) ? "-" : " ",
               *and = pair_chance(rng, 50) ? "and " : "";
    if (n < 100)
        return words_below_hundred(n, hyphen);
    if (n < 1000 && n % 100 == 0)
        return pair_text("%s hundred", ONES[n / 100]);
    if (n < 1000)
        return pair_text("%s hundred %s%s", ONES[n / 100], and,
                         words_below_hundred(n % 100, hyphen));
    if (n % 1000 == 0)
        return pair_text("%s thousand", words_of(rng, n / 1000));
    const char *thousands = words_of(rng, n / 1000), *rest = words_of(rng, n % 1000);
    return pair_text("%s thousand %s%s", thousands, n % 1000 < 100 ? and : "", rest);
}

/// Words as answers have them: plain, in \text, with a capital letter.
static const char *styled_words(distill_rng *rng, const char *words)
{
    const char *capital = pair_text("%c%s", words[0] >= 'a' ? words[0] - 32 : words[0], words + 1);
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return pair_text("\\text{%s}", words);
    case 1:
        return capital;
    case 2:
        return pair_text("\\text{%s}", capital);
    default:
        return words;
    }
}

static const char *write_words(distill_rng *rng, int n)
{
    static const char *const SIGNS[] = {"minus @1", "negative @1"};
    if (n == 12 && pair_chance(rng, 50))
        return styled_words(rng, pair_chance(rng, 50) ? "a dozen" : "one dozen");
    if ((n == 100 || n == 1000) && pair_chance(rng, 50))
        return styled_words(rng, n == 100 ? "a hundred" : "a thousand");
    const char *words = words_of(rng, abs(n));
    if (n < 0)
        words = pair_fill(PAIR_PICK(rng, SIGNS), words, NULL, NULL);
    return styled_words(rng, words);
}

/// Teens against tens, a hundred against a thousand, neighbours.
static int word_near(distill_rng *rng, int n)
{
    int other = n;
    while (other == n || abs(other) > 999999)
        switch (pair_int(rng, 0, 4)) {
        case 0:
            other = n > 12 && n < 20 ? (n - 10) * 10 : n % 10 == 0 ? n / 10 + 10 : -n;
            break;
        case 1:
            other = n % 100 == 0 ? n * 10 : n * 100;
            break;
        default:
            other = (int)whole_near(rng, n);
        }
    return other;
}

void make_words(pair *p, distill_rng *rng)
{
    static const int LIMITS[] = {20, 100, 1000, 99999};
    int n = pair_int(rng, 0, LIMITS[pair_int(rng, 0, 3)]);
    if (n > 0 && pair_chance(rng, 10))
        n = -n;
    int m = p->truth == PAIR_EQUAL ? n : word_near(rng, n);
    p->form = PAIR_BOX;
    const char *a = write_words(rng, n);
    const char *b = pair_chance(rng, 70) ? pair_text("%d", m) : write_words(rng, m);
    pair_set(p, rng, a, b);
}

// ---- fractions in words -------------------------------------------------------------------------

/// n parts of d: "three quarters", "a third", "3 over 5"; with whole ones: "two and a half".
static const char *write_parts(distill_rng *rng, rational q)
{
    static const char *const PARTS[] = {"",      "",        "half",   "third", "quarter", "fifth",
                                        "sixth", "seventh", "eighth", "ninth", "tenth"};
    long long whole = q.n / q.d, n = q.n % q.d;
    const char *part = q.d == 4 && pair_chance(rng, 30) ? "fourth" : PARTS[q.d];
    const char *hyphen = pair_chance(rng, 30) ? "-" : " ";
    const char *words = pair_text("%s%s%s%s", ONES[n], hyphen, part, n > 1 ? "s" : "");
    if (whole == 0 && pair_chance(rng, 15))
        return pair_text("%lld over %lld", n, q.d);
    if (whole == 0 && pair_chance(rng, 15))
        return styled_words(rng, pair_text("%s over %s", ONES[n], ONES[q.d]));
    if (n == 1 && pair_chance(rng, 50))
        words = pair_text("%s %s", q.d == 8 ? "an" : "a", part);
    if (whole > 0)
        words = pair_text("%s and %s", ONES[whole], words);
    return styled_words(rng, words);
}

void make_fraction_words(pair *p, distill_rng *rng)
{
    rational q, other;
    int most = pair_chance(rng, 30) ? 60 : 12;
    do
        q = rational_draw_over(rng, most, 2, 10);
    while (q.n < 0 || q.d == 1 || q.n / q.d > 9);
    do
        other = rational_other(p, rng, q);
    while (other.d == 1 || other.d > 10 || other.n < 0 || other.n / other.d > 9);
    p->form = PAIR_BOX;
    const char *a = write_parts(rng, q);
    const char *b = pair_chance(rng, 80) ? write_fraction(rng, other) : write_parts(rng, other);
    pair_set(p, rng, a, b);
}

// ---- percent ------------------------------------------------------------------------------------

static const char *write_percent(distill_rng *rng, rational percent)
{
    static const char *const FORMS[] = {"@1\\%",
                                        "@1%",
                                        "@1 \\%",
                                        "@1\\,\\%",
                                        "@1\\text{ percent}",
                                        "@1 percent",
                                        "@1\\text{ per cent}",
                                        "@1\\, \\%",
                                        "@1\\text{\\%}"};
    if (pair_chance(rng, 20))
        return rational_tex(rng, rational_times(percent, rational_of(1, 100)));
    const char *value = pair_chance(rng, 70) && rational_places(percent) >= 0
                            ? rational_decimal(percent)
                            : rational_plain(percent);
    return pair_fill(PAIR_PICK(rng, FORMS), value, NULL, NULL);
}

void make_percent(pair *p, distill_rng *rng)
{
    int d = pair_chance(rng, 70) ? 1 : 2;
    rational q = rational_of(pair_int(rng, 1, 200), d), other;
    do
        other = p->truth == PAIR_EQUAL ? q : rational_of(whole_near(rng, q.n), q.d);
    while (p->truth == PAIR_DIFFERENT &&
           (rational_equal(rational_times(other, rational_of(100, 1)), q) ||
            rational_equal(rational_times(q, rational_of(100, 1)), other)));
    p->form = PAIR_BOX;
    const char *a = write_percent(rng, q), *b = write_percent(rng, other);
    pair_set(p, rng, a, b);
}

// ---- scientific notation ------------------------------------------------------------------------

/// digits times 10^exponent, where digits has one to three of them.
static const char *write_scientific(distill_rng *rng, int digits, int exponent)
{
    static const char *const FORMS[] = {
        "@1\\times10^{@2}",  "@1 \\times 10^{@2}", "@1\\cdot10^{@2}", "@1e@2",   "@1E@2",
        "@1 \u00d7 10^{@2}", "@1 \\times 10^{@2}", "@1*10^{@2}",      "@1*10^@2"};
    const char *plain = pair_text("%d", digits);
    int moved = (int)strlen(plain) - 1;
    if (exponent >= 0 && exponent <= 9 && pair_chance(rng, 25)) {
        long long n = digits;
        for (int i = 0; i < exponent; i++)
            n *= 10;
        return grouped(n, pair_chance(rng, 50) ? "," : "");
    }
    if (exponent < 0 && exponent > -9 && pair_chance(rng, 25)) {
        long long scale = 1;
        for (int i = exponent; i < 0; i++)
            scale *= 10;
        return pair_text("%lld.%0*lld", digits / scale, -exponent, digits % scale);
    }
    if (pair_chance(rng, 20) || moved == 0)
        return pair_fill(PAIR_PICK(rng, FORMS), plain, pair_text("%d", exponent), NULL);
    return pair_fill(PAIR_PICK(rng, FORMS), pair_text("%c.%s", plain[0], plain + 1),
                     pair_text("%d", exponent + moved), NULL);
}

void make_scientific(pair *p, distill_rng *rng)
{
    int digits, exponent = pair_int(rng, -9, 12), other, shifted = exponent;
    do
        digits = pair_int(rng, 1, 999);
    while (digits % 10 == 0);
    other = digits;
    if (p->truth == PAIR_DIFFERENT && exponent != 0 && pair_chance(rng, 30))
        shifted = -exponent;
    else if (p->truth == PAIR_DIFFERENT && pair_chance(rng, 40))
        shifted += pair_nonzero(rng, 1);
    else if (p->truth == PAIR_DIFFERENT)
        do
            other = (int)whole_near(rng, digits);
        while (other < 1 || other > 999 || other % 10 == 0);
    const char *a = write_scientific(rng, digits, exponent);
    const char *b = write_scientific(rng, other, shifted);
    pair_set(p, rng, a, b);
}

// ---- digits in a base ---------------------------------------------------------------------------

static const char *digits_of(int n, int base)
{
    const char *tail = "";
    for (; n > 0; n /= base)
        tail = pair_text("%c%s", "0123456789ABCDEF"[n % base], tail);
    return tail;
}

static const char *write_base(distill_rng *rng, int n, int base)
{
    static const char *const FORMS[] = {"@1_{@2}",         "@1_{@2}",   "(@1)_{@2}",
                                        "@1_{\\text{@3}}", "@1_{(@2)}", "\\text{@1}_{@2}",
                                        "@1_{@2}",         "{@1}_{@2}", "\\left(@1\\right)_{@2}"};
    return pair_fill(PAIR_PICK(rng, FORMS), digits_of(n, base), pair_text("%d", base),
                     words_below_hundred(base, "-"));
}

void make_base(pair *p, distill_rng *rng)
{
    static const int BASES[] = {2, 3, 4, 5, 6, 7, 8, 9, 16};
    int base = BASES[pair_int(rng, 0, 8)], n = pair_int(rng, base, 3000);
    if (p->truth == PAIR_EQUAL) {
        const char *a = write_base(rng, n, base), *b = write_base(rng, n, base);
        if (base != 16 && pair_chance(rng, 20))
            pair_set_ordered(p, a, digits_of(n, base));
        else
            pair_set(p, rng, a, b);
        return;
    }
    const char *a = write_base(rng, n, base), *b;
    int other = base == 9 ? 8 : base + 1;
    const char *digits = digits_of(n, base);
    if (other < base && strchr(digits, '8') != NULL)
        other = 16;
    if (pair_chance(rng, 30) && base != 16) // the same digits in another base
        b = pair_text("%s_{%d}", digits, other);
    else
        b = write_base(rng, n + pair_nonzero(rng, pair_chance(rng, 50) ? 1 : base - 1), base);
    pair_set(p, rng, a, b);
}
