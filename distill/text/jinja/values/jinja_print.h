// distill/text/jinja/values/jinja_print.h - values as text: Python's str() and repr(), and JSON.
//
// Private to distill/text.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_PRINT_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_PRINT_H

#include "distill/text/jinja/values/jinja_run.h"

/// str(value); undefined values are "".
distill_status jinja_to_string(jinja_value *out, jinja_run *run,
                               jinja_value value) DISTILL_MUST_CHECK;
/// Appends str(value) or repr(value).
distill_status jinja_print(jinja_builder *b, jinja_value value) DISTILL_MUST_CHECK;
distill_status jinja_print_repr(jinja_builder *b, jinja_value value) DISTILL_MUST_CHECK;
/// repr() of a float.
distill_status jinja_print_float(jinja_builder *b, double real) DISTILL_MUST_CHECK;

/// json.dumps(value, ensure_ascii=False, ...)
typedef struct jinja_json_style {
    bool has_indent, sort_keys, ascii;
    distill_span indent;    // of one level
    distill_span item, key; // separators
} jinja_json_style;
distill_status jinja_print_json(jinja_builder *b, jinja_value value,
                                const jinja_json_style *style) DISTILL_MUST_CHECK;

#endif
