// tests/differential/verifier_pairs.c - compares the verifier with answers whose equality is known
// by construction, and counts by kind how many verdicts are as they must be.
//
// A pair is addressed by seed, kind and index, so that a listed one can be made again. Even indices
// are equal pairs, odd ones different pairs; a generator may make an undecidable one of either. The
// time of a kind is that of its verdicts alone.
#include "datasets/sandbox/sandbox.h"
#include "datasets/verify/code/code_verdict.h"
#include "datasets/verify/verdict.h"
#include "distill/base/options/options.h"
#include "tests/differential/gold_pairs.h"
#include "tests/differential/kinds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct pairs_options {
    distill_common_options common;
    size_t pairs, list;
    const char *kind, *golds;
    bool check, record, programs;
} pairs_options;

static const pairs_options PAIRS_DEFAULTS = {
    .common = {.seed = 1}, .pairs = 5000, .kind = "", .programs = true};

#define AT(field) offsetof(pairs_options, field)
static const distill_option ROWS[] = {
    {.section = "Pairs"},
    {.name = "pairs",
     .letter = 'n',
     .type = DISTILL_OPT_SIZE,
     .offset = AT(pairs),
     .low = 1,
     .high = 1e9,
     .unit = "N",
     .help = "pairs of each kind"},
    {.name = "kind",
     .type = DISTILL_OPT_STRING,
     .offset = AT(kind),
     .unit = "NAME",
     .help = "only the kinds whose names begin with this"},
    {.name = "golds",
     .type = DISTILL_OPT_STRING,
     .offset = AT(golds),
     .unit = "FILE",
     .help = "rewrite and damage the published answers of this JSON Lines file instead"},
    {.name = "list",
     .type = DISTILL_OPT_SIZE,
     .offset = AT(list),
     .low = 0,
     .high = 1e9,
     .unit = "N",
     .help = "disagreements to print of each kind, as cases of distill verify"},
    {.name = "check",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(check),
     .help = "fail if a kind agrees less often than recorded in its row"},
    {.name = "record",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(record),
     .help = "print the rows of kinds.c with what was measured"},
    {.name = "programs",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(programs),
     .help = "run the pairs of programs, which take most of the time"},
    {.name = "seed",
     .type = DISTILL_OPT_SEED,
     .offset = DISTILL_COMMON_AT(seed),
     .unit = "N",
     .help = "seed of all random numbers"},
};

static const distill_program PROGRAM = {
    .name = "verifier_pairs",
    .summary = "Compares the verifier with pairs that are equal or different by construction",
    .usage = "verifier_pairs [--pairs N] [--kind NAME] [--seed N] [--list N] [--golds FILE]",
    .options = ROWS,
    .option_count = sizeof ROWS / sizeof *ROWS,
    .defaults = &PAIRS_DEFAULTS,
    .size = sizeof PAIRS_DEFAULTS,
};

/// Verdicts of a kind: count[truth][outcome + 1].
typedef struct pair_tally {
    size_t pairs, agree, listed, count[3][3];
    double seconds;
    distill_text list;
    verdict v;
} pair_tally;

/// By pair_truth; an open pair may also be unknown.
static const verdict_outcome EXPECTED[] = {VERDICT_RIGHT, VERDICT_WRONG, VERDICT_UNKNOWN,
                                           VERDICT_WRONG};

static double now_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static distill_status judge(verdict *v, const pair *p, const char *reply)
{
    distill_span gold = distill_span_of(p->gold), response = distill_span_of(reply);
    if (p->form != PAIR_CODE)
        return verdict_of(v, distill_span_of(p->domain), gold, response);
    code_question question = {.tests = gold, .language = distill_span_of("python")};
    return verdict_code(v, &question, response);
}

static const char *outcome_name(verdict_outcome outcome)
{
    return outcome == VERDICT_RIGHT ? "right" : outcome == VERDICT_WRONG ? "wrong" : "unknown";
}

