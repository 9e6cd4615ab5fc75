// bench/report/reply_examples.h - which replies the report shows, and how.
#ifndef BENCH_REPORT_REPLY_EXAMPLES_H
#define BENCH_REPORT_REPLY_EXAMPLES_H

#include "bench/bench_run.h"
#include "distill/report/html_page.h"

enum { EXAMPLES_RIGHT = 2, EXAMPLES_WRONG = 2, EXAMPLES_CUT = 1 };
enum { MOST_EXAMPLES = EXAMPLES_RIGHT + EXAMPLES_WRONG + EXAMPLES_CUT };

/// Draws rows of the samples: so many right ones, wrong ones and wrong ones that were cut off, each
/// from a problem that is not shown yet if there is one. Sets *count (<= MOST_EXAMPLES).
/// Deterministic in (score, seed).
void reply_examples_draw(size_t rows[MOST_EXAMPLES], size_t *count, const sample_score *score,
                         uint64_t seed);

/// Adds the examples of one model on one suite as texts to unfold.
distill_status reply_examples_write(html_page *page, const bench_run *run, size_t model,
                                    size_t s) DISTILL_MUST_CHECK;

#endif
