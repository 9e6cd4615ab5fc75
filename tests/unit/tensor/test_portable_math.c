// tests/unit/tensor/test_portable_math.c - accuracy against the C library, published values, and the
// bits that every machine must give.
#include "distill/tensor/portable_math.h"

#include "distill/base/rng.h"
#include "tests/support/unit.h"

#include <float.h>

static double sine(double x)
{
    double s, c;
    portable_sine_cosine(&s, &c, x);
    return s;
}

static double cosine(double x)
{
    double s, c;
    portable_sine_cosine(&s, &c, x);
    return c;
}

/// |value - wanted| in units in the last place of `wanted`, a normal number.
static double ulps(double value, double wanted)
{
    int exponent;
    frexp(wanted, &exponent);
    return fabs(value - wanted) / ldexp(1, exponent - DBL_MANT_DIG);
}

#define assert_ulps(value, wanted, most)                                                           \
    do {                                                                                           \
        double unit_value = (value), unit_wanted = (wanted);                                       \
        if (!(ulps(unit_value, unit_wanted) <= (most)))                                            \
            fail_msg("%s is %a, wanted %a", #value, unit_value, unit_wanted);                      \
    } while (0)

/// In (low, high); the i-th of a fixed sequence.
static double drawn(uint64_t i, double low, double high)
{
    return low + (high - low) * distill_rng_at(7, i);
}

// Correctly rounded values, computed with 250 bits (mpmath 1.2).
static void values_are_those_of_exact_arithmetic(void **state)
{
    static const struct {
        double x, log, exp, sine, cosine;
    } ROWS[] = {
        {0x1.56e1fc2f8f359p-997, -0x1.5963447f87fb5p+9, 0x1.0000000000000p+0,
         0x1.56e1fc2f8f359p-997, 0x1.0000000000000p+0},
        {0x1.999999999999ap-4, -0x1.26bb1bbb55515p+1, 0x1.1aec7b35a00d4p+0, 0x1.98eaecb8bcb2cp-4,
         0x1.fd712f9a817c1p-1},
        {0x1.0000000000000p-1, -0x1.62e42fefa39efp-1, 0x1.a61298e1e069cp+0, 0x1.eaee8744b05f0p-2,
         0x1.c1528065b7d50p-1},
        {0x1.6a09e667f3bccp-1, -0x1.62e42fefa39f1p-2, 0x1.0399458f5a0d6p+1, 0x1.4c9d367f3eacdp-1,
         0x1.853ec7a2cd122p-1},
        {0x1.6a09e667f3bcdp+0, 0x1.62e42fefa39f0p-2, 0x1.073f7e8448776p+2, 0x1.f9bc75444858bp-1,
         0x1.3f5f6868470b3p-3},
        {0x1.000001ad7f29bp+0, 0x1.ad7f2847b6492p-24, 0x1.5bf0aaf904984p+1, 0x1.aed54ac0ae885p-1,
         0x1.14a27e287efa0p-1},
        {0x1.ffffffff24190p-1, -0x1.b7ce00005e728p-34, 0x1.5bf0a8b0b0063p+1, 0x1.aed548f019fe9p-1,
         0x1.14a280fc09735p-1},
        {0x1.8000000000000p+1, 0x1.193ea7aad030bp+0, 0x1.415e5bf6fb106p+4, 0x1.210386db6d55bp-3,
         -0x1.fae04be85e5d2p-1},
        {0x1.921fb54442d18p+0, 0x1.ce6bb25aa1315p-2, 0x1.33dedc855935fp+2, 0x1.0000000000000p+0,
         0x1.1a62633145c07p-54},
        {0x1.921fb54442d18p+1, 0x1.250d048e7a1bdp+0, 0x1.724046eb09339p+4, 0x1.1a62633145c07p-53,
         -0x1.0000000000000p+0},
        {0x1.6000000000000p+4, 0x1.8ba74773dc5c8p+1, 0x1.ab5adb9c43600p+31, -0x1.220a29f6eb9f4p-7,
         -0x1.fffadd8d4acdap-1},
        {0x1.9200000000000p+6, 0x1.270cd2ff40ab2p+2, 0x1.fcc37a76f9e76p+144, -0x1.fb3f833470ff1p-6,
         0x1.ffc12adaecec2p-1},
        {0x1.6300000000000p+8, 0x1.77d0c72203a16p+2, 0x1.1d613bf0a8036p+512, -0x1.f9bd0307d1de3p-16,
         -0x1.fffffffc18e4cp-1},
        {0x1.5e20000000000p+9, 0x1.a34ac026e1799p+2, 0x1.2fd8e4cbfa413p+1010, 0x1.4721104077214p-2,
         -0x1.e52bb4696a584p-1},
        {0x1.0001000000000p+16, 0x1.62e44fef939f0p+3, INFINITY, -0x1.de29f1835c200p-3,
         -0x1.f1d96dea65228p-1},
        {0x1.9639000000000p+16, 0x1.71aaa14d72bb9p+3, INFINITY, -0x1.40efdf1eb8de7p-16,
         0x1.fffffffe6da77p-1},
        {0x1.fffff80000000p+19, 0x1.bb9d3b6b8c85bp+3, INFINITY, 0x1.633156c9d2a04p-4,
         0x1.fe12400c920a8p-1},
        {0x1.fffffff000000p+28, 0x1.419ecb70ac481p+4, INFINITY, 0x1.f18d5c013070dp-1,
         -0x1.e3164dbe8bfd8p-3},
    };
    static const struct {
        double base, exponent, value;
    } POWERS[] = {
        {0x1.3880000000000p+13, -0x1.0000000000000p-5, 0x1.7ff2224115d9ap-1},
        {0x1.3880000000000p+13, -0x1.f000000000000p-1, 0x1.17a8e301c4436p-13},
        {0x1.e848000000000p+19, -0x1.f800000000000p-1, 0x1.4d1c97f4e952fp-20},
        {0x1.e848000000000p+18, -0x1.1000000000000p-2, 0x1.f5ea7e575c95ep-6},
        {0x1.312d000000000p+22, -0x1.3333333333333p-2, 0x1.4072f24afb0a8p-7},
        {0x1.8000000000000p+0, 0x1.9080000000000p+7, 0x1.19d7733854eb6p+117},
        {0x1.d000000000000p+2, -0x1.c000000000000p+1, 0x1.fef5c1e6eecc8p-11},
        {0x1.999999999999ap-4, 0x1.1000000000000p+4, 0x1.70ef54646d49dp-57},
        {0x1.0000000000000p+1, 0x1.0000000000000p-1, 0x1.6a09e667f3bcdp+0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        assert_ulps(portable_log(ROWS[i].x), ROWS[i].log, 1);
        if (ROWS[i].exp < DBL_MAX)
            assert_ulps(portable_exp(ROWS[i].x), ROWS[i].exp, 1);
        assert_ulps(sine(ROWS[i].x), ROWS[i].sine, 1);
        assert_ulps(cosine(ROWS[i].x), ROWS[i].cosine, 1);
    }
    for (size_t i = 0; i < sizeof POWERS / sizeof *POWERS; i++)
        assert_ulps(portable_power(POWERS[i].base, POWERS[i].exponent), POWERS[i].value, 1);
}

// The C library's error is below 1 unit in the last place of a double (glibc, musl), and so is ours.
static void values_are_close_to_the_c_library(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 50000; i++) {
        double wide = exp(drawn(4 * i, -700, 700)), narrow = drawn(4 * i + 1, 0.5, 2);
        double angle = drawn(4 * i + 2, 0, 1 << 20), base = drawn(4 * i + 3, 100, 1e7);
        double exponent = -2 * drawn(4 * i, 0, 1);
        assert_ulps(portable_log(wide), log(wide), 2);
        assert_ulps(portable_log(narrow), log(narrow), 2);
        assert_ulps(portable_exp(log(wide)), exp(log(wide)), 2);
        assert_ulps(portable_exp(narrow), exp(narrow), 2);
        assert_ulps(portable_power(base, exponent), pow(base, exponent), 2);
        assert_ulps(sine(angle), sin(angle), 2);
        assert_ulps(cosine(-angle), cos(angle), 2);
        assert_ulps(sine(-narrow), sin(-narrow), 2);
    }
}

static void limits_are_those_of_the_functions(void **state)
{
    (void)state;
    assert_true(portable_log(0) == -INFINITY && portable_log(INFINITY) == INFINITY);
    assert_true(isnan(portable_log(-1)) && isnan(portable_log(NAN)));
    assert_true(portable_log(1) == 0 && portable_log(0x1p-1074) < -744);
    assert_true(portable_exp(0) == 1 && portable_exp(-INFINITY) == 0 && portable_exp(-800) == 0);
    assert_true(portable_exp(710) == INFINITY && portable_exp(INFINITY) == INFINITY);
    assert_true(portable_exp(-744) > 0 && isnan(portable_exp(NAN)));
    assert_true(portable_power(10000, 0) == 1 && portable_power(1, 1e300) == 1);
    assert_true(portable_power(2, 1e300) == INFINITY && portable_power(2, -1e300) == 0);
    assert_true(isnan(portable_power(0, 1)) && isnan(portable_power(-2, 2)));
    assert_true(isnan(portable_power(2, NAN)) && isnan(portable_power(INFINITY, 1)));
    assert_true(sine(0) == 0 && cosine(0) == 1);
    assert_true(isnan(sine(NAN)) && isnan(cosine(INFINITY)) && isnan(sine(0x1p29)));
}

static uint64_t add_bits(uint64_t hash, double value)
{
    return distill_fnv1a(hash, (const char *)&value, sizeof value);
}

// Whatever the compiler, the C library and the processor.
static void bits_are_the_same_on_every_machine(void **state)
{
    enum { LOG, EXP, POWER, SINE, COSINE, FUNCTIONS };
    static const uint64_t GOLDEN[FUNCTIONS] = {0x9A46ED49D85F49C9, 0xD496E440C052E32E,
                                               0x08E6E890CEAABB72, 0x3CB3FCA077D0FF98,
                                               0x43948B720FFFDC4A};
    uint64_t hashes[FUNCTIONS] = {0};
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        double x = drawn(2 * i, 0, i % 2 == 0 ? 4 : 1e6), y = drawn(2 * i + 1, -30, 30);
        hashes[LOG] = add_bits(hashes[LOG], portable_log(x));
        hashes[EXP] = add_bits(hashes[EXP], portable_exp(y));
        hashes[POWER] = add_bits(hashes[POWER], portable_power(x, y / 15));
        hashes[SINE] = add_bits(hashes[SINE], sine(x));
        hashes[COSINE] = add_bits(hashes[COSINE], cosine(x));
    }
    for (size_t i = 0; i < FUNCTIONS; i++)
        assert_int_equal(hashes[i], GOLDEN[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_exact_arithmetic),
        cmocka_unit_test(values_are_close_to_the_c_library),
        cmocka_unit_test(limits_are_those_of_the_functions),
        cmocka_unit_test(bits_are_the_same_on_every_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
