// distill/text/jinja/builtins/functions.c - the functions of the environment: Jinja's own, and the
// two of transformers (raise_exception, strftime_now).
#include "distill/text/jinja/builtins/jinja_builtins.h"
#include "distill/text/jinja/jinja_interpreter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { MAX_RANGE = 100000 }; // of Jinja's sandbox

static distill_status function_range(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    int64_t bounds[3] = {0, 0, 1};
    if (args->count < 1 || args->count > 3 || args->named_count > 0)
        TRY(jinja_fail(run, "range expected 1 to 3 arguments, got %zu", args->count));
    for (size_t i = 0; i < args->count; i++)
        TRY(jinja_need_integer(&bounds[args->count == 1 ? 1 : i], run, args->at[i]));
    if (bounds[2] == 0)
        TRY(jinja_fail(run, "range() arg 3 must not be zero"));
    double count = ((double)bounds[1] - (double)bounds[0]) / (double)bounds[2];
    if (count > MAX_RANGE)
        TRY(jinja_fail(run, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).",
                       MAX_RANGE));
    size_t length = count <= 0 ? 0 : (size_t)count + (count > (double)(size_t)count ? 1 : 0);
    TRY(jinja_list_new(out, run, length));
    for (size_t i = 0; i < length; i++)
        out->as.list->items[i] = jinja_int(bounds[0] + (int64_t)i * bounds[2]);
    out->form = JINJA_FORM_RANGE;
done:
    return status;
}

/// Sets the entries of a dict from another one, from pairs, or from named arguments.
static distill_status fill_dict(jinja_dict *dict, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_value items, pair;
    if (args->count > 1)
        TRY(jinja_fail(run, "expected at most 1 argument, got %zu", args->count));
    if (args->count == 1 && args->at[0].kind == JINJA_UNDEFINED)
        TRY(jinja_fail_undefined(run, args->at[0]));
    if (args->count == 1 && args->at[0].kind == JINJA_DICT) {
        const jinja_dict *from = args->at[0].as.dict;
        for (size_t i = 0; i < from->count; i++)
            TRY(jinja_dict_set(dict, run, from->entries[i].key, from->entries[i].value));
    } else if (args->count == 1) {
        TRY(jinja_iterate(&items, run, args->at[0]));
        for (size_t i = 0; i < items.as.list->count; i++) {
            TRY(jinja_iterate(&pair, run, items.as.list->items[i]));
            if (pair.as.list->count != 2)
                TRY(jinja_fail(run, "a dict is made of pairs, not of %zu items",
                               pair.as.list->count));
            TRY(jinja_dict_set(dict, run, pair.as.list->items[0], pair.as.list->items[1]));
        }
    }
    for (size_t i = 0; i < args->named_count; i++)
        TRY(jinja_dict_set(dict, run, jinja_string(args->named[i].name, JINJA_FROM_TEMPLATE),
                           args->named[i].value));
done:
    return status;
}

static distill_status function_dict(jinja_value *out, jinja_run *run, const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(jinja_dict_new(out, run));
    TRY(fill_dict(out->as.dict, run, args));
done:
    return status;
}

static distill_status function_namespace(jinja_value *out, jinja_run *run,
                                         const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    TRY(function_dict(out, run, args));
    out->kind = JINJA_NAMESPACE;
done:
    return status;
}

static distill_status function_raise_exception(jinja_value *out, jinja_run *run,
                                               const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    jinja_builder b = {.run = run};
    TRY(jinja_builder_add(&b, args->at[0].kind == JINJA_STRING
                                  ? args->at[0]
                                  : jinja_string(distill_span_of("an exception"), NULL)));
    TRY(jinja_builder_finish(out, &b));
    TRY(distill_fail(DISTILL_FORMAT, "line %u, column %u: raised: %.*s", run->place.line,
                     run->place.column, (int)(out->length < 1000 ? out->length : 1000),
                     out->as.bytes));
done:
    return status;
}

/// The time of strftime_now: midnight of the given day, or the system's clock.
static void broken_down_time(struct tm *out, const char *now)
{
    int year, month, day;
    *out = (struct tm){0};
    if (now != NULL && sscanf(now, "%d-%d-%d", &year, &month, &day) == 3) {
        out->tm_year = year - 1900;
        out->tm_mon = month - 1;
        out->tm_mday = day;
        time_t seconds = timegm(out);
        gmtime_r(&seconds, out);
    } else {
        time_t seconds = time(NULL);
        localtime_r(&seconds, out);
    }
}

static distill_status function_strftime_now(jinja_value *out, jinja_run *run,
                                            const jinja_arguments *args)
{
    distill_status status = DISTILL_OK;
    char format[256], text[1024];
    struct tm time;
    TRY(jinja_need_string(run, args->at[0]));
    if (args->at[0].length + 1 > sizeof format)
        TRY(jinja_fail(run, "strftime_now: the format is too long"));
    memcpy(format, args->at[0].as.bytes, args->at[0].length);
    format[args->at[0].length] = '\0';
    broken_down_time(&time, run->now);
    text[0] = '\0';
    size_t length = strftime(text, sizeof text, format, &time);
    char *copy = NULL;
    TRY(jinja_memory_take_text(&copy, &run->memory, length + 1));
    memcpy(copy, text, length);
    *out = jinja_string((distill_span){copy, length}, JINJA_FROM_TEMPLATE);
done:
    return status;
}

const jinja_builtin JINJA_FUNCTIONS[] = {
    {"range", function_range, NULL, 0},
    {"dict", function_dict, NULL, 0},
    {"namespace", function_namespace, NULL, 0},
    {"raise_exception", function_raise_exception, "message", 1},
    {"strftime_now", function_strftime_now, "format", 1},
    {NULL, NULL, NULL, 0}};
