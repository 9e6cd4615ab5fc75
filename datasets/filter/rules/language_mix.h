// datasets/filter/rules/language_mix.h - share of a reply that is not in the language of its
// prompt.
//
//     language_scratch *scratch = NULL;
//     TRY(language_scratch_create(&scratch));
//     double share;
//     TRY(language_mix(&share, prompt, reply, distill_span_of(""), scratch));
//     bool is_mixed = share > 0.05;                // a threshold that agrees with human labels
//     language_scratch_free(scratch);
//
// Words of prose are counted: code, formulas, LaTeX commands and tags are left out, and one or two
// Greek letters are a symbol. A word is 5 letters of an alphabet, or 2 characters of Chinese,
// Japanese or Korean. A word is foreign if its script is not that of the expected language. In
// Latin letters, which many languages share, a sentence is foreign if its stop words are those of
// another language.
#ifndef DATASETS_FILTER_RULES_LANGUAGE_MIX_H
#define DATASETS_FILTER_RULES_LANGUAGE_MIX_H

#include "distill/base/text.h"

/// Memory that is reused from reply to reply; one for each thread.
typedef struct language_scratch language_scratch;

distill_status language_scratch_create(language_scratch **out) DISTILL_MUST_CHECK;
void language_scratch_free(language_scratch *scratch);

/// Sets *share to the share of foreign words, 0 to 1. `language`: "en", "zh", "ru", ..., or "" for
/// that of the prompt (of the reply itself, if the prompt has no words).
/// Errors  NO_MEMORY.
distill_status language_mix(double *share, distill_span prompt, distill_span reply,
                            distill_span language, language_scratch *scratch) DISTILL_MUST_CHECK;

#endif
