// distill/base/options/options.c - argv and --config into a plain struct, as the program's rows
// say.
//
// The struct begins as a copy of the defaults. argv is read first and marks each option that it
// sets;
// --config then sets the options that are not marked.
#include "distill/base/options/options.h"

#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/memory.h"
#include "distill/base/options/options_help.h"
#include "distill/base/options/options_rows.h"
#include "distill/base/threads.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 128, MOST_CONFIG_BYTES = 1 << 20 };

typedef struct parse {
    const distill_program *program;
    void *options;
    bool given[MOST_OPTIONS]; // on the command line; --config does not change these
    bool negated;             // the last name that find_row() found was --no-NAME
} parse;

/// Memory of values from --config and of lists: it lives as long as the process, reachable from
/// here.
static struct {
    void **blocks;
    size_t count;
} kept;

/// Keeps `block`, in the place of `instead_of` if that was a kept block that has been reallocated.
static distill_status keep(void *block, const void *instead_of)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; instead_of != NULL && i < kept.count; i++) {
        if (kept.blocks[i] == instead_of) {
            kept.blocks[i] = block;
            return DISTILL_OK;
        }
    }
    TRY(distill_grow((void **)&kept.blocks, kept.count, kept.count + 1, sizeof *kept.blocks));
    kept.blocks[kept.count++] = block;
done:
    return status;
}

static void *field_of(const parse *p, const distill_option *row)
{
    return (char *)p->options + row->offset;
}

static char fold(char c)
{
    return c == '_' ? '-' : c;
}

/// Is `name` (of `length`) the spelling `known`, "-" and "_" being the same?
static bool same_name(const char *name, size_t length, distill_span known)
{
    size_t i = 0;
    if (length != known.length)
        return false;
    while (i < length && fold(name[i]) == fold(known.bytes[i]))
        i++;
    return i == length;
}

static bool row_has_name(const distill_option *row, const char *name, size_t length)
{
    if (row->name == NULL)
        return false;
    if (same_name(name, length, distill_span_of(row->name)))
        return true;
    for (const char *rest = row->aliases; rest != NULL;)
        if (same_name(name, length, options_next_part(&rest, ',')))
            return true;
    return false;
}

static const distill_option *find_row(parse *p, const char *name, size_t length)
{
    p->negated = false;
    for (size_t i = 0; i < p->program->option_count; i++)
        if (row_has_name(&p->program->options[i], name, length))
            return &p->program->options[i];
    if (length > 3 && strncmp(name, "no", 2) == 0 && fold(name[2]) == '-') {
        for (size_t i = 0; i < p->program->option_count; i++) {
            const distill_option *row = &p->program->options[i];
            if (row->type == DISTILL_OPT_FLAG && row_has_name(row, name + 3, length - 3)) {
                p->negated = true;
                return row;
            }
        }
    }
    return NULL;
}

static distill_status unknown_name(const parse *p, const char *where, const char *name)
{
    const char *names[MOST_OPTIONS];
    size_t count = 0;
    assert(p->program->options != NULL);
    for (size_t i = 0; i < p->program->option_count && count < MOST_OPTIONS; i++)
        if (p->program->options[i].name != NULL)
            names[count++] = p->program->options[i].name;
    const char *nearest = distill_nearest_name(name, names, count);
    return distill_fail(DISTILL_USAGE, "%s%s is not an option%s%s%s (see --help)", where, name,
                        nearest != NULL ? "; did you mean --" : "", nearest != NULL ? nearest : "",
                        nearest != NULL ? "?" : "");
}

static distill_status parse_whole(long long *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0)
        return distill_fail(DISTILL_USAGE, "--%s: expected a whole number, found \"%s\"", row->name,
                            value);
    if ((double)*out < row->low || (double)*out > row->high)
        return distill_fail(DISTILL_USAGE, "--%s: %lld is not between %.15g and %.15g", row->name,
                            *out, row->low, row->high);
    return DISTILL_OK;
}

