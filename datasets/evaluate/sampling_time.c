// datasets/evaluate/sampling_time.c - reads and writes the JSON object of sampling_time.h. The file
// is replaced atomically; one that is damaged counts as absent.
#include "datasets/evaluate/sampling_time.h"

#include "distill/base/file.h"
#include "distill/base/json/json_writer.h"

enum { MOST_BYTES = 1 << 20 };

distill_status sampling_time_read(sampling_time *time, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    *time = (sampling_time){0, 0};
    if (!distill_file_exists(path))
        return status;
    TRY(distill_json_read(&doc, path, MOST_BYTES));
    const distill_json_node *root = distill_json_root(doc);
    TRY(distill_json_get_number_or(&time->tokens, doc, root, "tokens", 0, 1e18, 0));
    TRY(distill_json_get_number_or(&time->seconds, doc, root, "seconds", 0, 1e18, 0));
done:
    distill_json_free(doc);
    if (status == DISTILL_FORMAT) {
        *time = (sampling_time){0, 0};
        status = DISTILL_OK;
    }
    return status;
}

distill_status sampling_time_write(const sampling_time *time, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_text out = {0};
    distill_json_writer w = {.out = &out};
    distill_json_begin_object(&w, NULL);
    distill_json_add_number(&w, "tokens", time->tokens);
    distill_json_add_number(&w, "seconds", time->seconds);
    distill_json_end_object(&w);
    TRY(distill_json_finish_line(&w));
    TRY(distill_file_write(path, out.bytes, out.length));
done:
    distill_text_free(&out);
    return status;
}
