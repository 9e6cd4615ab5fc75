// distill/text/jinja/values/jinja_builder.h - strings built piece by piece, with the origin of each byte.
//
//     jinja_builder b = {.run = run};
//     TRY(jinja_builder_add(&b, string));
//     TRY(jinja_builder_add_text(&b, distill_span_of(", ")));
//     TRY(jinja_builder_finish(&value, &b));
//
// Private to distill/text.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_BUILDER_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_BUILDER_H

#include "distill/text/jinja/values/jinja_value.h"

/// Bytes [begin, end) of a text.
typedef struct jinja_range {
    size_t begin, end;
} jinja_range;

typedef struct jinja_builder {
    struct jinja_run *run;
    // private
    char *bytes;
    size_t length, capacity;
    jinja_range *input; // the ranges that are input
    size_t input_count, input_capacity;
} jinja_builder;

/// Appends a string with its origin.
distill_status jinja_builder_add(jinja_builder *b, jinja_value string) DISTILL_MUST_CHECK;
/// Appends text of the template.
distill_status jinja_builder_add_text(jinja_builder *b, distill_span text) DISTILL_MUST_CHECK;
/// Appends text that is input, or not.
distill_status jinja_builder_add_span(jinja_builder *b, distill_span text,
                                      bool is_input) DISTILL_MUST_CHECK;
distill_status jinja_builder_add_format(jinja_builder *b, const char *format, ...)
    DISTILL_PRINTF(2, 3) DISTILL_MUST_CHECK;
/// Sets *out to the string; the builder must not be used after that.
distill_status jinja_builder_finish(jinja_value *out, jinja_builder *b) DISTILL_MUST_CHECK;
/// a + b. Without copying `a`, if it is the text that was built last.
distill_status jinja_concat(jinja_value *out, struct jinja_run *run, jinja_value a,
                            jinja_value b) DISTILL_MUST_CHECK;

/// Calls `visit` for each part of the string that is from one origin, in order.
typedef distill_status (*jinja_visit)(void *context, distill_span part, bool is_input);
distill_status jinja_visit_parts(jinja_value string, jinja_visit visit,
                                 void *context) DISTILL_MUST_CHECK;
/// True if a byte of the string is input.
bool jinja_has_input(jinja_value string);

#endif