static distill_status parse_seed(uint64_t *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    errno = 0;
    *out = strtoull(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || value[0] == '-')
        return distill_fail(DISTILL_USAGE,
                            "--%s: expected a whole number from 0 to 2^64-1, found \"%s\"",
                            row->name, value);
    return DISTILL_OK;
}

static distill_status parse_real(double *out, const distill_option *row, const char *value)
{
    char *end = NULL;
    *out = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(*out))
        return distill_fail(DISTILL_USAGE, "--%s: expected a number, found \"%s\"", row->name,
                            value);
    if (*out < row->low || *out > row->high)
        return distill_fail(DISTILL_USAGE, "--%s: %s is not between %.10g and %.10g", row->name,
                            value, row->low, row->high);
    return DISTILL_OK;
}

static distill_status parse_choice(int *out, const distill_option *row, const char *value)
{
    int place = 0;
    for (const char *rest = row->choices; rest != NULL; place++) {
        if (distill_span_is(options_next_part(&rest, '|'), value)) {
            *out = place;
            return DISTILL_OK;
        }
    }
    return distill_fail(DISTILL_USAGE, "--%s: \"%s\" is not one of %s", row->name, value,
                        row->choices);
}

static distill_status append_value(distill_string_list *list, const char *value)
{
    distill_status status = DISTILL_OK;
    const void *before = list->at;
    TRY(distill_grow((void **)&list->at, list->count, list->count + 1, sizeof *list->at));
    TRY(keep(list->at, before));
    list->at[list->count++] = value;
done:
    return status;
}

