// datasets/traces/json_field.h - the fields of a line of JSON: found under one of several names,
// and their values as those of a trace. Private to json_trace_read.c and
// json_reply.c.
#ifndef DATASETS_TRACES_JSON_FIELD_H
#define DATASETS_TRACES_JSON_FIELD_H

#include "datasets/traces/record.h"
#include "distill/base/json/json_reader.h"

/// The member of `object` with the first of `names` (which end with NULL) that is present and not
/// null; sets *found to that name. NULL if there is none.
const distill_json_node *json_field_first_in(const distill_json_node *object,
                                             const char *const *names, const char **found);
/// json_field_first_in for the line itself.
const distill_json_node *json_field_first(const distill_json *doc, const char *const *names,
                                          const char **found);
/// Fails: FORMAT naming FILE:LINE, the field, and both kinds.
distill_status json_field_wrong_type(const distill_json *doc, const char *key, const char *expected,
                                     const distill_json_node *found) DISTILL_MUST_CHECK;
/// Appends a string, or a number as it is written.
distill_status json_field_add(distill_text *out, const distill_json *doc,
                              const distill_json_node *node, const char *key) DISTILL_MUST_CHECK;
/// Sets *out to the string of a field, or to `otherwise` if the field is absent.
distill_status json_field_get_text(distill_span *out, const distill_json *doc, const char *key,
                                   const char *otherwise) DISTILL_MUST_CHECK;
/// The string of a field; `otherwise` if the field is absent or of another kind.
distill_span json_field_label(const distill_json *doc, const char *key, const char *otherwise);

/// Reads the end of a reply: stop, length, error, or another program's word for one of them.
/// `where` is the start of the message. Errors  FORMAT.
distill_status json_field_parse_finish(trace_finish *out, distill_span text,
                                       const char *where) DISTILL_MUST_CHECK;
/// Reads the key of a trace_reason; false if `name` is none.
bool json_field_parse_reason(trace_reason *out, distill_span name);
/// Sets *out to 1, 0 or -1 for true, false or null, or by the sign of a number; false for a value
/// of another kind, which is not a verdict.
bool json_field_parse_correct(int8_t *out, const distill_json_node *node);

#endif
