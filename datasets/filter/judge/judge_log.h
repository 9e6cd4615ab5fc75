// datasets/filter/judge/judge_log.h - verdicts that were paid for, kept beside the output.
//
//     OUTPUT/judge-verdicts.jsonl, a line a verdict, only ever appended to:
//     {"key":"64 hex digits","outcome":"correct","why":"…","model":"…","prompt_tokens":210,
//      "reply_tokens":57}
//
// The key is the SHA-256 of everything the verdict depends on: model, words of the prompt, question,
// reference, reply. A line that was being written when the process was killed is cut off; a damaged
// one is skipped with a warning, and its verdict asked again. The file stays when the output is
// complete, so that filtering once more does not pay once more.
// Private to the judge.
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

typedef distill_status (*judge_replay)(void *context, const judge_line *line);

/// Opens (or creates) the file in `dir` and replays what it holds. One process at a time: the caller
/// holds the output's lock.
distill_status judge_log_open(judge_log **out, const char *dir, judge_replay replay,
                              void *context) DISTILL_MUST_CHECK;
/// When it returns OK, the verdict survives the death of the process. After a failure (a full disk)
/// the file is as it was before.
distill_status judge_log_append(judge_log *log, const judge_line *line) DISTILL_MUST_CHECK;
/// When it returns OK, everything appended survives a power cut.
distill_status judge_log_sync(judge_log *log) DISTILL_MUST_CHECK;
void judge_log_close(judge_log *log);

#endif
