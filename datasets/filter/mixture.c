// datasets/filter/mixture.c - sampling without replacement: each trace has a random number
// addressed by (seed, place in the input), and the traces of a domain with the smallest numbers are
// kept.
#include "datasets/filter/mixture.h"

#include "distill/base/hash_map.h"
#include "distill/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RULES = 256 };

typedef struct rule {
    char domain[64];
    double number;
} rule;

typedef struct rule_list {
    rule at[MOST_RULES];
    size_t count;
} rule_list;

struct mixture {
    rule_list caps, weights;
};

distill_status domain_names_find(domain_names *names, distill_span domain, uint16_t *number)
{
    distill_status status = DISTILL_OK;
    for (size_t i = names->count; i-- > 0;)
        if (distill_span_is(domain, names->at[i])) {
            *number = (uint16_t)i;
            return DISTILL_OK;
        }
    if (names->count == UINT16_MAX)
        return distill_fail(DISTILL_LIMIT, "more than %u different domains", UINT16_MAX);
    TRY(distill_grow((void **)&names->at, names->count, names->count + 1, sizeof *names->at));
    TRY(distill_copy_string(&names->at[names->count], domain.bytes, domain.length));
    *number = (uint16_t)names->count++;
done:
    return status;
}

void domain_names_free(domain_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        distill_free(names->at[i]);
    distill_free(names->at);
    *names = (domain_names){0};
}

distill_status mixture_create(mixture **out)
{
    return DISTILL_NEW(out, 1);
}

static const rule *find_rule(const rule_list *rules, const char *domain)
{
    const rule *others = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        if (strcmp(rules->at[i].domain, domain) == 0)
            return &rules->at[i];
        if (strcmp(rules->at[i].domain, "*") == 0)
            others = &rules->at[i];
    }
    return others;
}

/// What an option gives for a domain.
typedef struct rule_option {
    const char *name, *value, *example;
    bool whole; // a whole number
} rule_option;

static distill_status add_rule(rule_list *rules, const rule_option *option, const char *text)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    rule added = {.number = colon != NULL ? strtod(colon + 1, &end) : -1};
    size_t length = colon != NULL ? (size_t)(colon - text) : 0;
    if (colon == NULL || end == colon + 1 || *end != '\0' ||
        !(added.number >= 0 && added.number < 1e15) ||
        (option->whole && added.number != floor(added.number)) || length >= sizeof added.domain)
        return distill_fail(DISTILL_USAGE, "%s: expected DOMAIN:%s, such as math:%s, found \"%s\"",
                            option->name, option->value, option->example, text);
    if (rules->count == MOST_RULES)
        return distill_fail(DISTILL_USAGE, "%s: more than %d domains", option->name, MOST_RULES);
    memcpy(added.domain, text, length);
    for (size_t i = 0; i < rules->count; i++)
        if (strcmp(rules->at[i].domain, added.domain) == 0)
            return distill_fail(DISTILL_USAGE, "%s: \"%s\" is given twice", option->name,
                                added.domain);
    rules->at[rules->count++] = added;
    return DISTILL_OK;
}

distill_status mixture_cap(mixture *domains, const char *text)
{
    static const rule_option option = {"--max-per-domain", "N", "5000", true};
    return add_rule(&domains->caps, &option, text);
}

distill_status mixture_weigh(mixture *domains, const char *text)
{
    static const rule_option option = {"--mix", "WEIGHT", "0.7", false};
    return add_rule(&domains->weights, &option, text);
}

typedef struct draw {
    uint64_t random;
    trace_summary *trace;
} draw;

static int by_random(const void *a, const void *b)
{
    const draw *x = a, *y = b;
    if (x->trace->domain != y->trace->domain)
        return x->trace->domain < y->trace->domain ? -1 : 1;
    if (x->random != y->random)
        return x->random < y->random ? -1 : 1;
    return (x->trace->index > y->trace->index) - (x->trace->index < y->trace->index);
}

/// The first `most` traces of each domain are kept, the others get `reason`.
static void keep_smallest(draw *draws, size_t count, const size_t *most, trace_reason reason)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        trace_summary *trace = draws[i].trace;
        if (i == 0 || trace->domain != draws[i - 1].trace->domain)
            taken = 0;
        if (trace->reason == TRACE_KEPT && taken++ >= most[trace->domain])
            trace->reason = (uint8_t)reason;
    }
}

static void count_kept(size_t *kept, const draw *draws, size_t count)
{
    for (size_t i = 0; i < count; i++)
        kept[draws[i].trace->domain] += draws[i].trace->reason == TRACE_KEPT;
}

static void apply_caps(const mixture *domains, const domain_names *names, draw *draws, size_t count,
                       size_t *most)
{
    for (size_t i = 0; i < names->count; i++) {
        const rule *cap = find_rule(&domains->caps, names->at[i]);
        most[i] = cap != NULL ? (size_t)cap->number : SIZE_MAX;
    }
    keep_smallest(draws, count, most, TRACE_DOMAIN_CAP);
}

/// most_d = floor(w_d * min over d of kept_d / w_d), d over the domains with a weight
/// and traces.
static void apply_weights(const mixture *domains, const domain_names *names, draw *draws,
                          size_t count, size_t *most)
{
    double unit = INFINITY;
    memset(most, 0, names->count * sizeof *most);
    count_kept(most, draws, count);
    for (size_t i = 0; i < names->count; i++) {
        const rule *weight = find_rule(&domains->weights, names->at[i]);
        if (weight != NULL && weight->number > 0 && most[i] > 0 &&
            (double)most[i] / weight->number < unit)
            unit = (double)most[i] / weight->number;
    }
    for (size_t i = 0; i < names->count; i++) {
        const rule *weight = find_rule(&domains->weights, names->at[i]);
        bool some = weight != NULL && weight->number > 0;
        most[i] = some && most[i] > 0 ? (size_t)(weight->number * unit + 1e-9) : 0;
    }
    keep_smallest(draws, count, most, TRACE_MIX);
}

distill_status mixture_apply(const mixture *domains, const domain_names *names,
                             trace_summary *traces, size_t count, uint64_t seed)
{
    distill_status status = DISTILL_OK;
    draw *draws = NULL;
    size_t *most = NULL, kept = 0;
    TRY(DISTILL_NEW(&draws, count));
    TRY(DISTILL_NEW(&most, names->count));
    for (size_t i = 0; i < count; i++) {
        if (traces[i].reason != TRACE_KEPT)
            continue;
        distill_span place = {(const char *)&traces[i].index, sizeof traces[i].index};
        draws[kept++] = (draw){distill_hash_bytes(seed + 0x6d6978, place), &traces[i]};
    }
    if (kept > 0)
        qsort(draws, kept, sizeof *draws, by_random);
    if (domains->caps.count > 0)
        apply_caps(domains, names, draws, kept, most);
    if (domains->weights.count > 0)
        apply_weights(domains, names, draws, kept, most);
done:
    distill_free(draws);
    distill_free(most);
    return status;
}

void mixture_free(mixture *domains)
{
    distill_free(domains);
}
