// teacher/retry_failed.h - samples the failed traces of a complete output again.
//
//     TRY(retry_failed_recover("traces"));                  // before the output is opened
//     TRY(retry_failed_open(&store, "traces", &settings, prompts, samples));
//     ... sample what `store` lacks, trace_store_finish(store), trace_store_close(store) ...
//     TRY(retry_failed_complete("traces"));
//
// Shards are never changed in place. The traces that did not fail are copied into a second store,
// OUTPUT/.retry, which can be resumed like any other; until it is complete the output is unchanged.
// Then its files replace the old ones: the old manifest.json is removed first and the new one moved
// last, so that the next run can complete a swap that was interrupted.
#ifndef TEACHER_RETRY_FAILED_H
#define TEACHER_RETRY_FAILED_H

#include "datasets/prompts/prompts.h"
#include "datasets/traces/trace_store.h"

/// Sets *failed to the number of traces with finish = error; 0 for an unfinished output.
distill_status retry_failed_count(uint64_t *failed, const char *output) DISTILL_MUST_CHECK;
/// Opens OUTPUT/.retry and copies the traces that did not fail into it. `settings` are those of the
/// output. Errors  FORMAT for a trace whose prompt is not in `prompts`.
distill_status retry_failed_open(trace_store **out, const char *output,
                                 const trace_store_settings *settings, const prompt_set *prompts,
                                 size_t samples) DISTILL_MUST_CHECK;
/// Replaces the output by OUTPUT/.retry; does nothing if that is absent or incomplete. The caller
/// must hold the lock of the output, as an open store does.
distill_status retry_failed_complete(const char *output) DISTILL_MUST_CHECK;
/// Completes a swap that was interrupted; to be called before the output is opened.
/// Errors  IO if another process works on the output.
distill_status retry_failed_recover(const char *output) DISTILL_MUST_CHECK;
/// Removes OUTPUT/.retry.
distill_status retry_failed_forget(const char *output) DISTILL_MUST_CHECK;

#endif
