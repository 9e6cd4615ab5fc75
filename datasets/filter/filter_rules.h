// datasets/filter/filter_rules.h - the rules that decide on a single trace, in the order in which
// they are applied: the first one that rejects a trace gives its reason.
//
// A new rule is a new row: a reason with its name and sentence in datasets/traces/record.h, a
// setting in filter_settings.h, a function here.
#ifndef DATASETS_FILTER_FILTER_RULES_H
#define DATASETS_FILTER_FILTER_RULES_H

#include "datasets/filter/filter_settings.h"
#include "datasets/filter/rules/language_mix.h"
#include "datasets/filter/rules/repetition.h"

/// Memory that the rules reuse from trace to trace; one for each thread.
typedef struct filter_scratch {
    repetition_scratch *repetition;
    language_scratch *language;
    decontamination_scratch words;
    contamination overlap;  // of the last contaminated trace
    float repetition_share; // of the last trace; negative: not measured
    size_t tokens;          // of the last trace, counted by the tokenizer; 0: not counted
} filter_scratch;

/// Release with filter_scratch_free, also after an error. Errors  NO_MEMORY.
distill_status filter_scratch_create(filter_scratch *scratch) DISTILL_MUST_CHECK;
void filter_scratch_free(filter_scratch *scratch);

/// The input of a rule.
typedef struct filter_case {
    const filter_settings *settings;
    const trace_record *trace;
    filter_scratch *scratch;
} filter_case;

typedef struct filter_rule {
    trace_reason reason; // its name and sentence are those of the rule
    /// Sets *reject, which is false before; a rule that is off leaves it so.
    distill_status (*check)(bool *reject, const filter_case *c);
} filter_rule;

extern const filter_rule FILTER_RULES[];
extern const size_t FILTER_RULE_COUNT;

/// Errors  USAGE if the reply has no token count, which a limit of tokens needs.
distill_status filter_rules_check_count(const trace_record *trace) DISTILL_MUST_CHECK;
/// Sets *reason to that of the first rule that rejects the trace, TRACE_KEPT if none does.
/// Threads  any number at the same time, each with a scratch of its own.
distill_status filter_rules_check(trace_reason *reason, const filter_settings *settings,
                                  const trace_record *trace,
                                  filter_scratch *scratch) DISTILL_MUST_CHECK;

#endif
