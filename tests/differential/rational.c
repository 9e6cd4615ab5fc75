// tests/differential/rational.c - small exact fractions, values near to them, and how they are
// written.
#include "tests/differential/rational.h"

#include <stdlib.h>

static long long common_factor(long long a, long long b)
{
    while (b != 0) {
        long long rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

rational rational_of(long long n, long long d)
{
    long long g = common_factor(n, d);
    if (d < 0)
        g = -g;
    return (rational){n / g, d / g};
}

rational rational_add(rational a, rational b)
{
    return rational_of(a.n * b.d + b.n * a.d, a.d * b.d);
}

rational rational_times(rational a, rational b)
{
    return rational_of(a.n * b.n, a.d * b.d);
}

bool rational_equal(rational a, rational b)
{
    return a.n == b.n && a.d == b.d;
}

int rational_compare(rational a, rational b)
{
    long long left = a.n * b.d, right = b.n * a.d;
    return left < right ? -1 : left > right;
}

bool rational_is_whole(rational q)
{
    return q.d == 1;
}

int rational_places(rational q)
{
    long long d = q.d;
    int twos = 0, fives = 0;
    for (; d % 2 == 0; d /= 2)
        twos++;
    for (; d % 5 == 0; d /= 5)
        fives++;
    return d != 1 ? -1 : twos > fives ? twos : fives;
}

rational rational_draw_over(distill_rng *rng, int n, int low, int high)
{
    int numerator = pair_nonzero(rng, n);
    return rational_of(numerator, pair_int(rng, low, high));
}

rational rational_draw(distill_rng *rng)
{
    switch (pair_int(rng, 0, 3)) {
    case 0:
        return rational_draw_over(rng, 30, 2, 12);
    case 1:
        return rational_times(rational_draw_over(rng, 300, 1, 1), rational_of(1, 100));
    default:
        return rational_of(pair_nonzero(rng, pair_chance(rng, 30) ? 5000 : 40), 1);
    }
}

/// One of the digits of |n| changed; the first one does not become 0.
static long long change_digit(distill_rng *rng, long long n)
{
    long long place = 1, size = llabs(n);
    while (size / place >= 10 && pair_chance(rng, 60))
        place *= 10;
    int old = (int)(size / place % 10), lowest = size / place < 10;
    size += (pair_int(rng, lowest, 9) - old) * place;
    return n < 0 ? -size : size;
}

long long whole_near(distill_rng *rng, long long n)
{
    for (;;) {
        long long other = n;
        switch (pair_int(rng, 0, 5)) {
        case 0:
            other = -n;
            break;
        case 1:
            other = n + pair_nonzero(rng, 1);
            break;
        case 2:
            other = n * 10;
            break;
        case 3:
            other = n / 10;
            break;
        default:
            other = change_digit(rng, n);
        }
        if (other != n && other > -1000000000000 && other < 1000000000000)
            return other;
    }
}

rational rational_near(distill_rng *rng, rational q)
{
    for (;;) {
        rational other = q;
        int how = pair_int(rng, 0, 3);
        if (how == 0)
            other = rational_of(-q.n, q.d);
        else if (how == 1 && q.n != 0)
            other = rational_of(q.d, q.n);
        else if (how == 2 && q.d > 1)
            other = rational_of(q.n, q.d + 1);
        else
            other = rational_of(whole_near(rng, q.n), q.d);
        if (!rational_equal(other, q))
            return other;
    }
}

rational rational_other(const pair *p, distill_rng *rng, rational q)
{
    return p->truth == PAIR_EQUAL ? q : rational_near(rng, q);
}

const char *rational_plain(rational q)
{
    if (q.d == 1)
        return pair_text("%lld", q.n);
    return pair_text("%s\\frac{%lld}{%lld}", q.n < 0 ? "-" : "", llabs(q.n), q.d);
}

const char *rational_decimal(rational q)
{
    long long scale = 1;
    int places = rational_places(q);
    for (int i = 0; i < places; i++)
        scale *= 10;
    long long digits = llabs(q.n) * (scale / q.d);
    if (places == 0)
        return pair_text("%lld", q.n);
    return pair_text("%s%lld.%0*lld", q.n < 0 ? "-" : "", digits / scale, places, digits % scale);
}

const char *rational_tex(distill_rng *rng, rational q)
{
    static const char *const FRACTIONS[] = {"@1\\frac{@2}{@3}", "@1\\dfrac{@2}{@3}", "@1@2/@3",
                                            "@1\\tfrac{@2}{@3}", "@1\\frac{@2}{@3}"};
    int places = rational_places(q);
    if (q.d == 1)
        return pair_text("%lld", q.n);
    if (places > 0 && places <= 3 && pair_chance(rng, 40))
        return rational_decimal(q);
    return pair_fill(PAIR_PICK(rng, FRACTIONS), q.n < 0 ? "-" : "", pair_text("%lld", llabs(q.n)),
                     pair_text("%lld", q.d));
}

const char *rational_factor(rational q)
{
    if (q.d == 1 && (q.n == 1 || q.n == -1))
        return q.n == 1 ? "" : "-";
    return rational_plain(q);
}

const char *rational_sum(const rational *c, const char *const *name, size_t count)
{
    const char *sum = "";
    for (size_t i = 0; i < count; i++) {
        const char *term = name[i][0] == '\0' ? rational_plain(c[i])
                                              : pair_text("%s%s", rational_factor(c[i]), name[i]);
        if (c[i].n != 0)
            sum = pair_text("%s%s%s", sum, sum[0] != '\0' && c[i].n > 0 ? "+" : "", term);
    }
    return sum[0] == '\0' ? "0" : sum;
}

const char *rational_sum_shuffled(distill_rng *rng, const rational *c, const char *const *name,
                                  size_t count)
{
    rational mixed[8];
    const char *mixed_name[8];
    size_t order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    distill_rng_shuffle(rng, order, count);
    for (size_t i = 0; i < count; i++) {
        mixed[i] = c[order[i]];
        mixed_name[i] = name[order[i]];
    }
    return rational_sum(mixed, mixed_name, count);
}
