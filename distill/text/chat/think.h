// distill/text/chat/think.h - the tags around the thought of a reply: finding, reading, writing
// them.
//
//     <think>
//     Two and two make four.                     the thought
//     </think>
//
//     The answer is \boxed{4}.                   the answer
//
//     if (distill_think_is_unfinished(reply))    // cut off before </think>
//         return NO_ANSWER;
//     distill_span answer = distill_think_answer(reply);
//
// The only module that knows the tags. Exceptions are texts in which a tag is part of something
// published and must not change with this file: the literals of chat templates (chat_family.c,
// chat_template.c), and prose for people (help, reports, comments).
//
// Replies come from models, so tags may be missing, repeated or out of order. The comment of each
// function says which tag decides. None of them allocates, except distill_think_write; spans are
// parts of the span passed in.
#ifndef DISTILL_TEXT_CHAT_THINK_H
#define DISTILL_TEXT_CHAT_THINK_H

#include "distill/base/text.h"

#define DISTILL_THINK_OPEN "<think>"
#define DISTILL_THINK_CLOSE "</think>"
#define DISTILL_ANSWER_OPEN "<answer>"
#define DISTILL_ANSWER_CLOSE "</answer>"
/// What is written before a thought, and between it and the answer, as DeepSeek-R1 and Qwen3 do.
#define DISTILL_THINK_BEGIN DISTILL_THINK_OPEN "\n"
#define DISTILL_THINK_END "\n" DISTILL_THINK_CLOSE "\n\n"

/// The tags of R1-Zero's format. Source  DeepSeek-AI 2025, arXiv:2501.12948, table 1.
typedef enum distill_reply_tag {
    DISTILL_TAG_THINK_OPEN,
    DISTILL_TAG_THINK_CLOSE,
    DISTILL_TAG_ANSWER_OPEN,
    DISTILL_TAG_ANSWER_CLOSE,
    DISTILL_TAG_COUNT
} distill_reply_tag;

/// Length of the tag that begins at `at`, and which it is (`tag` may be NULL); 0 if there is none.
size_t distill_reply_tag_at(distill_reply_tag *tag, distill_span text, size_t at);

bool distill_think_has_open(distill_span text);
bool distill_think_has_close(distill_span text);
/// The reply begins with <think>.
bool distill_think_starts(distill_span reply);

/// The reply ends inside a thought: the last <think> has no </think> after it.
bool distill_think_is_unfinished(distill_span reply);
/// A <think> occurs, and no </think> anywhere. Weaker than distill_think_is_unfinished, which is
/// also true of a reply that opens another thought after its answer.
bool distill_think_is_never_closed(distill_span reply);

/// What follows the last </think>; the whole reply if it has none.
distill_span distill_think_answer(distill_span reply);
/// The thought and the answer as Qwen3's chat template splits them: the thought is what precedes
/// the first </think>, from the last <think> before it on; the answer is what follows the last
/// </think>. Without </think> the thought is empty and the answer is the whole reply.
void distill_think_split(distill_span *thought, distill_span *answer, distill_span reply);
/// What follows the last <|end_of_thought|>, the mark of Sky-T1's and OpenThoughts' data; the whole
/// reply if it has none.
distill_span distill_think_after_mark(distill_span reply);

/// What a reply holds in its last <answer>, up to the </answer> after it, or to the end of the text
/// where that is missing (a caller may have used it as a stop string).
typedef struct distill_answer_part {
    distill_span inside;
    size_t begin; // of the inside, in the text
    bool is_closed;
} distill_answer_part;
bool distill_answer_part_find(distill_answer_part *out, distill_span text);

/// A tag occurs that may be meant as <think>, in any case: <think>, </think>, <thinking>,
/// <thought>, <reasoning>, <reflection>, <|begin_of_thought|>.
bool distill_think_has_variant(distill_span reply);

/// Appends "<think>\n", the thought and "\n</think>\n\n"; the answer follows.
distill_status distill_think_write(distill_text *out, distill_span thought) DISTILL_MUST_CHECK;

#endif
