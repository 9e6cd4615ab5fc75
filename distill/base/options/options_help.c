// distill/base/options/options_help.c - the help as text and as Markdown.
//
// Both are generated from the rows that the parser uses, so that they cannot differ from it.
#include "distill/base/options/options_help.h"

#include "distill/base/options/options_completion.h"
#include "distill/base/options/options_manual.h"
#include "distill/base/options/options_rows.h"
#include "distill/base/options/version.h"

#include <stdio.h>
#include <string.h>

enum { NAME_COLUMN = 34, COMMAND_COLUMN = 20, WIDTH = 100, LONGEST_TEXT = 1024 };

// --- text ----------------------------------------------------------------------------------------

/// Prints `text` from `column` on, wrapped at WIDTH; further lines begin at `indent`.
static void print_wrapped(FILE *to, const char *text, int column, int indent)
{
    bool first = true; // first word of a line
    while (*text != '\0') {
        int word = (int)strcspn(text, " ");
        if (!first && column + 1 + word > WIDTH) {
            fprintf(to, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        column += fprintf(to, "%s%.*s", first ? "" : " ", word, text);
        first = false;
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', to);
}

/// Formats the sentence of a row, its default and its aliases.
static void describe(char *buffer, size_t capacity, const distill_program *program,
                     const distill_option *row)
{
    char value[200];
    options_default(value, sizeof value, program, row);
    snprintf(buffer, capacity, "%s%s%s%s%s%s%s", row->help != NULL ? row->help : "",
             value[0] != '\0' ? " [default: " : "", value, value[0] != '\0' ? "]" : "",
             row->aliases != NULL ? " (also: " : "", row->aliases != NULL ? row->aliases : "",
             row->aliases != NULL ? ")" : "");
}

static void print_row(FILE *to, const distill_program *program, const distill_option *row)
{
    char left[160], text[LONGEST_TEXT];
    char letter[8] = "    ";
    const char *unit = options_placeholder(row);
    if (row->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", row->letter);
    int length =
        snprintf(left, sizeof left, "  %s--%s%s%s", letter, row->name, unit[0] ? " " : "", unit);
    describe(text, sizeof text, program, row);
    if (length >= NAME_COLUMN)
        fprintf(to, "%s\n%*s", left, NAME_COLUMN, "");
    else
        fprintf(to, "%-*s", NAME_COLUMN, left);
    print_wrapped(to, text, NAME_COLUMN, NAME_COLUMN);
}

static void print_commands(FILE *to, const distill_program *program)
{
    fputc('\n', to);
    for (size_t i = 0; i < program->command_count; i++) {
        const distill_program *command = program->commands[i];
        fprintf(to, "  %-*s", COMMAND_COLUMN - 2, strrchr(command->name, ' ') + 1);
        print_wrapped(to, command->summary, COMMAND_COLUMN, COMMAND_COLUMN);
    }
}

void options_print_help(const distill_program *program, FILE *to)
{
    static const struct {
        const char *name, *text;
    } common[] = {
        {"--no-NAME", "switch the flag --NAME off; in all names, - and _ are equivalent"},
        {"--help", "print this help and exit; --help=markdown, man, bash or zsh: other formats"},
        {"--version", "print the version and exit"},
    };
    fprintf(to, "%s - %s\n\nUsage: %s\n", program->name, program->summary, program->usage);
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name == NULL)
            fprintf(to, "\n%s\n", row->section);
        else
            print_row(to, program, row);
    }
    if (program->command_count > 0)
        print_commands(to, program);
    for (size_t i = 0; program->option_count > 0 && i < sizeof common / sizeof *common; i++)
        fprintf(to, "      %-*s%s\n", NAME_COLUMN - 6, common[i].name, common[i].text);
    if (program->epilog != NULL)
        fprintf(to, "\n%s\n", program->epilog);
    fprintf(to, "\n%s\n", OPTIONS_EXIT_STATUS);
}

// --- Markdown ------------------------------------------------------------------------------------

/// Prints `text` for a table cell: escapes bars, which end a cell, and "<", which Markdown reads as
/// HTML.
static void print_cell(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            fputs("\\|", stdout);
        else if (*text == '<')
            fputs("&lt;", stdout);
        else
            putchar(*text);
    }
}

static void print_markdown_row(const distill_program *program, const distill_option *row)
{
    char value[200];
    const char *aliases = row->aliases;
    options_default(value, sizeof value, program, row);
    printf("| `--%s`", row->name);
    if (row->letter != 0)
        printf(", `-%c`", row->letter);
    if (row->type == DISTILL_OPT_FLAG)
        printf(", `--no-%s`", row->name);
    while (aliases != NULL) {
        distill_span alias = options_next_part(&aliases, ',');
        printf(", `--%.*s`", (int)alias.length, alias.bytes);
        if (row->type == DISTILL_OPT_FLAG)
            printf(", `--no-%.*s`", (int)alias.length, alias.bytes);
    }
    printf(" | ");
    print_cell(options_placeholder(row));
    printf(" | %s", value[0] != '\0' ? "`" : "");
    for (const char *c = value; *c != '\0'; c++) // in code only bars need an escape
        printf(*c == '|' ? "\\|" : "%c", *c);
    printf("%s | ", value[0] != '\0' ? "`" : "");
    print_cell(row->help != NULL ? row->help : "");
    printf(" |\n");
}

static void print_markdown_block(const char *text)
{
    printf("\n    ");
    for (; *text != '\0'; text++) {
        if (*text == '\n' && text[1] == '\0')
            break;
        putchar(*text);
        if (*text == '\n' && text[1] != '\n')
            printf("    ");
    }
    printf("\n");
}

static void print_markdown(const distill_program *program)
{
    printf("## %s\n\n%s\n", program->name, program->summary);
    print_markdown_block(program->usage);
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name == NULL)
            printf("\n**%s**\n\n| option | value | default | meaning |\n|---|---|---|---|\n",
                   row->section);
        else
            print_markdown_row(program, row);
    }
    for (size_t i = 0; i < program->command_count; i++)
        printf("%s- `%s`: %s\n", i == 0 ? "\n" : "", program->commands[i]->name,
               program->commands[i]->summary);
    if (program->epilog != NULL)
        print_markdown_block(program->epilog);
    printf("\n");
}

