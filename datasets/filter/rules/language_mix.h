// datasets/filter/rules/language_mix.h - is a reply written in the language of its prompt?
//
//     language_scratch *scratch = NULL;
//     TRY(language_scratch_create(&scratch));
//     double share;
//     TRY(language_mix(&share, prompt, reply, distill_span_of("auto"), scratch));
//     share > 0.05: readers would call it mixed
//     language_scratch_free(scratch);
//
// Counted are words of prose: code, formulas, LaTeX commands and tags are left out; single Greek
// letters are symbols. A word is 5 letters of an alphabet or 2 characters of Chinese, Japanese or
// Korean. In alphabets that several languages share, a sentence counts as foreign when its small
// words ("the", "que", "und") are those of another language.
#ifndef DATASETS_FILTER_RULES_LANGUAGE_MIX_H
#define DATASETS_FILTER_RULES_LANGUAGE_MIX_H

#include "distill/base/text.h"

/// Memory that is used again from reply to reply; one a thread.
typedef struct language_scratch language_scratch;

distill_status language_scratch_create(language_scratch **out) DISTILL_MUST_CHECK;
void language_scratch_free(language_scratch *scratch);

/// Sets *share to the share of foreign words, 0 to 1. `language`: "en", "zh", "ru", …, or "auto" or
/// "" for that of the prompt (of the reply itself, if the prompt has no words).
distill_status language_mix(double *share, distill_span prompt, distill_span reply,
                            distill_span language, language_scratch *scratch) DISTILL_MUST_CHECK;

#endif
