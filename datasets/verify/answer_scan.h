// datasets/verify/answer_scan.h - small searches in replies, shared by answer.c and choice.c. Private.
#ifndef DATASETS_VERIFY_ANSWER_SCAN_H
#define DATASETS_VERIFY_ANSWER_SCAN_H

#include "distill/base/text.h"

/// Bytes `from` to `to` of `text`.
distill_span scan_part(distill_span text, size_t from, size_t to);
bool scan_starts(distill_span text, size_t at, const char *word);
/// Likewise without regard to ASCII case.
bool scan_starts_any_case(distill_span text, size_t at, const char *word);
/// Last place of `word` before `end`; SIZE_MAX if there is none.
size_t scan_last(distill_span text, size_t end, const char *word);
/// First place of `word` at or after `from`; SIZE_MAX if there is none.
size_t scan_first(distill_span text, size_t from, const char *word);
/// The place of the brace that closes the one at `open`; SIZE_MAX if it is never closed.
size_t scan_closing_brace(distill_span text, size_t open);

/// A \boxed or \fbox: from its backslash to behind its last byte, and what it holds.
typedef struct scan_box {
    size_t from, to;
    distill_span inside;
    bool complete; // false: the reply ends within it
} scan_box;
/// The last box that begins before `end`; false if there is none.
bool scan_last_box(scan_box *out, distill_span text, size_t end);

/// A sentence that announces the answer: "the answer is", "Final Answer:", 答案是.
typedef struct scan_cue {
    size_t from;    // of the word "answer"
    size_t payload; // of what is announced
} scan_cue;
/// The last one that begins before `end` and at or after `begin`, within the last 64 KiB; false if
/// there is none.
bool scan_last_cue(scan_cue *out, distill_span text, size_t begin, size_t end);

/// The place where the statement that begins at `from` ends: full stop, line end, end of text.
/// Formulas are never cut.
size_t scan_statement_end(distill_span text, size_t from);
/// The place behind the formula that opens at `at` ($, $$, \( or \[); `at` if none opens there.
size_t scan_formula(distill_span text, size_t at, distill_span *inside);
/// Without white space, quotes, stars of Markdown and punctuation at both ends.
distill_span scan_trim(distill_span text);

#endif
