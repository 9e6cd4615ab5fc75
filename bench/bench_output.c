// bench/bench_output.c - the lock, and settings.json compared member by member, so that a refusal names the
// first setting that differs.
#include "bench/bench_output.h"

#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"

enum { MOST_SETTINGS_BYTES = 64 << 20, SHOWN_BYTES = 120 };

distill_status bench_output_path(distill_text *path, const bench_output *output, const char *name)
{
    return distill_path_join(path, output->dir, name);
}

/// The value as JSON text, shortened to fit into a message; "nothing" if it is absent.
static distill_status shown_value(distill_text *out, const distill_json *doc,
                                  const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (node == NULL)
        return distill_text_add(out, "nothing");
    TRY(distill_json_write_node(out, doc, node));
    if (out->length > SHOWN_BYTES) {
        out->length = SHOWN_BYTES;
        while (((unsigned char)out->bytes[out->length] & 0xC0) == 0x80)
            out->length--;
        TRY(distill_text_add(out, "…"));
    }
done:
    return status;
}

static distill_status same_value(bool *same, const distill_json *a, const distill_json_node *x,
                                 const distill_json *b, const distill_json_node *y)
{
    distill_status status = DISTILL_OK;
    distill_text x_text = {0}, y_text = {0};
    *same = false;
    if (x == NULL || y == NULL)
        goto done;
    TRY(distill_json_write_node(&x_text, a, x));
    TRY(distill_json_write_node(&y_text, b, y));
    *same = distill_span_equal(distill_text_span(&x_text), distill_text_span(&y_text));
done:
    distill_text_free(&x_text);
    distill_text_free(&y_text);
    return status;
}

static distill_status report_difference(const char *dir, const char *parent, const char *key,
                                        const distill_json *old, const distill_json_node *was,
                                        const distill_json *new, const distill_json_node *is)
{
    distill_status status = DISTILL_OK;
    distill_text before = {0}, now = {0};
    TRY(shown_value(&before, old, was));
    TRY(shown_value(&now, new, is));
    TRY(distill_fail(DISTILL_MISMATCH,
                     "%s: the setting %s%s%s differs from that of the existing output: %s there, "
                     "%s now (choose another --output, or start afresh with --overwrite)",
                     dir, parent, parent[0] != '\0' ? " " : "", key, before.bytes, now.bytes));
done:
    distill_text_free(&before);
    distill_text_free(&now);
    return status;
}

/// Fails at the first member of two objects that differs; objects in them are compared likewise.
static distill_status compare_members(const char *dir, const char *parent, const distill_json *old,
                                      const distill_json_node *was, const distill_json *new,
                                      const distill_json_node *is)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node;
    for (node = distill_json_first(is); node != NULL; node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        const distill_json_node *other = distill_json_member(was, key);
        bool same = false;
        TRY(same_value(&same, old, other, new, node));
        if (same)
            continue;
        if (parent[0] == '\0' && other != NULL &&
            distill_json_kind_of(node) == DISTILL_JSON_OBJECT &&
            distill_json_kind_of(other) == DISTILL_JSON_OBJECT)
            TRY(compare_members(dir, key, old, other, new, node));
        TRY(report_difference(dir, parent, key, old, other, new, node));
    }
    for (node = distill_json_first(was); node != NULL; node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (distill_json_member(is, key) == NULL)
            TRY(report_difference(dir, parent, key, old, node, new, NULL));
    }
done:
    return status;
}

static distill_status compare_settings(const char *dir, const char *path, distill_span settings)
{
    distill_status status = DISTILL_OK;
    distill_json *old = NULL, *new = NULL;
    TRY(distill_json_read(&old, path, MOST_SETTINGS_BYTES));
    TRY(distill_json_parse(&new, settings.bytes, settings.length, "settings"));
    TRY(compare_members(dir, "", old, distill_json_root(old), new, distill_json_root(new)));
done:
    distill_json_free(old);
    distill_json_free(new);
    return status;
}

static distill_status remove_earlier(const bench_output *output)
{
    static const char *const NAMES[] = {"results.json", "report.html", "samples", "problems",
                                        "settings.json"};
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        TRY(bench_output_path(&path, output, NAMES[i]));
        TRY(distill_remove_all(path.bytes));
    }
done:
    distill_text_free(&path);
    return status;
}

distill_status bench_output_open(bench_output *out, const char *dir, distill_span settings,
                                 output_mode mode)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0}, samples = {0}, results = {0};
    *out = (bench_output){.dir = dir, .lock = -1};
    TRY(distill_make_directory(dir));
    TRY(bench_output_path(&path, out, ".lock"));
    TRY(distill_lock_take(&out->lock, path.bytes));
    if (mode == OUTPUT_OVERWRITE)
        TRY(remove_earlier(out));
    TRY(bench_output_path(&path, out, "settings.json"));
    TRY(bench_output_path(&samples, out, "samples"));
    TRY(bench_output_path(&results, out, "results.json"));
    out->finished = distill_file_exists(results.bytes);
    // before the first sample nothing depends on the settings of a run that failed
    bool begun = out->finished || distill_is_directory(samples.bytes);
    if (begun && distill_file_exists(path.bytes))
        TRY(compare_settings(dir, path.bytes, settings));
    else
        TRY(distill_file_write(path.bytes, settings.bytes, settings.length));
done:
    distill_text_free(&path);
    distill_text_free(&samples);
    distill_text_free(&results);
    if (status != DISTILL_OK)
        bench_output_close(out);
    return status;
}

void bench_output_close(bench_output *output)
{
    if (output->lock >= 0)
        distill_lock_release(&output->lock);
    output->lock = -1;
}
