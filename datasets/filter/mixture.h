// datasets/filter/mixture.h - caps and proportions of domains among the kept traces.
//
//     mixture *domains = NULL;
//     TRY(mixture_create(&domains));
//     TRY(mixture_cap(domains, "math:5000"));          // at most 5000 of math
//     TRY(mixture_weigh(domains, "math:3"));           // three of math ...
//     TRY(mixture_weigh(domains, "code:1"));           // ... for one of code
//     TRY(mixture_apply(domains, names, traces, count, seed));
//
// Caps come first: a domain with more kept traces than its cap is sampled down to it. Then weights:
// the largest subset in which the domains have the given proportions is sampled. No trace is
// repeated (for that, distill-train takes DIR:WEIGHT). A domain without a weight, or with weight 0,
// is rejected as a whole. `*` means all domains that are not named.
#ifndef DATASETS_FILTER_MIXTURE_H
#define DATASETS_FILTER_MIXTURE_H

#include "datasets/filter/trace_summary.h"

typedef struct mixture mixture;

/// The names of the domains; their index is their number.
typedef struct domain_names {
    char **at;
    size_t count;
} domain_names;

/// Sets *number to that of the domain, which is added if it is new. Errors  LIMIT for more than
/// 65535.
distill_status domain_names_find(domain_names *names, distill_span domain,
                                 uint16_t *number) DISTILL_MUST_CHECK;
void domain_names_free(domain_names *names);

distill_status mixture_create(mixture **out) DISTILL_MUST_CHECK;
/// `text`: "DOMAIN:N". Errors  USAGE, also for a domain given twice.
distill_status mixture_cap(mixture *domains, const char *text) DISTILL_MUST_CHECK;
/// `text`: "DOMAIN:WEIGHT". Errors  likewise.
distill_status mixture_weigh(mixture *domains, const char *text) DISTILL_MUST_CHECK;
/// Sets the reason of traces that were kept so far and are rejected here. Deterministic in the
/// traces and the seed. Errors  NO_MEMORY.
distill_status mixture_apply(const mixture *domains, const domain_names *names,
                             trace_summary *traces, size_t count, uint64_t seed) DISTILL_MUST_CHECK;
void mixture_free(mixture *domains);

#endif
