// teacher/retry_failed.h - samples that failed for good, once more, in an output that is complete.
//
//     TRY(retry_failed_recover("traces"));                  // before the output is opened
//     TRY(retry_failed_open(&store, "traces", &settings, prompts, samples));
//     ... sample what `store` lacks, trace_store_finish(store), trace_store_close(store) ...
//     TRY(retry_failed_complete("traces"));
//
// Shards are never changed. The traces that did not fail are copied into a store of their own,
// OUTPUT/.retry, which is resumed like any other if the process is killed; the output stays as it is
// meanwhile. When the new store is complete, its files take the places of the old ones: manifest.json
// goes first and comes last, and a swap that was interrupted is completed by the next run.
#ifndef TEACHER_RETRY_FAILED_H
#define TEACHER_RETRY_FAILED_H

#include "datasets/prompts/prompts.h"
#include "datasets/traces/trace_store.h"

/// Traces with finish = error in a complete output; 0 if there is none, or the output is unfinished.
distill_status retry_failed_count(uint64_t *failed, const char *output) DISTILL_MUST_CHECK;
/// Opens OUTPUT/.retry and brings the traces that did not fail into it. `settings` are those of the
/// output. Errors  FORMAT for a trace whose prompt is not in `prompts`.
distill_status retry_failed_open(trace_store **out, const char *output,
                                 const trace_store_settings *settings, const prompt_set *prompts,
                                 size_t samples) DISTILL_MUST_CHECK;
/// Puts a complete OUTPUT/.retry in the place of the output; none, or an incomplete one, is no error.
/// The caller holds the lock of the output: its store is open.
distill_status retry_failed_complete(const char *output) DISTILL_MUST_CHECK;
/// Completes a swap that was interrupted, before the output is opened. Errors  IO if another process
/// works on the output.
distill_status retry_failed_recover(const char *output) DISTILL_MUST_CHECK;
/// Removes OUTPUT/.retry.
distill_status retry_failed_forget(const char *output) DISTILL_MUST_CHECK;

#endif
