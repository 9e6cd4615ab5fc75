// datasets/filter/filter_options.h - the options of distill-filter, and the settings that follow
// from them.
#ifndef DATASETS_FILTER_FILTER_OPTIONS_H
#define DATASETS_FILTER_FILTER_OPTIONS_H

#include "datasets/filter/filter_settings.h"
#include "datasets/sample/served_options.h"
#include "distill/base/options/options.h"

typedef struct filter_options {
    distill_common_options common;
    distill_string_list inputs;
    const char *output, *rejected, *report;
    bool overwrite, skip_damaged;
    grade_rule verify;
    reply_format format;
    const char *language, *dedup, *select, *judge, *judge_model;
    double max_language_mix, max_repetition, min_pass_rate, max_pass_rate;
    size_t max_paragraph_chars, min_tokens, max_tokens, ngram, shard_traces;
    bool no_code_blocks, no_refusals, keep_truncated;
    readable_part readable;
    contaminated_fields decontaminate_fields;
    const char *tokenizer;
    distill_string_list decontaminate, max_per_domain, mix;
    int jobs, compression_level;
    served_options served; // of the judge
} filter_options;

extern const filter_options FILTER_DEFAULTS;
extern const distill_program FILTER_PROGRAM;

/// Errors  USAGE for options that are missing or contradict each other.
distill_status filter_options_check(const filter_options *opt) DISTILL_MUST_CHECK;
/// The settings of the pipeline; reads the files of --decontaminate. The settings borrow
/// *benchmarks and
/// *domains, NULL where their options are not given.
/// Owns    release them with decontamination_close and mixture_free, also after an error.
/// Errors  USAGE; those of benchmark_texts_read.
distill_status filter_options_settings(filter_settings *settings, decontamination **benchmarks,
                                       mixture **domains,
                                       const filter_options *opt) DISTILL_MUST_CHECK;
void filter_options_free(filter_options *opt);

#endif