/// A line of JSON that `distill verify --cases` reads, with what was expected and found.
static distill_status list_miss(pair_tally *tally, const char *kind, size_t index, const pair *p,
                                const char *reply)
{
    distill_json_writer w = {.out = &tally->list};
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "kind", kind);
    distill_json_add_uint(&w, "index", index);
    distill_json_add_string(&w, "want", outcome_name(EXPECTED[p->truth]));
    distill_json_add_string(&w, "got", outcome_name(tally->v.outcome));
    distill_json_add_string(&w, "rule", tally->v.rule);
    distill_json_add_span(&w, "extracted", distill_text_span(&tally->v.extracted));
    distill_json_add_string(&w, p->form == PAIR_CODE ? "tests" : "gold", p->gold);
    distill_json_add_string(&w, "response", reply);
    if (p->truth == PAIR_UNDECIDABLE)
        distill_json_add_null(&w, "expected");
    else
        distill_json_add_bool(&w, "expected", p->truth == PAIR_EQUAL);
    distill_json_add_string(&w, "domain", p->domain);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

/// Judges a pair and counts the verdict.
static distill_status count_pair(pair_tally *tally, const char *kind, size_t index, const pair *p,
                                 const char *reply, size_t list)
{
    double start = now_seconds();
    distill_status status = judge(&tally->v, p, reply);
    tally->seconds += now_seconds() - start;
    if (status != DISTILL_OK)
        return status;
    bool open = p->truth == PAIR_OPEN;
    bool agrees =
        tally->v.outcome == EXPECTED[p->truth] || (open && tally->v.outcome == VERDICT_UNKNOWN);
    tally->pairs++;
    tally->agree += agrees;
    tally->count[open ? PAIR_DIFFERENT : p->truth][tally->v.outcome + 1]++;
    if (agrees || tally->listed >= list)
        return DISTILL_OK;
    tally->listed++;
    return list_miss(tally, kind, index, p, reply);
}

static pair empty_pair(size_t index)
{
    return (pair){.truth = index % 2 == 0 ? PAIR_EQUAL : PAIR_DIFFERENT, .domain = "math"};
}

static distill_rng rng_of(const pairs_options *o, const char *name, size_t index)
{
    uint64_t name_hash = distill_fnv1a(DISTILL_FNV1A_START, name, strlen(name));
    return distill_rng_start(o->common.seed ^ name_hash, index);
}

static double percent_of(size_t part, size_t all)
{
    return all == 0 ? 0 : 100.0 * (double)part / (double)all;
}

static void print_row(const char *name, const pair_tally *t)
{
    printf("%-18s %7zu ", name, t->pairs);
    for (int truth = 0; truth < 3; truth++)
        printf(" |%7zu %7zu %7zu", t->count[truth][VERDICT_RIGHT + 1],
               t->count[truth][VERDICT_WRONG + 1], t->count[truth][VERDICT_UNKNOWN + 1]);
    printf(" | %6.2f%% %9.0f\n", percent_of(t->agree, t->pairs), (double)t->pairs / t->seconds);
}

static double accepted_percent(const pair_tally *t)
{
    const size_t *count = t->count[PAIR_DIFFERENT];
    return percent_of(count[VERDICT_RIGHT + 1], count[0] + count[1] + count[2]);
}

/// True if the kind agrees as often as its row says.
static bool is_as_recorded(const pair_kind *kind, const pair_tally *t)
{
    double accepted = accepted_percent(t), agree = percent_of(t->agree, t->pairs);
    if (agree >= kind->floor && accepted <= kind->accepted)
        return true;
    printf("%s: %.1f%% agree, recorded are %.1f%%; %.1f%% of the different pairs are accepted, "
           "recorded are %.1f%%\n",
           kind->name, agree, kind->floor, accepted, kind->accepted);
    return false;
}

/// The row of kinds.c, rounded so that the same run passes.
static void print_record(const pair_kind *kind, const pair_tally *t)
{
    printf("    {\"%s\", make_%s, %zu, %.1f, %.1f},\n", kind->name, kind->name, kind->most,
           floor(10 * percent_of(t->agree, t->pairs)) / 10, ceil(10 * accepted_percent(t)) / 10);
}

