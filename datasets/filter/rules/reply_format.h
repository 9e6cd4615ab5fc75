// datasets/filter/rules/reply_format.h - is a reply in the form that the recipe asks for?
//
//     think     <think> reasoning </think> answer
//     r1-zero   <think> reasoning </think> <answer> answer </answer>, and nothing else
//
// White space around the parts is free. The answer must not be empty.
#ifndef DATASETS_FILTER_RULES_REPLY_FORMAT_H
#define DATASETS_FILTER_RULES_REPLY_FORMAT_H

#include "distill/base/text.h"

typedef enum reply_format {
    REPLY_FORMAT_NONE,
    REPLY_FORMAT_THINK,
    REPLY_FORMAT_R1_ZERO
} reply_format;

/// NULL if the reply is in the form; else what is wrong: "missing", "unclosed", "unopened",
/// "empty", "nested", "repeated", "text_before", "text_between", "text_after", "no_answer",
/// "wrong_order" or "other_tag".
const char *reply_format_fault(reply_format format, distill_span reply);
/// True if there is nothing but white space and tags.
bool reply_is_empty(distill_span reply);

#endif
