// distill/base/options/options.c - reads argv and --config into an options struct; start and end of
// a program.
//
// The struct begins as a copy of the defaults. argv is read first and marks each option that it
// sets; --config then sets the options that are not marked.
#include "distill/base/options/options.h"

#include "distill/base/interrupt.h"
#include "distill/base/json/json_reader.h"
#include "distill/base/json/json_writer.h"
#include "distill/base/log.h"
#include "distill/base/options/option_values.h"
#include "distill/base/options/options_help.h"
#include "distill/base/options/options_rows.h"
#include "distill/base/threads.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 128, MAX_CONFIG_BYTES = 1 << 20 };

typedef struct parse {
    const distill_program *program;
    void *options;
    bool given[MAX_OPTIONS]; // on the command line; --config does not change these
    bool negated;            // the last result of find_row() was for --no-NAME
} parse;

static char fold(char c)
{
    return c == '_' ? '-' : c;
}

/// True if `name` (of `length`) equals `known`; "-" and "_" are equivalent.
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
    const char *names[MAX_OPTIONS];
    size_t count = 0;
    assert(p->program->options != NULL);
    for (size_t i = 0; i < p->program->option_count && count < MAX_OPTIONS; i++)
        if (p->program->options[i].name != NULL)
            names[count++] = p->program->options[i].name;
    const char *nearest = distill_nearest_name(name, names, count);
    return distill_fail(DISTILL_USAGE, "%s%s is not an option%s%s%s (see --help)", where, name,
                        nearest != NULL ? "; did you mean --" : "", nearest != NULL ? nearest : "",
                        nearest != NULL ? "?" : "");
}

/// Stores the values of the row whose name is argv[*at]. `inline_value` is the text after "=", or
/// NULL.
static distill_status take_values(parse *p, const distill_option *row, const char *inline_value,
                                  int argc, char **argv, int *at)
{
    distill_status status = DISTILL_OK;
    p->given[row - p->program->options] = true;
    if (row->type == DISTILL_OPT_FLAG) {
        if (inline_value != NULL && !p->negated)
            return option_set(p->options, row, inline_value);
        if (inline_value != NULL)
            return distill_fail(DISTILL_USAGE, "--no-%s takes no value", row->name);
        return option_set(p->options, row, p->negated ? "false" : "true");
    }
    if (inline_value != NULL)
        return option_set(p->options, row, inline_value);
    if (*at + 1 >= argc)
        return distill_fail(DISTILL_USAGE, "--%s needs a value: %s", row->name,
                            row->help != NULL ? row->help : "");
    TRY(option_set(p->options, row, argv[++*at]));
    // a list ends before the next argument that looks like an option
    while (row->type == DISTILL_OPT_LIST && *at + 1 < argc &&
           (argv[*at + 1][0] != '-' || argv[*at + 1][1] == '\0'))
        TRY(option_set(p->options, row, argv[++*at]));
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
    if (row == NULL || (word[0] == '-' && word[1] != '\0' && word[1] != '-')) // "-" is a file name
        return distill_fail(DISTILL_USAGE, "unexpected argument \"%s\" (see --help)", word);
    p->given[row - p->program->options] = true;
    return option_set(p->options, row, word);
}

/// Stores a JSON value as if its text were on the command line.
static distill_status config_value(parse *p, const distill_option *row, const distill_json *doc,
                                   const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    distill_text text = {0};
    distill_json_kind kind = distill_json_kind_of(node);
    if (kind == DISTILL_JSON_NULL || kind == DISTILL_JSON_OBJECT || kind == DISTILL_JSON_ARRAY)
        TRY(distill_fail(DISTILL_USAGE, "%s: expected one value, found %s",
                         distill_json_where(doc, node, NULL), distill_json_kind_name(node)));
    if (kind == DISTILL_JSON_STRING)
        TRY(distill_text_add_span(&text, distill_json_string(doc, node)));
    else
        TRY(distill_json_write_node(&text, doc, node));
    status = option_set_copy(p->options, row, distill_text_span(&text));
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
    TRY(distill_json_read(&doc, path, MAX_CONFIG_BYTES));
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
    if (program->option_count > MAX_OPTIONS)
        return distill_fail(DISTILL_INTERNAL, "%s has more than %d options", program->name,
                            MAX_OPTIONS);
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
        status = distill_fail_errno(DISTILL_IO, "cannot write to standard output");
    if (status != DISTILL_OK) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s: %s", program->name,
                 status == DISTILL_INTERRUPTED ? "" : "error: ");
        distill_log_print(prefix, distill_error_message());
    }
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
