// distill/text/jinja/builtins/string_tools.h - work on strings for both filters and methods.
//
// Private to distill/text.
#ifndef DISTILL_TEXT_JINJA_BUILTINS_STRING_TOOLS_H
#define DISTILL_TEXT_JINJA_BUILTINS_STRING_TOOLS_H

#include "distill/text/jinja/values/jinja_text.h"

typedef enum string_side { STRING_LEFT = 1, STRING_RIGHT = 2, STRING_BOTH = 3 } string_side;

/// Without white space, or without the characters of `characters`, at these sides.
/// Errors  `characters` is not JINJA_ABSENT, none or a string.
distill_status string_strip(jinja_value *out, jinja_run *run, jinja_value string,
                            jinja_value characters, string_side sides) DISTILL_MUST_CHECK;

typedef enum string_case { STRING_UPPER, STRING_LOWER, STRING_CAPITAL, STRING_TITLE } string_case;
distill_status string_to_case(jinja_value *out, jinja_run *run, jinja_value string,
                              string_case to) DISTILL_MUST_CHECK;

/// Replaces up to `most` occurrences; all if it is negative.
distill_status string_replace(jinja_value *out, jinja_run *run, jinja_value string, jinja_value old,
                              jinja_value by, int64_t most) DISTILL_MUST_CHECK;
/// The lines, without their ends or with them.
distill_status string_lines(jinja_value *out, jinja_run *run, jinja_value string,
                            bool keep_ends) DISTILL_MUST_CHECK;
/// separator.join(items); items that are no strings are an error, or printed.
distill_status string_join(jinja_value *out, jinja_run *run, jinja_value separator,
                           jinja_value items, bool prints) DISTILL_MUST_CHECK;
/// Padded with `fill` (one character) on these sides to `width` characters.
distill_status string_pad(jinja_value *out, jinja_run *run, jinja_value string, int64_t width,
                          distill_span fill, string_side sides) DISTILL_MUST_CHECK;

#endif