static void add_tally(pair_tally *sum, const pair_tally *t)
{
    sum->pairs += t->pairs;
    sum->agree += t->agree;
    sum->seconds += t->seconds;
    for (int i = 0; i < 9; i++)
        sum->count[i / 3][i % 3] += t->count[i / 3][i % 3];
}

static void free_tally(pair_tally *tally)
{
    distill_text_free(&tally->list);
    verdict_free(&tally->v);
}

/// One kind: its pairs, its row of the table; its disagreements are appended to `list`.
static distill_status run_kind(pair_tally *sum, bool *good, const pair_kind *kind,
                               const pairs_options *o)
{
    distill_status status = DISTILL_OK;
    pair_tally tally = {0};
    size_t pairs = kind->most > 0 && kind->most < o->pairs ? kind->most : o->pairs;
    for (size_t i = 0; i < pairs; i++) {
        pair p = empty_pair(i);
        distill_rng rng = rng_of(o, kind->name, i);
        kind->make(&p, &rng);
        const char *reply = pair_reply(&p, &rng);
        pair_frame_gold(&p, &rng);
        TRY(count_pair(&tally, kind->name, i, &p, reply, o->list));
    }
    if (o->record)
        print_record(kind, &tally);
    else
        print_row(kind->name, &tally);
    fflush(stdout);
    add_tally(sum, &tally);
    TRY(distill_text_add_span(&sum->list, distill_text_span(&tally.list)));
    if (o->check && !is_as_recorded(kind, &tally))
        *good = false;
done:
    free_tally(&tally);
    return status;
}

static void print_heading(void)
{
    printf("%-18s %7s  |%23s |%23s |%23s |\n", "", "", "equal:", "different:", "undecidable:");
    printf("%-18s %7s ", "kind", "pairs");
    for (int truth = 0; truth < 3; truth++)
        printf(" |%7s %7s %7s", "right", "wrong", "unknown");
    printf(" | %7s %9s\n", "agree", "checks/s");
}

/// Is the kind asked for, and can it run on this machine?
static bool is_chosen(const pair_kind *kind, const pairs_options *o)
{
    bool programs = kind->make == make_program;
    if (strncmp(kind->name, o->kind, strlen(o->kind)) != 0 || (programs && !o->programs))
        return false;
    if (programs && sandbox_missing() != NULL) {
        printf("skipped: %s: no sandbox on this machine: %s\n", kind->name, sandbox_missing());
        return false;
    }
    return true;
}

static distill_status run_all(bool *good, const pairs_options *o)
{
    distill_status status = DISTILL_OK;
    pair_tally sum = {0};
    print_heading();
    for (size_t i = 0; i < PAIR_KIND_COUNT; i++)
        if (is_chosen(&PAIR_KINDS[i], o))
            TRY(run_kind(&sum, good, &PAIR_KINDS[i], o));
    print_row("all", &sum);
    fwrite(sum.list.bytes, 1, sum.list.length, stdout);
done:
    free_tally(&sum);
    return status;
}

/// The published answers of a file, in turn, until there are enough pairs.
static distill_status run_golds(const pairs_options *o)
{
    distill_status status = DISTILL_OK;
    gold_list golds = {0};
    pair_tally tally = {0};
    TRY(gold_list_read(&golds, o->golds));
    for (size_t i = 0; i < o->pairs; i++) {
        pair p = empty_pair(i);
        distill_rng rng = rng_of(o, "golds", i);
        if (gold_pair_make(&p, &rng, golds.at[i / 2 % golds.count]))
            TRY(count_pair(&tally, "golds", i, &p, pair_reply(&p, &rng), o->list));
    }
    print_heading();
    print_row("golds", &tally);
    fwrite(tally.list.bytes, 1, tally.list.length, stdout);
done:
    free_tally(&tally);
    gold_list_free(&golds);
    return status;
}

int main(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    pairs_options o = PAIRS_DEFAULTS;
    bool good = true;
    TRY(distill_options_parse(&o, &PROGRAM, argc, argv));
    TRY(o.golds != NULL ? run_golds(&o) : run_all(&good, &o));
done:;
    int code = distill_exit(&PROGRAM, status);
    return code == 0 && !good ? 1 : code;
}
