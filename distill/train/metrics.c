// distill/train/metrics.c - one JSON object a line, appended by one write each.
#include "distill/train/metrics.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/lines.h"
#include "distill/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LINE_LIMIT = 1 << 16 };

struct distill_metrics {
    int fd;
    char *path;
    distill_text line; // kept, so that a step allocates nothing
};

// ------------------------------------------------------------------------------------- one line

static distill_status write_row(distill_text *line, const distill_metrics_row *row,
                                distill_metrics_more more, void *context)
{
    distill_json_writer w = {.out = line};
    distill_json_begin_object(&w, NULL);
    distill_json_add_uint(&w, "step", row->step);
    distill_json_add_number(&w, "epoch", row->epoch);
    distill_json_add_uint(&w, "tokens", row->tokens);
    distill_json_add_uint(&w, "step_tokens", row->step_tokens);
    distill_json_add_uint(&w, "step_targets", row->step_targets);
    distill_json_add_number(&w, "loss", row->loss);
    distill_json_add_number(&w, "lr", row->lr);
    distill_json_add_number(&w, "grad_norm", row->grad_norm);
    distill_json_add_fixed(&w, "tokens_per_s", row->tokens_per_s, 1);
    distill_json_add_fixed(&w, "seconds", row->seconds, 4);
    if (row->has_eval)
        distill_json_add_number(&w, "eval_loss", row->eval_loss);
    if (more != NULL)
        more(context, &w);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}

// False for an incomplete line, which a killed run may leave at the end.
static bool parse_row(distill_metrics_row *row, distill_span line)
{
    distill_json *doc = NULL;
    *row = (distill_metrics_row){0};
    if (distill_json_parse(&doc, line.bytes, line.length, "metrics") != DISTILL_OK)
        return false;
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *eval = distill_json_present(root, "eval_loss");
    bool complete = distill_json_present(root, "step") != NULL;
    row->step = (uint64_t)distill_json_number(distill_json_member(root, "step"));
    row->epoch = distill_json_number(distill_json_member(root, "epoch"));
    row->tokens = (uint64_t)distill_json_number(distill_json_member(root, "tokens"));
    row->step_tokens = (uint64_t)distill_json_number(distill_json_member(root, "step_tokens"));
    row->step_targets = (uint64_t)distill_json_number(distill_json_member(root, "step_targets"));
    row->loss = distill_json_number(distill_json_member(root, "loss"));
    row->lr = distill_json_number(distill_json_member(root, "lr"));
    row->grad_norm = distill_json_number(distill_json_member(root, "grad_norm"));
    row->tokens_per_s = distill_json_number(distill_json_member(root, "tokens_per_s"));
    row->seconds = distill_json_number(distill_json_member(root, "seconds"));
    row->has_eval = eval != NULL;
    row->eval_loss = distill_json_number(eval);
    distill_json_free(doc);
    return complete;
}

// -------------------------------------------------------------------------------------- reopening

static distill_status keep_lines(const char *path, uint64_t last_step)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_text kept = {0};
    distill_span line;
    distill_metrics_row row;
    bool more = false;
    if (!distill_file_exists(path))
        return DISTILL_OK;
    TRY(distill_lines_open(&lines, path, LINE_LIMIT));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (!parse_row(&row, line) || row.step > last_step)
            continue;
        TRY(distill_text_add_span(&kept, line));
        TRY(distill_text_add_char(&kept, '\n'));
    }
    TRY(distill_file_write(path, kept.bytes != NULL ? kept.bytes : "", kept.length));
done:
    distill_text_free(&kept);
    distill_lines_close(lines);
    return status;
}

distill_status distill_metrics_open(distill_metrics **out, const char *path, uint64_t last_step)
{
    distill_status status = DISTILL_OK;
    distill_metrics *metrics = NULL;
    *out = NULL;
    TRY(keep_lines(path, last_step));
    TRY(DISTILL_NEW(&metrics, 1));
    metrics->fd = -1;
    TRY(distill_copy_string(&metrics->path, path, strlen(path)));
    TRY(distill_text_reserve(&metrics->line, 1024));
    metrics->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (metrics->fd < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s: cannot be written", path));
    *out = metrics;
    metrics = NULL;
done:
    distill_metrics_close(metrics);
    return status;
}

distill_status distill_metrics_add(distill_metrics *metrics, const distill_metrics_row *row,
                                   distill_metrics_more more, void *context)
{
    distill_status status = DISTILL_OK;
    distill_text_clear(&metrics->line);
    TRY(write_row(&metrics->line, row, more, context));
    ssize_t written;
    do
        written = write(metrics->fd, metrics->line.bytes, metrics->line.length);
    while (written < 0 && errno == EINTR);
    if (written != (ssize_t)metrics->line.length)
        TRY(distill_fail_errno(DISTILL_IO, "%s: writing failed", metrics->path));
done:
    return status;
}

distill_status distill_metrics_sync(distill_metrics *metrics)
{
    if (fsync(metrics->fd) != 0)
        return distill_fail_errno(DISTILL_IO, "%s: fsync", metrics->path);
    return DISTILL_OK;
}

void distill_metrics_close(distill_metrics *metrics)
{
    if (metrics == NULL)
        return;
    if (metrics->fd >= 0)
        close(metrics->fd);
    distill_text_free(&metrics->line);
    distill_free(metrics->path);
    distill_free(metrics);
}

distill_status distill_metrics_read(distill_metrics_row **rows, size_t *count, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_lines *lines = NULL;
    distill_span line;
    size_t capacity = 0;
    bool more = false;
    *rows = NULL;
    *count = 0;
    TRY(distill_lines_open(&lines, path, LINE_LIMIT));
    for (;;) {
        TRY(distill_lines_next(lines, &line, &more));
        if (!more)
            break;
        if (*count == capacity) {
            size_t larger = capacity == 0 ? 256 : 2 * capacity;
            TRY(distill_grow((void **)rows, capacity, larger, sizeof **rows));
            capacity = larger;
        }
        if (parse_row(&(*rows)[*count], line))
            ++*count;
    }
done:
    distill_lines_close(lines);
    return status;
}
