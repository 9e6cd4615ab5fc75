// datasets/filter/rules/reply_format.h - checks the tags of a reply.
//
//     think     <think> reasoning </think> answer
//     r1-zero   <think> reasoning </think> <answer> answer </answer>, and no other text
//
// White space around the parts is allowed. Reasoning and answer must not be empty.
// Source  DeepSeek-AI 2025, arXiv:2501.12948, table 1.
#ifndef DATASETS_FILTER_RULES_REPLY_FORMAT_H
#define DATASETS_FILTER_RULES_REPLY_FORMAT_H

#include "distill/base/text.h"

typedef enum reply_format {
    REPLY_FORMAT_NONE,
    REPLY_FORMAT_THINK,
    REPLY_FORMAT_R1_ZERO
} reply_format;

/// NULL if the reply has the format; else the fault: "missing", "unclosed", "unopened",
/// "empty", "nested", "repeated", "text_before", "text_between", "text_after", "no_answer",
/// "wrong_order" or "other_tag".
const char *reply_format_fault(reply_format format, distill_span reply);
/// True if the reply has only white space and tags.
bool reply_is_empty(distill_span reply);

#endif
