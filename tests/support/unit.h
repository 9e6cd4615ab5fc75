// tests/support/unit.h - cmocka with the headers that it requires, and checks of statuses.
#ifndef TESTS_SUPPORT_UNIT_H
#define TESTS_SUPPORT_UNIT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "distill/base/status.h"

/// Fails the test, with the error message, if the call fails.
#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        distill_status unit_status = (expression);                                                 \
        if (unit_status != DISTILL_OK)                                                             \
            fail_msg("%s: %s", #expression, distill_error_message());                              \
    } while (0)

/// Fails the test unless the call fails with `expected` and a message that contains `words`.
#define assert_fails(expression, expected, words)                                                  \
    do {                                                                                           \
        distill_status unit_status = (expression);                                                 \
        if (unit_status != (expected))                                                             \
            fail_msg("%s: status %s, expected %s (%s)", #expression,                               \
                     distill_status_name(unit_status), distill_status_name(expected),              \
                     unit_status == DISTILL_OK ? "it succeeded" : distill_error_message());        \
        if (strstr(distill_error_message(), (words)) == NULL)                                      \
            fail_msg("the message \"%s\" does not say \"%s\"", distill_error_message(), (words));  \
    } while (0)

/// |value - expected| <= tolerance, in double (cmocka's check compares floats); NaN fails.
#define assert_within(value, expected, tolerance)                                                  \
    do {                                                                                           \
        double unit_value = (value), unit_expected = (expected), unit_tolerance = (tolerance);     \
        if (!(fabs(unit_value - unit_expected) <= unit_tolerance))                                 \
            fail_msg("%s is %.17g, expected %.17g within %g", #value, unit_value, unit_expected,   \
                     unit_tolerance);                                                              \
    } while (0)

#endif
