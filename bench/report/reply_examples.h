// bench/report/reply_examples.h - replies that the report shows in full.
#ifndef BENCH_REPORT_REPLY_EXAMPLES_H
#define BENCH_REPORT_REPLY_EXAMPLES_H

#include "bench/bench_run.h"
#include "distill/report/html_page.h"

enum { EXAMPLES_RIGHT = 2, EXAMPLES_WRONG = 2, EXAMPLES_TRUNCATED = 1 };
enum { MOST_EXAMPLES = EXAMPLES_RIGHT + EXAMPLES_WRONG + EXAMPLES_TRUNCATED };

/// Draws rows of the samples: EXAMPLES_RIGHT right ones, EXAMPLES_WRONG wrong ones and
/// EXAMPLES_TRUNCATED ones that are not right and ended at the token limit, each from a problem
/// that has no example yet, if there is one. Sets *count (<= MOST_EXAMPLES). Deterministic in
/// (score, seed).
void reply_examples_draw(size_t rows[MOST_EXAMPLES], size_t *count, const sample_score *score,
                         uint64_t seed);

/// Adds the examples of a model on a suite as folded sections.
distill_status reply_examples_write(html_page *page, const bench_run *run, size_t model,
                                    size_t s) DISTILL_MUST_CHECK;

#endif
