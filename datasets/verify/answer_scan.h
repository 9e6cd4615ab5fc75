// datasets/verify/answer_scan.h - searches in the text of a reply, for answer.c and choice.c.
// Private to the verifier.
//
// Places are byte offsets from the beginning of the text; SIZE_MAX means "not found".
#ifndef DATASETS_VERIFY_ANSWER_SCAN_H
#define DATASETS_VERIFY_ANSWER_SCAN_H

#include "distill/base/text.h"

#include <string.h>

/// Bytes `from` up to, but not including, `to`; `to` may lie after the end.
distill_span scan_part(distill_span text, size_t from, size_t to);
/// True if `word`, which is not empty, begins at `at`.
static inline bool scan_starts(distill_span text, size_t at, const char *word)
{
    if (at >= text.length || text.bytes[at] != *word)
        return false;
    size_t length = strlen(word);
    return text.length - at >= length && memcmp(text.bytes + at, word, length) == 0;
}
/// Likewise, ignoring ASCII case; `word` is in lower case.
bool scan_starts_any_case(distill_span text, size_t at, const char *word);
/// The last place of `word` before `end`.
size_t scan_last(distill_span text, size_t end, const char *word);
/// The first place of `word` at or after `from`.
size_t scan_first(distill_span text, size_t from, const char *word);
/// The place of the brace that closes the one at `open`.
size_t scan_closing_brace(distill_span text, size_t open);

/// A \boxed or \fbox.
typedef struct scan_box {
    size_t from, to; // from its backslash up to after its last byte
    distill_span inside;
    bool complete; // false: the reply ends inside it
} scan_box;
/// The last box that begins before `end`; false if there is none.
bool scan_last_box(scan_box *out, distill_span text, size_t end);

/// A sentence that announces the answer: "the answer is", "Final Answer:", 答案是.
typedef struct scan_cue {
    size_t from;    // place of the word "answer"
    size_t payload; // place of what it announces
} scan_cue;
/// The last one that begins in [begin, end) and in the last 64 KiB of the text; false if there is
/// none.
bool scan_last_cue(scan_cue *out, distill_span text, size_t begin, size_t end);

/// The end of the statement that begins at `from`: a full stop, a line end or the end of the text.
/// Formulas are never cut.
size_t scan_statement_end(distill_span text, size_t from);
/// The place after the formula that opens at `at` with $, $$, \( or \[; `at` if none opens there.
size_t scan_formula(distill_span text, size_t at, distill_span *inside);
/// The text consists of joining words and signs: "and", "or", commas, delimiters of formulas.
bool scan_only_joins(distill_span gap);
/// The place after the HTML mark of text at `at`, which opens or closes it (<b>, </strong>, <br>);
/// `at` if there is none.
size_t scan_html_mark(distill_span text, size_t at);
/// Without white space, quotes, marks of Markdown and HTML, and punctuation at both ends.
distill_span scan_trim(distill_span text);

#endif
