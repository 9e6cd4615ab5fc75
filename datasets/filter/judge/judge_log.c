// datasets/filter/judge/judge_log.c - JSON lines, each appended by one write. When the file is
// opened, an incomplete last line is cut off and damaged lines are skipped.
#include "datasets/filter/judge/judge_log.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LINE_LIMIT = 1 << 20, TAIL_BYTES = 4096 };
static const char FILE_NAME[] = "judge-verdicts.jsonl";

struct judge_log {
    distill_text path, line;
    int file;
    off_t length;
};

/// Truncates the file after its last line end.
static distill_status remove_partial_line(judge_log *log)
{
    char tail[TAIL_BYTES];
    off_t end = lseek(log->file, 0, SEEK_END), keep = end;
    while (keep > 0) {
        off_t from = keep > TAIL_BYTES ? keep - TAIL_BYTES : 0;
        ssize_t got = pread(log->file, tail, (size_t)(keep - from), from);
        if (got != keep - from)
            return distill_fail_errno(DISTILL_IO, "%s", log->path.bytes);
        const char *last = memrchr(tail, '\n', (size_t)got);
        keep = last != NULL ? from + (last - tail) + 1 : from;
        if (last != NULL)
            break;
    }
    if (end < 0 || (keep < end && ftruncate(log->file, keep) != 0))
        return distill_fail_errno(DISTILL_IO, "%s", log->path.bytes);
    log->length = keep;
    return DISTILL_OK;
}

static distill_status parse_line(judge_line *line, const distill_json *doc, const char *where)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *root = distill_json_root(doc);
    distill_span key, outcome;
    TRY(distill_json_get_string(&key, doc, root, "key"));
    TRY(distill_json_get_string(&outcome, doc, root, "outcome"));
    TRY(distill_json_get_string(&line->why, doc, root, "why"));
    int found = 0;
    while (found < JUDGE_FAILED &&
           !distill_span_is(outcome, judge_outcome_key((judge_outcome)found)))
        found++;
    if (key.length != DISTILL_SHA256_HEX - 1 || found == JUDGE_FAILED)
        TRY(distill_fail(DISTILL_FORMAT, "%s: expected a verdict", where));
    memcpy(line->key, key.bytes, DISTILL_SHA256_HEX);
    line->outcome = (judge_outcome)found;
done:
    return status;
}

static distill_status replay_line(const judge_log *log, distill_span text, size_t number,
                                  judge_replay replay, void *context)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    distill_text where = {0};
    judge_line line = {0};
    TRY(distill_text_printf(&where, "%s:%zu", log->path.bytes, number));
    if (distill_json_parse(&doc, text.bytes, text.length, where.bytes) != DISTILL_OK ||
        parse_line(&line, doc, where.bytes) != DISTILL_OK)
        distill_warn("%s; the line is skipped, and its request sent again",
                     distill_error_message());
    else
        TRY(replay(context, &line));
done:
    distill_text_free(&where);
    distill_json_free(doc);
    return status;
}

static distill_status replay_all(const judge_log *log, judge_replay replay, void *context)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span text;
    bool more = true;
    TRY(distill_lines_open(&lines, log->path.bytes, LINE_LIMIT));
    while (true) {
        TRY(distill_lines_next(lines, &text, &more));
        if (!more)
            break;
        TRY(replay_line(log, text, distill_lines_number(lines), replay, context));
    }
done:
    distill_lines_close(lines);
    return status;
}

distill_status judge_log_open(judge_log **out, const char *dir, judge_replay replay, void *context)
{
    distill_status status = DISTILL_OK;
    judge_log *log = NULL;
    TRY(DISTILL_NEW(&log, 1));
    log->file = -1;
    TRY(distill_make_directory(dir));
    TRY(distill_path_join(&log->path, dir, FILE_NAME));
    log->file = open(log->path.bytes, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log->file < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", log->path.bytes));
    TRY(remove_partial_line(log));
    TRY(replay_all(log, replay, context));
    *out = log;
    log = NULL;
done:
    judge_log_close(log);
    return status;
}

static distill_status write_line(distill_text *out, const judge_line *line)
{
    distill_json_writer w = {.out = out};
    distill_text_clear(out);
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "key", line->key);
    distill_json_add_string(&w, "outcome", judge_outcome_key(line->outcome));
    distill_json_add_span(&w, "why", line->why);
    distill_json_add_string(&w, "model", line->model);
    distill_json_add_uint(&w, "prompt_tokens", line->prompt_tokens);
    distill_json_add_uint(&w, "reply_tokens", line->reply_tokens);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

distill_status judge_log_append(judge_log *log, const judge_line *line)
{
    distill_status status = DISTILL_OK;
    TRY(write_line(&log->line, line));
    ssize_t written = write(log->file, log->line.bytes, log->line.length);
    if (written != (ssize_t)log->line.length) {
        errno = written < 0 ? errno : ENOSPC; // a short write: the disk is full
        status = distill_fail_errno(DISTILL_IO, "%s: a verdict cannot be written", log->path.bytes);
        if (ftruncate(log->file, log->length) != 0)
            status = distill_fail_errno(DISTILL_IO, "%s", log->path.bytes);
        goto done;
    }
    log->length += written;
done:
    return status;
}

distill_status judge_log_sync(judge_log *log)
{
    if (fsync(log->file) != 0)
        return distill_fail_errno(DISTILL_IO, "%s", log->path.bytes);
    return DISTILL_OK;
}

void judge_log_close(judge_log *log)
{
    if (log == NULL)
        return;
    if (log->file >= 0)
        close(log->file);
    distill_text_free(&log->path);
    distill_text_free(&log->line);
    distill_free(log);
}
