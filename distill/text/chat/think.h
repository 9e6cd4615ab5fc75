// distill/text/chat/think.h - searches, splits and writes the tags around the thought of a reply.
//
//     <think>
//     Two and two make four.                     the thought
//     </think>
//
//     The answer is \boxed{4}.                   the answer
//
//     if (distill_think_is_unfinished(reply))    // truncated before </think>
//         return NO_ANSWER;
//     distill_span answer = distill_think_answer(reply);
//
// No other module defines the tags, except where a tag is part of a published text: the literals of
// chat templates (chat_family.c, chat_template.c) and prose (help, reports, comments).
//
// Replies come from models, so tags may be missing, repeated or out of order. The comment of each
// function says which tag decides. Only distill_think_write allocates; spans are parts of the
// argument.
#ifndef DISTILL_TEXT_CHAT_THINK_H
#define DISTILL_TEXT_CHAT_THINK_H

#include "distill/base/text.h"

#define DISTILL_THINK_OPEN "<think>"
#define DISTILL_THINK_CLOSE "</think>"
#define DISTILL_ANSWER_OPEN "<answer>"
#define DISTILL_ANSWER_CLOSE "</answer>"
/// Text before a thought, and between it and the answer, as in DeepSeek-R1 and Qwen3.
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

/// Length of the tag that begins at `at`, and its kind (`tag` may be NULL); 0 if there is none.
size_t distill_reply_tag_at(distill_reply_tag *tag, distill_span text, size_t at);

bool distill_think_has_open(distill_span text);
bool distill_think_has_close(distill_span text);
/// True if the reply begins with <think>.
bool distill_think_starts(distill_span reply);

/// True if the reply ends inside a thought: no </think> follows the last <think>.
bool distill_think_is_unfinished(distill_span reply);
/// True if the reply has a <think> and no </think>. Weaker than distill_think_is_unfinished, which
/// is also true of a reply that opens another thought after its answer.
bool distill_think_is_never_closed(distill_span reply);

/// The text after the last </think>; the whole reply if there is none.
distill_span distill_think_answer(distill_span reply);
/// Splits as Qwen3's chat template does. The thought is the text before the first </think>, from
/// the last <think> before it on; the answer is the text after the last </think>. Without </think>
/// the thought is empty and the answer is the whole reply.
void distill_think_split(distill_span *thought, distill_span *answer, distill_span reply);
/// The text after the last <|end_of_thought|>, the mark in the data of Sky-T1 and OpenThoughts; the
/// whole reply if there is none.
distill_span distill_think_after_mark(distill_span reply);

/// The content of a reply's last <answer>, up to the next </answer>, or to the end of the text if
/// that is missing (it may have been a stop string).
typedef struct distill_answer_part {
    distill_span inside;
    size_t begin; // of the content, in the text
    bool is_closed;
} distill_answer_part;
bool distill_answer_part_find(distill_answer_part *out, distill_span text);

/// True if a tag for thoughts occurs, in upper or lower case: <think>, </think>, <thinking>,
/// <thought>, <reasoning>, <reflection>, <|begin_of_thought|>.
bool distill_think_has_variant(distill_span reply);

/// Rewrites a reply that begins with a thought in the marks of a published data set with <think> tags,
/// and removes marks around the answer after it:
///     <|begin_of_thought|> … <|end_of_thought|> <|begin_of_solution|> … <|end_of_solution|>
///     [THINK] … [/THINK]      ◁think▷ … ◁/think▷      <seed:think> … </seed:think>
/// Other replies are unchanged.
distill_status distill_think_standardise(distill_text *reply) DISTILL_MUST_CHECK;

/// Appends "<think>\n", the thought and "\n</think>\n\n"; the answer follows.
distill_status distill_think_write(distill_text *out, distill_span thought) DISTILL_MUST_CHECK;

#endif
