// tests/support/unit.h - cmocka with everything it needs included first, and checks for statuses.
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

/// The call succeeds; prints the message if it does not.
#define assert_ok(expression)                                                                      \
    do {                                                                                           \
        distill_status unit_status = (expression);                                                 \
        if (unit_status != DISTILL_OK)                                                             \
            fail_msg("%s: %s", #expression, distill_error_message());                              \
    } while (0)

/// The call fails with `wanted`, and its message holds `words`.
#define assert_fails(expression, wanted, words)                                                    \
    do {                                                                                           \
        distill_status unit_status = (expression);                                                 \
        if (unit_status != (wanted))                                                               \
            fail_msg("%s: status %s, wanted %s (%s)", #expression,                                 \
                     distill_status_name(unit_status), distill_status_name(wanted),                \
                     unit_status == DISTILL_OK ? "it succeeded" : distill_error_message());        \
        if (strstr(distill_error_message(), (words)) == NULL)                                      \
            fail_msg("the message \"%s\" does not say \"%s\"", distill_error_message(), (words));  \
    } while (0)

/// |value - wanted| <= tolerance, in double (cmocka's own check compares floats); NaN fails.
#define assert_within(value, wanted, tolerance)                                                    \
    do {                                                                                           \
        double unit_value = (value), unit_wanted = (wanted), unit_tolerance = (tolerance);         \
        if (!(fabs(unit_value - unit_wanted) <= unit_tolerance))                                   \
            fail_msg("%s is %.17g, wanted %.17g within %g", #value, unit_value, unit_wanted,       \
                     unit_tolerance);                                                              \
    } while (0)

#endif
