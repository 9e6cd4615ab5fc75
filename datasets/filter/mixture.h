// datasets/filter/mixture.h - how many traces of each domain are kept.
//
//     mixture *domains = NULL;
//     TRY(mixture_create(&domains));
//     TRY(mixture_cap(domains, "math:5000"));          // at most 5000 of math
//     TRY(mixture_weigh(domains, "math:3"));           // three of math
//     TRY(mixture_weigh(domains, "code:1"));           // for one of code
//     TRY(mixture_apply(domains, names, traces, count, seed));
//
// Caps come first: of a domain with more kept traces than its cap, those that stay are drawn by lot.
// Then weights: the largest set in which the domains stand in the given proportion is drawn by lot
// from what there is. Nothing is ever taken twice (to repeat a domain, give distill-train
// DIR:WEIGHT); a domain that no weight names goes as a whole; a domain of weight 0 too. `*` names all
// domains that are not named.
#ifndef DATASETS_FILTER_MIXTURE_H
#define DATASETS_FILTER_MIXTURE_H

#include "datasets/filter/trace_summary.h"

typedef struct mixture mixture;

/// Domain names by number.
typedef struct domain_names {
    char **at;
    size_t count;
} domain_names;

/// Sets *number to the domain's, a new one if needed. Errors  LIMIT for more than 65535.
distill_status domain_names_find(domain_names *names, distill_span domain,
                                 uint16_t *number) DISTILL_MUST_CHECK;
void domain_names_free(domain_names *names);

distill_status mixture_create(mixture **out) DISTILL_MUST_CHECK;
/// "DOMAIN:N". Errors  USAGE, also for a domain given twice.
distill_status mixture_cap(mixture *domains, const char *text) DISTILL_MUST_CHECK;
/// "DOMAIN:WEIGHT". Errors  likewise.
distill_status mixture_weigh(mixture *domains, const char *text) DISTILL_MUST_CHECK;
/// Sets the reason of kept traces that go.
distill_status mixture_apply(const mixture *domains, const domain_names *names,
                             trace_summary *traces, size_t count, uint64_t seed) DISTILL_MUST_CHECK;
void mixture_free(mixture *domains);

#endif
