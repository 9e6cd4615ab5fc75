// datasets/filter/selection.c - traces are sorted by prompt, then each prompt's replies by rank.
//
// Pass rates come first, over all replies to a prompt; then the replies that are still kept are
// ranked and all but the first ones rejected. "random" ranks by a random number addressed by (seed,
// place in the input), so that the choice does not depend on the order of the work.
#include "datasets/filter/selection.h"

#include "distill/base/hash_map.h"
#include "distill/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    selection_order order;
} ORDERS[] = {{"first", SELECT_FIRST},
              {"shortest", SELECT_SHORTEST},
              {"random", SELECT_RANDOM},
              {"best", SELECT_BEST}};

distill_status selection_parse(selection_rule *rule, const char *text)
{
    *rule = (selection_rule){.order = SELECT_ALL};
    if (strcmp(text, "all") == 0)
        return DISTILL_OK;
    for (size_t i = 0; i < sizeof ORDERS / sizeof *ORDERS; i++) {
        size_t length = strlen(ORDERS[i].name);
        if (strncmp(text, ORDERS[i].name, length) != 0 || text[length] != ':')
            continue;
        char *end = NULL;
        unsigned long long most = strtoull(text + length + 1, &end, 10);
        if (end == text + length + 1 || *end != '\0' || text[length + 1] == '-' || most == 0 ||
            most > UINT32_MAX)
            break;
        *rule = (selection_rule){ORDERS[i].order, most};
        return DISTILL_OK;
    }
    return distill_fail(DISTILL_USAGE,
                        "--select: expected all, first:K, shortest:K, random:K or best:K with K "
                        "from 1 on, found \"%s\"",
                        text);
}

/// A trace and the keys by which the replies to its prompt are ordered, ascending.
typedef struct candidate {
    trace_summary *trace;
    double rank[4];
} candidate;

static int by_prompt(const void *a, const void *b)
{
    const trace_summary *x = ((const candidate *)a)->trace, *y = ((const candidate *)b)->trace;
    if (x->prompt != y->prompt)
        return x->prompt < y->prompt ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    for (size_t i = 0; i < 4; i++)
        if (x->rank[i] != y->rank[i])
            return x->rank[i] < y->rank[i] ? -1 : 1;
    return (x->trace->index > y->trace->index) - (x->trace->index < y->trace->index);
}

static double length_of(const trace_summary *trace)
{
    return trace->tokens > 0 ? (double)trace->tokens : (double)trace->bytes;
}

static void set_rank(candidate *c, const selection_limits *limits, double median)
{
    const trace_summary *trace = c->trace;
    double length = length_of(trace);
    uint64_t random =
        distill_hash_bytes(limits->seed ^ trace->prompt,
                           (distill_span){(const char *)&trace->index, sizeof trace->index});
    memset(c->rank, 0, sizeof c->rank);
    switch (limits->rule.order) {
    case SELECT_ALL:
    case SELECT_FIRST:
        break;
    case SELECT_SHORTEST:
        c->rank[0] = length;
        break;
    case SELECT_RANDOM:
        c->rank[0] = (double)(random >> 11);
        break;
    case SELECT_BEST:
        c->rank[0] = -(double)trace->correct;
        c->rank[1] = trace->repetition > 0 ? floorf(trace->repetition * 20) : 0;
        c->rank[2] = fabs(length - median);
        c->rank[3] = length;
        break;
    }
}

static int by_size(const void *a, const void *b)
{
    double x = length_of(((const candidate *)a)->trace),
           y = length_of(((const candidate *)b)->trace);
    return (x > y) - (x < y);
}

/// Median length of the replies that are not rejected. Moves them to the front.
static double median_length(candidate *group, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (group[i].trace->reason == TRACE_KEPT) {
            candidate swapped = group[left];
            group[left++] = group[i];
            group[i] = swapped;
        }
    if (left == 0)
        return 0;
    qsort(group, left, sizeof *group, by_size);
    return (length_of(group[(left - 1) / 2].trace) + length_of(group[left / 2].trace)) / 2;
}

/// Counts right and wrong replies, and those that were cut before their answer, as not right; other
/// unknown replies are not counted. If no reply counts, the rate is unknown.
static void check_pass_rate(candidate *group, size_t count, const selection_limits *limits)
{
    size_t right = 0, graded = 0;
    for (size_t i = 0; i < count; i++) {
        right += group[i].trace->correct == 1;
        graded += group[i].trace->correct >= 0 || group[i].trace->unfinished;
    }
    double rate = graded > 0 ? (double)right / (double)graded : 0;
    if (graded == 0 || (rate >= limits->min_pass_rate && rate <= limits->max_pass_rate))
        return;
    for (size_t i = 0; i < count; i++)
        if (group[i].trace->reason == TRACE_KEPT)
            group[i].trace->reason = TRACE_PASS_RATE;
}

static void take_best(candidate *group, size_t count, const selection_limits *limits)
{
    size_t taken = 0;
    double median = limits->rule.order == SELECT_BEST ? median_length(group, count) : 0;
    for (size_t i = 0; i < count; i++)
        set_rank(&group[i], limits, median);
    qsort(group, count, sizeof *group, by_rank);
    for (size_t i = 0; i < count; i++)
        if (group[i].trace->reason == TRACE_KEPT && taken++ >= limits->rule.most)
            group[i].trace->reason = TRACE_NOT_SELECTED;
}

distill_status selection_apply(trace_summary *traces, size_t count, const selection_limits *limits)
{
    distill_status status = DISTILL_OK;
    candidate *all = NULL;
    TRY(DISTILL_NEW(&all, count));
    for (size_t i = 0; i < count; i++)
        all[i].trace = &traces[i];
    if (count > 0)
        qsort(all, count, sizeof *all, by_prompt);
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin; end < count && all[end].trace->prompt == all[begin].trace->prompt;)
            end++;
        check_pass_rate(all + begin, end - begin, limits);
        if (limits->rule.order != SELECT_ALL)
            take_best(all + begin, end - begin, limits);
    }
done:
    distill_free(all);
    return status;
}