// --- format --------------------------------------------------------------------------------------

static void print_text(const distill_program *program)
{
    options_print_help(program, stdout);
}

static const struct {
    const char *name;
    void (*print)(const distill_program *program);
} FORMATS[] = {
    {"text", print_text},         {"markdown", print_markdown}, {"man", options_print_manual},
    {"bash", options_print_bash}, {"zsh", options_print_zsh},
};

static distill_status print_format(const distill_program *program, const char *format)
{
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        bool completion =
            FORMATS[i].print == options_print_bash || FORMATS[i].print == options_print_zsh;
        if (strcmp(FORMATS[i].name, format) != 0)
            continue;
        if (completion && strchr(program->name, ' ') != NULL)
            return distill_fail(DISTILL_USAGE,
                                "completions exist for a whole program only: %.*s --help=%s",
                                (int)strcspn(program->name, " "), program->name, format);
        FORMATS[i].print(program);
        return DISTILL_OK;
    }
    return distill_fail(DISTILL_USAGE, "--help: \"%s\" is not one of text|markdown|man|bash|zsh",
                        format);
}

distill_status options_print_about(bool *printed, const distill_program *program, const char *word)
{
    static const char with_format[] = "--help=";
    *printed = true;
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        print_text(program);
    else if (strcmp(word, "--version") == 0)
        printf("%s %s\n", program->name, DISTILL_VERSION);
    else if (strncmp(word, with_format, strlen(with_format)) == 0)
        return print_format(program, word + strlen(with_format));
    else
        *printed = false;
    return DISTILL_OK;
}
