// distill/base/json/json_writer.h - writes JSON: a streaming writer, and single values.
//
//     distill_json_writer w = {.out = &line};
//     distill_json_begin_object(&w, NULL);
//     distill_json_add_string(&w, "name", trace->name);      // escaped; invalid UTF-8 is replaced
//     distill_json_add_uint(&w, "tokens", trace->tokens);
//     distill_json_begin_array(&w, "rewards");
//     for (size_t i = 0; i < count; i++)
//         distill_json_add_number(&w, NULL, rewards[i]);     // in an array, the key is NULL
//     distill_json_end_array(&w);
//     distill_json_add_fixed(&w, "seconds", seconds, 3);     // 3 decimals
//     distill_json_end_object(&w);
//     TRY(distill_json_finish_line(&w));                     // the first error of all these calls
//
// gives {"name":"a","tokens":12,"rewards":[1,0.5],"seconds":0.250} and a line feed.
//
// Errors   are stored in the writer: after the first one nothing more is written, and
//          distill_json_finish() or distill_json_finish_line() returns it. Possible are those of
//          the text (NO_MEMORY, LIMIT) and LIMIT for nesting deeper than DISTILL_JSON_MAX_DEPTH.
// Misuse   fails an assertion: a key in an array, a missing key in an object, an end of the wrong
//          kind, two values at the top level.
// Memory   the writer allocates nothing itself and needs no cleanup.
#ifndef DISTILL_BASE_JSON_JSON_WRITER_H
#define DISTILL_BASE_JSON_JSON_WRITER_H

#include "distill/base/json/json_reader.h"
#include "distill/base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { DISTILL_JSON_MAX_DEPTH = 256 }; // more than the reader accepts

typedef struct distill_json_writer {
    distill_text *out; // output is appended
    bool spaced;       // ", " and ": " instead of "," and ":"
    // private
    distill_status status; // of the first call that failed
    bool separate;         // a comma is due before the next item
    size_t depth;          // number of open objects and arrays
    size_t line_break;     // 0, or 1 + the indent of the line that the next item or end begins
    uint64_t arrays[DISTILL_JSON_MAX_DEPTH / 64]; // bit d: the container of depth d+1 is an array
} distill_json_writer;

// `key` is the member's name inside an object, and NULL inside an array or at the top level.

void distill_json_begin_object(distill_json_writer *w, const char *key);
void distill_json_end_object(distill_json_writer *w);
void distill_json_begin_array(distill_json_writer *w, const char *key);
void distill_json_end_array(distill_json_writer *w);

/// A string; NULL is written as null. Invalid UTF-8 becomes U+FFFD.
void distill_json_add_string(distill_json_writer *w, const char *key, const char *string);
/// A string of any bytes, including NUL; an empty span is written as "".
void distill_json_add_span(distill_json_writer *w, const char *key, distill_span bytes);
/// A string formatted as by printf, then escaped.
void distill_json_add_format(distill_json_writer *w, const char *key, const char *format, ...)
    DISTILL_PRINTF(3, 4);
/// The shortest decimal that is read back as the same double; NaN and infinities become null.
void distill_json_add_number(distill_json_writer *w, const char *key, double value);
/// With `decimals` digits after the point (printf's "%.*f"); NaN and infinities become null.
void distill_json_add_fixed(distill_json_writer *w, const char *key, double value, int decimals);
/// With at most `digits` significant digits (printf's "%.*g"); NaN and infinities become null.
void distill_json_add_rounded(distill_json_writer *w, const char *key, double value, int digits);
void distill_json_add_int(distill_json_writer *w, const char *key, int64_t value);
void distill_json_add_uint(distill_json_writer *w, const char *key, uint64_t value);
void distill_json_add_bool(distill_json_writer *w, const char *key, bool value);
void distill_json_add_null(distill_json_writer *w, const char *key);
/// A value that is already JSON, copied unchanged; not empty.
void distill_json_add_raw(distill_json_writer *w, const char *key, distill_span json);
/// Members ("a":1,"b":2) that are already JSON, copied into the open object; may be empty.
void distill_json_add_raw_members(distill_json_writer *w, distill_span members);
/// A value of a document, without white space; whole numbers keep every digit.
void distill_json_add_node(distill_json_writer *w, const char *key, const distill_json *doc,
                           const distill_json_node *node);
/// The next item, or the end of the open container, begins a new line with `indent` spaces.
void distill_json_break_line(distill_json_writer *w, size_t indent);

/// Returns the first error since the beginning or the last finish, and resets the writer for
/// another value. Requires one complete value.
distill_status distill_json_finish(distill_json_writer *w) DISTILL_MUST_CHECK;
/// Like distill_json_finish, with a line feed appended: one line of a JSON-lines file.
distill_status distill_json_finish_line(distill_json_writer *w) DISTILL_MUST_CHECK;

// Single values, without a writer.

/// Appends `bytes` as a JSON string with quotes; invalid UTF-8 becomes U+FFFD. Escapes, besides
/// what JSON requires, U+007F and the line ends U+0085, U+2028 and U+2029: some readers of JSON
/// lines split lines there.
distill_status distill_json_write_string(distill_text *out, distill_span bytes) DISTILL_MUST_CHECK;
/// Appends the shortest decimal that is read back as the same double; NaN and infinities become
/// null.
distill_status distill_json_write_number(distill_text *out, double value) DISTILL_MUST_CHECK;
/// Appends the value of a number node; whole numbers keep all digits.
distill_status distill_json_write_number_node(distill_text *out,
                                              const distill_json_node *node) DISTILL_MUST_CHECK;
/// Appends `node` as JSON text without white space.
distill_status distill_json_write_node(distill_text *out, const distill_json *doc,
                                       const distill_json_node *node) DISTILL_MUST_CHECK;

#endif