static distill_status parse_flag(bool *out, const distill_option *row, const char *value)
{
    if (strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
        *out = true;
    else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
        *out = false;
    else
        return distill_fail(DISTILL_USAGE, "--%s: expected true or false, found \"%s\"", row->name,
                            value);
    return DISTILL_OK;
}

/// Stores `value`, which must live as long as the process.
static distill_status set_value(parse *p, const distill_option *row, const char *value)
{
    distill_status status = DISTILL_OK;
    long long whole = 0;
    void *field = field_of(p, row);
    switch (row->type) {
    case DISTILL_OPT_FLAG:
        TRY(parse_flag(field, row, value));
        break;
    case DISTILL_OPT_INT:
        TRY(parse_whole(&whole, row, value));
        *(int *)field = (int)whole;
        break;
    case DISTILL_OPT_SIZE:
        TRY(parse_whole(&whole, row, value));
        *(size_t *)field = (size_t)whole;
        break;
    case DISTILL_OPT_SEED:
        TRY(parse_seed(field, row, value));
        break;
    case DISTILL_OPT_REAL:
        TRY(parse_real(field, row, value));
        break;
    case DISTILL_OPT_STRING:
        *(const char **)field = value;
        break;
    case DISTILL_OPT_CHOICE:
        TRY(parse_choice(field, row, value));
        break;
    case DISTILL_OPT_LIST:
        TRY(append_value(field, value));
        break;
    }
done:
    return status;
}

/// Stores the values of the row whose name is argv[*at]; `inline_value` is what follows "=", or
/// NULL.
static distill_status take_values(parse *p, const distill_option *row, const char *inline_value,
                                  int argc, char **argv, int *at)
{
    distill_status status = DISTILL_OK;
    p->given[row - p->program->options] = true;
    if (row->type == DISTILL_OPT_FLAG) {
        if (inline_value != NULL && !p->negated)
            return set_value(p, row, inline_value);
        if (inline_value != NULL)
            return distill_fail(DISTILL_USAGE, "--no-%s takes no value", row->name);
        *(bool *)field_of(p, row) = !p->negated;
        return DISTILL_OK;
    }
    if (inline_value != NULL)
        return set_value(p, row, inline_value);
    if (*at + 1 >= argc)
        return distill_fail(DISTILL_USAGE, "--%s needs a value: %s", row->name,
                            row->help != NULL ? row->help : "");
    TRY(set_value(p, row, argv[++*at]));
    // a list ends before the next word that looks like an option
    while (row->type == DISTILL_OPT_LIST && *at + 1 < argc &&
           (argv[*at + 1][0] != '-' || argv[*at + 1][1] == '\0'))
        TRY(set_value(p, row, argv[++*at]));
done:
    return status;
}

static const distill_option *find_letter(const parse *p, char letter)
{
    for (size_t i = 0; i < p->program->option_count; i++)
        if (p->program->options[i].letter == letter)
            return &p->program->options[i];
    return NULL;
}

static const distill_option *find_positional(const parse *p)
{
    for (size_t i = 0; i < p->program->option_count; i++)
        if (p->program->options[i].positional_list)
            return &p->program->options[i];
    return NULL;
}

/// argv[*at] is --NAME or --NAME=VALUE.
static distill_status parse_name(parse *p, int argc, char **argv, int *at)
{
    const char *name = argv[*at] + 2, *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const distill_option *row = find_row(p, name, length);
    char unknown[80];
    if (row != NULL)
        return take_values(p, row, equals != NULL ? equals + 1 : NULL, argc, argv, at);
    snprintf(unknown, sizeof unknown, "%.*s", (int)(length < 79 ? length : 79), name);
    return unknown_name(p, "--", unknown);
}

static distill_status parse_word(parse *p, int argc, char **argv, int *at)
{
    const char *word = argv[*at];
    const distill_option *row = NULL;
    if (word[0] == '-' && word[1] == '-' && word[2] != '\0')
        return parse_name(p, argc, argv, at);
    if (word[0] == '-' && word[1] != '\0' && word[2] == '\0' &&
        (row = find_letter(p, word[1])) != NULL) {
        p->negated = false;
        return take_values(p, row, NULL, argc, argv, at);
    }
    row = find_positional(p);
    if (row == NULL || (word[0] == '-' && word[1] != '\0' && word[1] != '-')) // "-" is a file
        return distill_fail(DISTILL_USAGE, "\"%s\" is not understood (see --help)", word);
    p->given[row - p->program->options] = true;
    return set_value(p, row, word);
}

/// Stores a JSON value as if its text stood on the command line.
static distill_status config_value(parse *p, const distill_option *row, const distill_json *doc,
                                   const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    distill_json_kind kind = distill_json_kind_of(node);
    char *value = NULL;
    if (kind == DISTILL_JSON_NULL || kind == DISTILL_JSON_OBJECT || kind == DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_USAGE, "%s: expected one value, found %s",
                         distill_json_where(doc, node, NULL), distill_json_kind_name(node)));
    if (kind == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(&text, distill_json_string(doc, node)));
    else
        TRY(distill_json_write_node(&text, doc, node));
    TRY(distill_copy_string(&value, text.bytes, text.length));
    TRY(keep(value, NULL));
    status = set_value(p, row, value);
    if (status != DISTILL_OK)
        status = distill_fail_context(status, "%s", distill_json_where(doc, node, NULL));
done:
    distill_text_free(&text);
    return status;
}

static distill_status apply_config(parse *p, const char *path)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(distill_json_read(&doc, path, MOST_CONFIG_BYTES));
    if (distill_json_kind_of(distill_json_root(doc)) != DISTILL_JSON_OBJECT)
        TRY(distill_fail(DISTILL_USAGE, "%s: expected an object of options", path));
    for (const distill_json_node *node = distill_json_first(distill_json_root(doc)); node != NULL;
         node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        const distill_option *row = find_row(p, key, strlen(key));
        char where[300];
        snprintf(where, sizeof where, "%.250s: ", path);
        if (row == NULL || p->negated) {
            status = unknown_name(p, where, key);
            goto done;
        }
        if (p->given[row - p->program->options])
            continue;
        if (row->type == DISTILL_OPT_LIST && distill_json_kind_of(node) == DISTILL_JSON_ARRAY) {
            for (const distill_json_node *item = distill_json_first(node); item != NULL;
                 item = distill_json_next(item))
                TRY(config_value(p, row, doc, item));
        } else {
            TRY(config_value(p, row, doc, node));
        }
    }
