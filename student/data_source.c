// student/data_source.c - samples from each kind of source.
//
// Shards and JSON lines are read in order by one thread; JSON and built-in problems are parsed by
// many.
#include "student/data_source.h"

#include "datasets/prompts/builtin_tasks.h"
#include "datasets/sample/sampling_options.h"
#include "datasets/traces/shard/trace_reader.h"
#include "distill/base/file.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/memory.h"
#include "distill/base/rows/json_rows.h"
#include "student/json_sample.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_LIMIT = 64 << 20 };

struct data_source {
    char *path;
    json_rows *rows;          // a data file, or
    trace_reader *traces;     // shards, or
    const builtin_task *task; // worked solutions
    size_t next, count;       // of traces or problems
    bool same_tokenizer;      // token ids of the traces are the student's
    char *prompt_template;    // NULL = unknown
    char *system;
};

// ---------------------------------------------------------------------------------------- built-in

static distill_status open_builtin(data_source *source, const char *spec)
{
    distill_status status = DISTILL_OK;
    const char *name = spec + strlen("builtin:"), *colon = strchr(name, ':');
    size_t length = colon != NULL ? (size_t)(colon - name) : strlen(name);
    char *task = NULL, *end = NULL;
    TRY(distill_copy_string(&task, name, length));
    source->task = builtin_task_find(task);
    if (source->task == NULL)
        TRY(distill_fail(DISTILL_USAGE, "%s: there is no task \"%s\"; there are %s", spec, task,
                         builtin_task_names()));
    source->count = BUILTIN_DEFAULT_COUNT;
    if (colon != NULL) {
        source->count = strtoull(colon + 1, &end, 10);
        if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || source->count == 0 ||
            source->count > UINT32_MAX)
            TRY(distill_fail(DISTILL_USAGE, "%s: expected builtin:TASK:COUNT", spec));
    }
    TRY(distill_copy_string(&source->prompt_template, PROMPT_TEMPLATE_DEFAULT,
                            sizeof PROMPT_TEMPLATE_DEFAULT - 1));
done:
    distill_free(task);
    return status;
}

static distill_status parse_builtin(const data_source *source, data_sample *sample)
{
    distill_status status = DISTILL_OK;
    builtin_problem problem = {0};
    TRY(builtin_task_problem(&problem, source->task, BUILTIN_TRAIN, sample->number - 1));
    TRY(distill_text_add_span(&sample->prompt, distill_text_span(&problem.prompt)));
    TRY(distill_text_add_span(&sample->response, distill_text_span(&problem.solution)));
done:
    builtin_problem_free(&problem);
    return status;
}

// ------------------------------------------------------------------------------------------ shards

// A string setting in either spelling, at any depth: filtered shards hold the settings of sampling
// inside their own.
static const distill_json_node *find_setting(const distill_json_node *node, const char *dashed,
                                             const char *lowered, int depth)
{
    const distill_json_node *hit = distill_json_present(node, dashed);
    if (hit == NULL)
        hit = distill_json_present(node, lowered);
    if (hit != NULL && distill_json_kind_of(hit) == DISTILL_JSON_STRING)
        return hit;
    for (const distill_json_node *child = distill_json_first(node); child != NULL && depth > 0;
         child = distill_json_next(child)) {
        hit = find_setting(child, dashed, lowered, depth - 1);
        if (hit != NULL)
            return hit;
    }
    return NULL;
}

static distill_status read_shard_settings(data_source *source)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    const char *settings = trace_reader_attribute(source->traces, "settings");
    if (settings[0] == '\0')
        return DISTILL_OK;
    TRY(distill_json_parse(&doc, settings, strlen(settings), source->path));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *text = find_setting(root, "prompt-template", "prompt_template", 4);
    distill_span value = distill_json_string(doc, text);
    if (text != NULL)
        TRY(distill_copy_string(&source->prompt_template, value.bytes, value.length));
    text = find_setting(root, "system", "system_prompt", 4);
    value = distill_json_string(doc, text);
    if (value.length > 0)
        TRY(distill_copy_string(&source->system, value.bytes, value.length));
done:
    distill_json_free(doc);
    return status;
}

static distill_status open_shards(data_source *source, const char *tokenizer_sha256)
{
    distill_status status = DISTILL_OK;
    TRY(trace_reader_open(&source->traces, source->path));
    const char *theirs = trace_reader_attribute(source->traces, "tokenizer_sha256"); // "": unknown
    source->same_tokenizer = theirs[0] != '\0' && strcmp(theirs, tokenizer_sha256) == 0;
    source->count = trace_reader_count(source->traces);
    TRY(read_shard_settings(source));
done:
    return status;
}

static distill_status fetch_trace(data_source *source, data_sample *sample)
{
    distill_status status = DISTILL_OK;
    trace_record record = {0};
    TRY(trace_reader_read(source->traces, source->next, &record));
    TRY(data_sample_take(sample, &record));
    if (source->same_tokenizer && record.token_ids != NULL)
        TRY(distill_ids_append_all(&sample->reply_ids, record.token_ids, record.token_count));
done:
    return status;
}

// --------------------------------------------------------------------------------------- sources

static bool has_ending(const char *path, const char *ending)
{
    size_t p = strlen(path), e = strlen(ending);
    return p >= e && strcmp(path + p - e, ending) == 0;
}

distill_status data_source_open(data_source **out, const char *path, const char *tokenizer_sha256)
{
    distill_status status = DISTILL_OK;
    data_source *source = NULL;
    *out = NULL;
    TRY(DISTILL_NEW(&source, 1));
    TRY(distill_copy_string(&source->path, path, strlen(path)));
    if (strncmp(path, "builtin:", 8) == 0)
        TRY(open_builtin(source, path));
    else if (distill_is_directory(path) || has_ending(path, ".h5"))
        TRY(open_shards(source, tokenizer_sha256));
    else
        TRY(json_rows_open(&source->rows, path, LINE_LIMIT));
    *out = source;
    source = NULL;
done:
    data_source_close(source);
    return status;
}

void data_source_close(data_source *source)
{
    if (source == NULL)
        return;
    json_rows_close(source->rows);
    trace_reader_close(source->traces);
    distill_free(source->prompt_template);
    distill_free(source->system);
    distill_free(source->path);
    distill_free(source);
}

static distill_status fetch_line(data_source *source, data_sample *sample, bool *more)
{
    distill_status status = DISTILL_OK;
    distill_span line = {0};
    TRY(json_rows_next(source->rows, &line, more));
    if (!*more)
        goto done;
    sample->number = json_rows_number(source->rows);
    TRY(distill_text_add_span(&sample->line, line));
done:
    return status;
}

distill_status data_source_next(data_source *source, data_sample *sample, bool *more)
{
    distill_status status = DISTILL_OK;
    data_sample_clear(sample);
    if (source->rows != NULL)
        return fetch_line(source, sample, more);
    *more = source->next < source->count;
    if (!*more)
        return DISTILL_OK;
    if (source->traces != NULL)
        TRY(fetch_trace(source, sample));
    sample->number = ++source->next;
done:
    return status;
}

distill_status data_source_parse(const data_source *source, data_sample *sample)
{
    if (source->task != NULL)
        return parse_builtin(source, sample);
    if (source->rows != NULL)
        return json_sample_parse(sample, source->path);
    return DISTILL_OK;
}

const char *data_source_template(const data_source *source)
{
    return source->prompt_template;
}

const char *data_source_system(const data_source *source)
{
    return source->system;
}

bool data_source_is_sampled(const data_source *source)
{
    return source->traces != NULL && source->prompt_template != NULL; // imports have none
}
