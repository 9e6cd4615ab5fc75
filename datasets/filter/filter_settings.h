// datasets/filter/filter_settings.h - the settings of a filter run.
#ifndef DATASETS_FILTER_FILTER_SETTINGS_H
#define DATASETS_FILTER_FILTER_SETTINGS_H

#include "datasets/filter/mixture.h"
#include "datasets/filter/rules/decontamination.h"
#include "datasets/filter/rules/reply_format.h"
#include "datasets/filter/selection.h"
#include "datasets/verify/grade.h"
#include "distill/text/tokenizer/tokenizer.h"

/// Where the rules of readability look: language, paragraphs, code blocks.
typedef enum readable_part {
    READABLE_THOUGHT, // of a reply without a thought, the whole
    READABLE_ANSWER,
    READABLE_ALL
} readable_part;

/// Texts of a trace, and of a benchmark's problem, that are compared with each other.
typedef enum contaminated_fields {
    CONTAMINATED_PROMPT,
    CONTAMINATED_ALL // reference answers and solutions too
} contaminated_fields;

typedef struct filter_settings {
    grade_rule verify;
    reply_format format;
    double max_language_mix; // 1 = off
    const char *language;    // of the replies; NULL: that of the trace, else of its prompt
    double max_repetition;   // 1 = off
    readable_part readable;
    size_t max_paragraph_chars, min_tokens, max_tokens; // 0 = off
    const distill_tokenizer *tokenizer; // counts replies without a count; NULL = these are an error
    contaminated_fields contaminated;
    bool no_code_blocks, no_refusals, keep_truncated;
    double near_duplicates;            // least similarity of near duplicates; 0 = off
    const mixture *domains;            // caps and weights of domains; NULL = off
    const decontamination *benchmarks; // NULL = off
    const struct judge *judge;         // decides where no rule can; NULL = off
    selection_limits selection;
} filter_settings;

#endif