done:
    distill_json_free(doc);
    if (status != DISTILL_OK && status != DISTILL_NO_MEMORY)
        status = DISTILL_USAGE;
    return status;
}

distill_status distill_options_parse(void *options, const distill_program *program, int argc,
                                     char **argv)
{
    distill_status status = DISTILL_OK;
    parse p = {.program = program, .options = options};
    bool printed = false;
    if (program->option_count > MOST_OPTIONS)
        return distill_fail(DISTILL_INTERNAL, "%s has too many options", program->name);
    memcpy(options, program->defaults, program->size);
    for (int i = 1; i < argc; i++) {
        TRY(options_print_about(&printed, program, argv[i]));
        if (printed)
            exit(distill_exit(program, DISTILL_OK));
    }
    for (int i = 1; i < argc; i++)
        TRY(parse_word(&p, argc, argv, &i));
    const distill_common_options *common = options;
    if (common->config != NULL)
        TRY(apply_config(&p, common->config));
done:
    return status;
}

distill_status distill_options_require(const char *value, const char *name)
{
    if (value == NULL || value[0] == '\0')
        return distill_fail(DISTILL_USAGE, "--%s is missing (see --help)", name);
    return DISTILL_OK;
}

static void add_value(distill_json_writer *w, const distill_option *row, const void *field)
{
    const distill_string_list *list = field;
    switch (row->type) {
    case DISTILL_OPT_FLAG:
        distill_json_add_bool(w, row->name, *(const bool *)field);
        break;
    case DISTILL_OPT_INT:
        distill_json_add_int(w, row->name, *(const int *)field);
        break;
    case DISTILL_OPT_SIZE:
        distill_json_add_uint(w, row->name, *(const size_t *)field);
        break;
    case DISTILL_OPT_SEED:
        distill_json_add_uint(w, row->name, *(const uint64_t *)field);
        break;
    case DISTILL_OPT_REAL:
        distill_json_add_number(w, row->name, *(const double *)field);
        break;
    case DISTILL_OPT_STRING:
        distill_json_add_string(w, row->name, *(const char *const *)field);
        break;
    case DISTILL_OPT_CHOICE:
        distill_json_add_span(w, row->name, distill_choice_word(row->choices, *(const int *)field));
        break;
    case DISTILL_OPT_LIST:
        distill_json_begin_array(w, row->name);
        for (size_t i = 0; i < list->count; i++)
            distill_json_add_string(w, NULL, list->at[i]);
        distill_json_end_array(w);
        break;
    }
}

void distill_options_add(distill_json_writer *w, const distill_program *program,
                         const void *options)
{
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        bool common = row->offset < sizeof(distill_common_options) && row->type != DISTILL_OPT_SEED;
        if (row->name != NULL && !common)
            add_value(w, row, (const char *)options + row->offset);
    }
}

distill_status distill_options_write(distill_text *out, const distill_program *program,
                                     const void *options)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_options_add(&w, program, options);
    distill_json_end_object(&w);
    return distill_json_finish(&w);
}

distill_status distill_program_start(const distill_common_options *common)
{
    distill_status status = DISTILL_OK;
    distill_interrupt_install();
    TRY(distill_log_open(common->log_file, common->quiet));
    TRY(distill_threads_set(common->threads));
done:
    return status;
}

int distill_exit(const distill_program *program, distill_status status)
{
    if (status == DISTILL_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = distill_fail_errno(DISTILL_IO, "standard output could not be written");
    if (status != DISTILL_OK)
        fprintf(stderr, "%s: %s%s\n", program->name,
                status == DISTILL_INTERRUPTED ? "" : "error: ", distill_error_message());
    distill_log_close();
    switch (status) {
    case DISTILL_OK:
        return 0;
    case DISTILL_USAGE:
        return 2;
    case DISTILL_INTERRUPTED:
        return 130;
    default:
        return 1;
    }
}
