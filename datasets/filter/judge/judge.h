// datasets/filter/judge/judge.h - a model that says right or wrong where no rule can.
//
//     judge *j = NULL;
//     TRY(judge_open(&j, generator, "kept"));              // verdicts of earlier runs are read
//     TRY(judge_add(j, &entry, &c, place));                // every case; equal ones are one entry
//     TRY(judge_ask(j, fetch, context));                   // asks for what is not known yet
//     TRY(judge_find(j, &verdict, &c));                    // any thread
//     judge_close(j);
//
// Asked at temperature 0, each case once: verdicts go to a file in the output's folder as they come
// (judge_log.h) and are found there by the next run. The texts of a case are not kept between
// judge_add and judge_ask but fetched again, so that memory does not grow with them: 64 bytes an
// entry and the sentence that explains it.
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
    uint64_t cases;  // different ones
    uint64_t reused; // of these, known from earlier runs
    uint64_t asked;  // verdicts that came in this run
    uint64_t failed;
    uint64_t prompt_tokens, reply_tokens, retries; // of this run
} judge_counts;

/// `generator`: a served one, borrowed until close. Errors  IO.
distill_status judge_open(judge **out, distill_generator *generator,
                          const char *dir) DISTILL_MUST_CHECK;
/// Finds or makes the entry of a case. `place`: given back by fetch to get the texts again.
distill_status judge_add(judge *j, uint32_t *entry, const judge_case *c,
                         uint64_t place) DISTILL_MUST_CHECK;

/// Sets the texts of the case at `place`, borrowed until the next call.
typedef distill_status (*judge_fetch)(void *context, judge_case *c, uint64_t place);

/// Errors  REMOTE if no case at all can be asked; INTERRUPTED. What came until then is kept.
distill_status judge_ask(judge *j, judge_fetch fetch, void *context) DISTILL_MUST_CHECK;
judge_verdict judge_verdict_of(const judge *j, uint32_t entry);
/// The verdict on a case, NOT_ASKED if there is none. Threads: any number at the same time.
distill_status judge_find(const judge *j, judge_verdict *out,
                          const judge_case *c) DISTILL_MUST_CHECK;
judge_counts judge_count(const judge *j);
void judge_close(judge *j);

#endif
