// datasets/filter/judge/judge_log.h - the verdicts of a judge, stored beside the output, so that no
// request is sent twice. Private to the judge.
//
//     OUTPUT/judge-verdicts.jsonl, a line for each verdict, append-only:
//     {"key":"64 hex digits","outcome":"correct","why":"...","model":"...","prompt_tokens":210,
//      "reply_tokens":57}
//
// The key is the SHA-256 of everything that the verdict depends on: model, version of the prompt,
// question, reference, reply. An incomplete last line (the process was killed) is removed; a
// damaged line is skipped with a warning, and its request is sent again. The file stays when the
// output is complete, so that later runs reuse it.
#ifndef DATASETS_FILTER_JUDGE_JUDGE_LOG_H
#define DATASETS_FILTER_JUDGE_JUDGE_LOG_H

#include "datasets/filter/judge/judge_prompt.h"
#include "distill/base/sha256.h"

typedef struct judge_log judge_log;

typedef struct judge_line {
    char key[DISTILL_SHA256_HEX];
    judge_outcome outcome;
    distill_span why;
    const char *model;
    size_t prompt_tokens, reply_tokens;
} judge_line;

/// Called for each stored verdict; `line` is borrowed.
typedef distill_status (*judge_replay)(void *context, const judge_line *line);

/// Opens or creates the file in `dir` and replays its verdicts. The caller holds the output's lock.
/// Errors  IO; those of `replay`.
distill_status judge_log_open(judge_log **out, const char *dir, judge_replay replay,
                              void *context) DISTILL_MUST_CHECK;
/// After success the verdict survives the end of the process. After a failure (a full disk) the
/// file is as it was before.
distill_status judge_log_append(judge_log *log, const judge_line *line) DISTILL_MUST_CHECK;
/// After success all verdicts survive a power failure.
distill_status judge_log_sync(judge_log *log) DISTILL_MUST_CHECK;
void judge_log_close(judge_log *log);

#endif
