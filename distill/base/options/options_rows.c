// distill/base/options/options_rows.c - placeholders, defaults and word lists of the rows of a
// program.
#include "distill/base/options/options_rows.h"

#include <stdio.h>
#include <string.h>

const char OPTIONS_EXIT_STATUS[] =
    "Exit status: 0 done, 1 failed, 2 bad usage, 130 interrupted (the work so far is saved).";

distill_span options_next_part(const char **rest, char separator)
{
    const char *begin = *rest;
    if (begin == NULL)
        return (distill_span){0};
    const char *end = strchr(begin, separator);
    *rest = end != NULL ? end + 1 : NULL;
    return (distill_span){begin, end != NULL ? (size_t)(end - begin) : strlen(begin)};
}

const char *options_placeholder(const distill_option *row)
{
    if (row->type == DISTILL_OPT_FLAG)
        return "";
    if (row->type == DISTILL_OPT_CHOICE)
        return row->choices;
    if (row->unit != NULL)
        return row->unit;
    return row->type == DISTILL_OPT_STRING || row->type == DISTILL_OPT_LIST ? "TEXT" : "N";
}

static void copy_escaped(char *buffer, size_t capacity, const char *string)
{
    size_t used = 0;
    for (; string != NULL && *string != '\0' && used + 3 < capacity; string++) {
        if (*string == '\n')
            buffer[used++] = '\\';
        buffer[used++] = *string == '\n' ? 'n' : *string;
    }
    buffer[used] = '\0';
}

void options_default(char *buffer, size_t capacity, const distill_program *program,
                     const distill_option *row)
{
    const void *field = (const char *)program->defaults + row->offset;
    distill_span word;
    buffer[0] = '\0';
    switch (row->type) {
    case DISTILL_OPT_FLAG:
        snprintf(buffer, capacity, "%s", *(const bool *)field ? "on" : "off");
        break;
    case DISTILL_OPT_INT:
        snprintf(buffer, capacity, "%d", *(const int *)field);
        break;
    case DISTILL_OPT_SIZE:
        snprintf(buffer, capacity, "%zu", *(const size_t *)field);
        break;
    case DISTILL_OPT_SEED:
        snprintf(buffer, capacity, "%llu", (unsigned long long)*(const uint64_t *)field);
        break;
    case DISTILL_OPT_REAL:
        snprintf(buffer, capacity, "%.10g", *(const double *)field);
        break;
    case DISTILL_OPT_STRING:
        copy_escaped(buffer, capacity, *(const char *const *)field);
        break;
    case DISTILL_OPT_CHOICE:
        word = distill_choice_word(row->choices, *(const int *)field);
        snprintf(buffer, capacity, "%.*s", (int)word.length, word.bytes);
        break;
    case DISTILL_OPT_LIST:
        break;
    }
}

void options_file_name(char name[OPTIONS_NAME_BYTES], const distill_program *program)
{
    snprintf(name, OPTIONS_NAME_BYTES, "%s", program->name);
    for (char *space = name; (space = strchr(space, ' ')) != NULL;)
        *space = '-';
}
