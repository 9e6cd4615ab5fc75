// distill/base/skipped_lines.c - bad lines are collected as JSON lines until the output directory
// exists.
#include "distill/base/skipped_lines.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"

enum { MOST_BYTES = 64 << 20 };

static distill_status note_line(skipped_lines *skipped, const char *file, size_t number,
                                distill_span line)
{
    distill_json_writer w = {.out = &skipped->lines};
    char reason[DISTILL_ERROR_CAPACITY];
    distill_error_take(reason, sizeof reason);
    distill_json_begin_object(&w, NULL);
    distill_json_add_string(&w, "file", file);
    distill_json_add_uint(&w, "line", number);
    distill_json_add_string(&w, "reason", reason);
    distill_json_add_span(&w, "text", line);
    distill_json_end_object(&w);
    skipped->count++;
    return distill_json_finish_line(&w);
}

distill_status skipped_lines_add(skipped_lines *skipped, distill_status read, const char *file,
                                 size_t number, distill_span line)
{
    if (read != DISTILL_FORMAT && read != DISTILL_UNSUPPORTED)
        return read;
    if (skipped == NULL)
        return read;
    if (!skipped->allowed) {
        char reason[DISTILL_ERROR_CAPACITY];
        distill_error_take(reason, sizeof reason);
        return distill_fail(read, "%s (--skip-bad leaves such lines out)", reason);
    }
    skipped->lines.limit = MOST_BYTES;
    distill_status status = note_line(skipped, file, number, line);
    if (status == DISTILL_LIMIT)
        return distill_fail(DISTILL_FORMAT,
                            "%s:%zu: %zu bad lines, more than --skip-bad is meant for; is this the "
                            "right file?",
                            file, number, skipped->count);
    return status;
}

distill_status skipped_lines_write(skipped_lines *skipped, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, dir, SKIPPED_LINES_FILE));
    if (skipped->count == 0) {
        TRY(distill_remove_all(path.bytes));
        goto done;
    }
    TRY(distill_file_write(path.bytes, skipped->lines.bytes, skipped->lines.length));
    distill_warn("%zu bad lines were skipped; %s holds them with their reasons", skipped->count,
                 path.bytes);
done:
    distill_text_free(&path);
    return status;
}

void skipped_lines_free(skipped_lines *skipped)
{
    distill_text_free(&skipped->lines);
    skipped->count = 0;
}
