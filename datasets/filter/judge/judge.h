// datasets/filter/judge/judge.h - a served model that grades the replies that no rule can grade.
//
//     judge *j = NULL;
//     TRY(judge_open(&j, generator, "kept"));              // reads the verdicts of earlier runs
//     TRY(judge_add(j, &entry, &c, place));                // each case; equal ones share an entry
//     TRY(judge_run(j, fetch, context));                   // one request for each without a verdict
//     TRY(judge_find(j, &verdict, &c));                    // any thread
//     judge_close(j);
//
// Requests have temperature 0. Verdicts are stored in the output's folder as they arrive
// (judge_log.h), and reused by the next run.
// Memory  64 bytes an entry and its explanation: the texts of a case are not kept between judge_add
// and
//         judge_run but fetched again.
#ifndef DATASETS_FILTER_JUDGE_JUDGE_H
#define DATASETS_FILTER_JUDGE_JUDGE_H

#include "datasets/filter/judge/judge_prompt.h"
#include "distill/generate/generator.h"

typedef struct judge judge;

typedef struct judge_verdict {
    judge_outcome outcome;
    distill_span why; // one line, at most JUDGE_WHY_BYTES; borrowed from the judge
} judge_verdict;

enum { JUDGE_WHY_BYTES = 300 };

typedef struct judge_counts {
    uint64_t cases;                                // different ones
    uint64_t reused;                               // of these, with a verdict of an earlier run
    uint64_t verdicts;                             // received in this run
    uint64_t failed;                               // requests of this run
    uint64_t prompt_tokens, reply_tokens, retries; // of this run
} judge_counts;

/// `generator`: a served one, borrowed until close. `dir`: where verdicts are stored.
/// Errors  those of judge_log_open.
distill_status judge_open(judge **out, distill_generator *generator,
                          const char *dir) DISTILL_MUST_CHECK;
/// Finds or adds the entry of a case. `place`: handed to `fetch`, which gets its texts again.
distill_status judge_add(judge *j, uint32_t *entry, const judge_case *c,
                         uint64_t place) DISTILL_MUST_CHECK;

/// Sets the texts of the case at `place`, borrowed until the next call.
typedef distill_status (*judge_fetch)(void *context, judge_case *c, uint64_t place);

/// Errors  REMOTE if the server answers no request; INTERRUPTED. Verdicts received before are kept.
distill_status judge_run(judge *j, judge_fetch fetch, void *context) DISTILL_MUST_CHECK;
/// The verdict of an entry; UNDECIDED entries do not exist after judge_run.
judge_verdict judge_verdict_of(const judge *j, uint32_t entry);
/// The verdict on a case, SKIPPED if there is none. Thread-safe after judge_run.
distill_status judge_find(const judge *j, judge_verdict *out,
                          const judge_case *c) DISTILL_MUST_CHECK;
judge_counts judge_count(const judge *j);
void judge_close(judge *j);

#endif
