// distill/text/jinja/values/jinja_text.h - text by code points, as Python's str.
//
// Private to distill/text. Spans are valid UTF-8.
#ifndef DISTILL_TEXT_JINJA_VALUES_JINJA_TEXT_H
#define DISTILL_TEXT_JINJA_VALUES_JINJA_TEXT_H

#include "distill/text/jinja/values/jinja_run.h"

/// White space of Python's str.strip: White_Space and the four separators U+001C to U+001F.
bool jinja_is_space(uint32_t code);
/// Without the white space at one end.
distill_span jinja_strip_left(distill_span text);
distill_span jinja_strip_right(distill_span text);

/// Number of code points.
size_t jinja_text_count(distill_span text);
/// Offset of the code point with this number; the length if there are fewer.
size_t jinja_text_offset(distill_span text, size_t number);

/// A part of a string, which keeps its origin.
jinja_value jinja_part(jinja_value string, size_t begin, size_t end);

/// Appends the string with each part mapped by `map`, which writes the UTF-8 of a code point.
typedef size_t (*jinja_map)(char out[8], uint32_t code, void *context);
distill_status jinja_map_text(jinja_value *out, jinja_run *run, jinja_value string, jinja_map map,
                              void *context) DISTILL_MUST_CHECK;

#endif
