// distill/base/options/options_help.c - --help and --help=markdown, from the same rows as the parser.
#include "distill/base/options/options_help.h"

#include <stdio.h>
#include <string.h>

enum { NAME_COLUMN = 34, WIDTH = 100 };

static void format_default(char *buffer, size_t capacity, const distill_program *program,
                           const distill_option *row)
{
    const void *field = (const char *)program->defaults + row->offset;
    const char *string;
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
    case DISTILL_OPT_CHOICE:
        string = *(const char *const *)field;
        size_t used = 0;
        for (; string != NULL && *string != '\0' && used + 3 < capacity; string++) {
            if (*string == '\n') {
                buffer[used++] = '\\';
                buffer[used++] = 'n';
            } else {
                buffer[used++] = *string;
            }
        }
        buffer[used] = '\0';
        break;
    case DISTILL_OPT_ENUM:
        word = distill_choice_word(row->choices, *(const int *)field);
        snprintf(buffer, capacity, "%.*s", (int)word.length, word.bytes);
        break;
    case DISTILL_OPT_LIST:
        break;
    }
}

static const char *placeholder(const distill_option *row)
{
    if (row->type == DISTILL_OPT_FLAG)
        return "";
    if (row->type == DISTILL_OPT_CHOICE || row->type == DISTILL_OPT_ENUM)
        return row->choices;
    if (row->unit != NULL)
        return row->unit;
    return row->type == DISTILL_OPT_STRING || row->type == DISTILL_OPT_LIST ? "TEXT" : "N";
}

/// Prints `text` from `column` on, wrapped at WIDTH; lines after the first begin at `indent`.
static void print_wrapped(const char *text, int column, int indent)
{
    bool first = true; // of its line
    while (*text != '\0') {
        int word = (int)strcspn(text, " ");
        if (!first && column + 1 + word > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
            first = true;
        }
        column += printf("%s%.*s", first ? "" : " ", word, text);
        first = false;
        text += word;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void describe(char *buffer, size_t capacity, const distill_program *program,
                     const distill_option *row)
{
    char value[200];
    format_default(value, sizeof value, program, row);
    int length = snprintf(buffer, capacity, "%s", row->help != NULL ? row->help : "");
    if (value[0] != '\0' && length >= 0 && (size_t)length < capacity)
        length += snprintf(buffer + length, capacity - (size_t)length, " [default: %s]", value);
    if (row->aliases != NULL && length >= 0 && (size_t)length < capacity)
        snprintf(buffer + length, capacity - (size_t)length, " (also: %s)", row->aliases);
}

static void print_row(const distill_program *program, const distill_option *row)
{
    char left[160], text[1024];
    char letter[8] = "    ";
    const char *unit = placeholder(row);
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    int length =
        snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name, unit[0] ? " " : "", unit);
    describe(text, sizeof text, program, row);
    if (length >= NAME_COLUMN)
        printf("%s\n%*s", left, NAME_COLUMN, "");
    else
        printf("%-*s", NAME_COLUMN, left);
    print_wrapped(text, NAME_COLUMN, NAME_COLUMN);
}

static void print_markdown_row(const distill_program *program, const distill_option *row)
{
    char value[200];
    format_default(value, sizeof value, program, row);
    printf("| `--%s`", row->name);
    if (row->letter != 0)
        printf(", `-%c`", row->letter);
    printf(" | ");
    for (const char *c = placeholder(row); *c != '\0'; c++)
        printf(*c == '|' ? "\\|" : "%c", *c);
    printf(" | %s%s%s | %s |\n", value[0] ? "`" : "", value, value[0] ? "`" : "",
           row->help != NULL ? row->help : "");
}

void distill_options_help(const distill_program *program, bool markdown)
{
    if (markdown) {
        printf("## %s\n\n%s\n\n    %s\n", program->name, program->summary, program->usage);
    } else {
        printf("%s - %s\n\nUsage: %s\n", program->name, program->summary, program->usage);
    }
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name == NULL && markdown)
            printf("\n**%s**\n\n| option | value | default | meaning |\n|---|---|---|---|\n",
                   row->section);
        else if (row->name == NULL)
            printf("\n%s\n", row->section);
        else if (markdown)
            print_markdown_row(program, row);
        else
            print_row(program, row);
    }
    if (!markdown)
        printf("  %-32sprint this and exit\n  %-32sprint the version and exit\n", "    --help",
               "    --version");
    if (program->epilog != NULL && !markdown)
        printf("\n%s\n", program->epilog);
    putchar('\n');
}
