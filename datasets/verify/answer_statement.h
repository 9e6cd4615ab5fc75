// datasets/verify/answer_statement.h - what a statement says: formulas, a number, or words. Private
// to the verifier.
#ifndef DATASETS_VERIFY_ANSWER_STATEMENT_H
#define DATASETS_VERIFY_ANSWER_STATEMENT_H

#include "datasets/verify/answer.h"

/// Takes what an announcing sentence announces: formulas, a number beside them, or words.
void answer_take_statement(answer *out, distill_span text);
/// Takes the answer of a text that announces none: the text itself if it is one short line, else
/// the last formula or the number of the last sentence that has one. Nothing if there is none.
void answer_take_last_resort(answer *out, distill_span text);
/// The text begins with a value and says little more: "5", "$x = 5$ metres", but not "5 more than
/// 8".
bool answer_begins_with_value(distill_span text);
/// Number of words of at least three letters; names of commands are not words.
size_t answer_plain_words(distill_span text);

#endif
