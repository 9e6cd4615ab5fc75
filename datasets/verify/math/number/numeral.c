// datasets/verify/math/number/numeral.c - reads and compares plain numbers.
//
// 18 digits fit a 64-bit integer, and the products of a comparison fit 128 bits, so that everything
// is exact and needs no memory.
#include "datasets/verify/math/number/numeral.h"

#include "datasets/verify/ascii.h"

#include <string.h>

enum { MOST_DIGITS = 18 };

typedef struct reader {
    const char *at, *end;
} reader;

static bool take(reader *r, const char *sign)
{
    size_t length = strlen(sign);
    if ((size_t)(r->end - r->at) < length || memcmp(r->at, sign, length) != 0)
        return false;
    r->at += length;
    return true;
}

static bool at_digit(const reader *r)
{
    return r->at < r->end && ascii_is_digit(*r->at);
}

/// Takes the digits that follow, at most MOST_DIGITS with the `so_far` before them; returns their
/// number.
static int take_digits(reader *r, uint64_t *value, int so_far)
{
    int count = 0;
    for (; at_digit(r) && so_far + count < MOST_DIGITS; r->at++, count++)
        *value = *value * 10 + (uint64_t)(*r->at - '0');
    return count;
}

/// Takes the groups of 1,234,567 after the first.
static bool take_thousands(reader *r, uint64_t *value, int *digits)
{
    while (r->end - r->at >= 4 && *r->at == ',') {
        reader ahead = {r->at + 1, r->end};
        if (*digits + 3 > MOST_DIGITS || take_digits(&ahead, value, *digits) != 3)
            return false;
        *digits += 3;
        r->at = ahead.at;
    }
    return true;
}

static bool take_natural(reader *r, uint64_t *value)
{
    *value = 0;
    return take_digits(r, value, 0) > 0 && !at_digit(r);
}

/// Takes an argument of \frac: {12}, or the one digit 3.
static bool take_argument(reader *r, uint64_t *value)
{
    if (take(r, "{"))
        return take_natural(r, value) && take(r, "}");
    *value = 0;
    if (!at_digit(r))
        return false;
    *value = (uint64_t)(*r->at++ - '0');
    return true;
}

static bool read_decimal(numeral *out, reader *r)
{
    uint64_t value = 0;
    const char *from = r->at;
    int digits = take_digits(r, &value, 0);
    bool grouped = digits >= 1 && digits <= 3 && *from != '0';
    if (grouped && !take_thousands(r, &value, &digits))
        return false;
    out->den = 1;
    if (r->end - r->at >= 2 && *r->at == '.' && ascii_is_digit(r->at[1])) {
        r->at++;
        int places = take_digits(r, &value, digits);
        for (int i = 0; i < places; i++)
            out->den *= 10;
        digits += places;
        out->decimal = true;
    }
    out->num = value;
    return digits > 0 && !at_digit(r);
}

bool numeral_read(numeral *out, distill_span text)
{
    reader r = {text.bytes, text.bytes + text.length};
    *out = (numeral){.den = 1};
    while (take(&r, " ") || take(&r, "$") || take(&r, "\\("))
        ;
    out->negative = take(&r, "-");
    while (take(&r, " "))
        ;
    if (take(&r, "\\frac") || take(&r, "\\dfrac") || take(&r, "\\tfrac")) {
        if (!take_argument(&r, &out->num) || !take_argument(&r, &out->den))
            return false;
    } else if (!read_decimal(out, &r)) {
        return false;
    } else if (!out->decimal && take(&r, "/")) {
        if (!take_natural(&r, &out->den))
            return false;
    }
    while (take(&r, " ") || take(&r, "$") || take(&r, "\\)") || take(&r, "."))
        ;
    return r.at == r.end && out->den > 0;
}

int numeral_compare(const numeral *a, const numeral *b)
{
    __int128 x = (__int128)a->num * b->den, y = (__int128)b->num * a->den;
    x = a->negative ? -x : x;
    y = b->negative ? -y : y;
    return x < y ? -1 : x > y;
}
