// distill/base/options/options_manual.c - manual pages in the man(7) macros of roff.
//
// Only macros that both groff and mandoc support without extensions are used. Text is escaped: a
// backslash is \e, a minus that can be copied into a shell is \-, and a line never begins with a
// control character.
#include "distill/base/options/options_manual.h"

#include "distill/base/options/options_rows.h"
#include "distill/base/options/version.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/// Prints `length` bytes of text; `at_line_start` is true if nothing precedes it on its line.
static void print_text(const char *text, size_t length, bool at_line_start)
{
    for (size_t i = 0; i < length; i++) {
        if (at_line_start && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", stdout);
        at_line_start = text[i] == '\n';
        switch (text[i]) {
        case '\\':
            fputs("\\e", stdout);
            break;
        case '-':
            fputs("\\-", stdout);
            break;
        case '\'':
            fputs("\\(aq", stdout);
            break;
        case '^':
            fputs("\\(ha", stdout);
            break;
        case '~':
            fputs("\\(ti", stdout);
            break;
        case '`':
            fputs("\\(ga", stdout);
            break;
        default:
            putchar(text[i]);
        }
    }
}

static void print_line(const char *text)
{
    print_text(text, strlen(text), true);
    putchar('\n');
}

/// Prints lines without filling: usage and examples.
static void print_literal(const char *text)
{
    printf(".nf\n");
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        if (length == 0)
            printf(".sp\n");
        else {
            print_text(text, length, true);
            putchar('\n');
        }
        text += length;
        text += *text == '\n';
    }
    printf(".fi\n");
}

static void print_bold(const char *before, const char *name, size_t length)
{
    printf("\\fB");
    print_text(before, strlen(before), false);
    print_text(name, length, false);
    printf("\\fR");
}

/// Prints the tag of an option: "-t, --temperature N", then its aliases.
static void print_tag(const distill_option *row)
{
    const char *unit = options_placeholder(row), *aliases = row->aliases;
    printf(".TP\n");
    if (row->letter != 0) {
        print_bold("-", &row->letter, 1);
        printf(", ");
    }
    print_bold("--", row->name, strlen(row->name));
    if (row->type == DISTILL_OPT_FLAG) {
        printf(", ");
        print_bold("--no-", row->name, strlen(row->name));
    }
    while (aliases != NULL) {
        distill_span alias = options_next_part(&aliases, ',');
        printf(", ");
        print_bold("--", alias.bytes, alias.length);
    }
    if (unit[0] != '\0') {
        printf(" \\fI");
        print_text(unit, strlen(unit), false);
        printf("\\fR");
    }
    putchar('\n');
}

static void print_option(const distill_program *program, const distill_option *row)
{
    char value[200];
    print_tag(row);
    if (row->help != NULL)
        print_line(row->help);
    options_default(value, sizeof value, program, row);
    if (value[0] != '\0') {
        printf("[default: ");
        print_text(value, strlen(value), false);
        printf("]\n");
    }
    if (row->help == NULL && value[0] == '\0')
        printf("(no description)\n");
}

static void print_options(const distill_program *program)
{
    if (program->option_count == 0)
        return;
    printf(".SH OPTIONS\n");
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name != NULL) {
            print_option(program, row);
        } else {
            printf(".SS ");
            print_line(row->section);
        }
    }
    printf(".TP\n\\fB\\-\\-help\\fR[=\\fImarkdown\\fR|\\fIman\\fR|\\fIbash\\fR|\\fIzsh\\fR]\n"
           "Print the help, as Markdown, as this page or as completions for a shell, and exit.\n"
           ".TP\n\\fB\\-\\-version\\fR\nPrint the version and exit.\n.PP\n"
           "In names of options, \\- and _ are equivalent.\n");
}

static void print_commands(const distill_program *program)
{
    char page[OPTIONS_NAME_BYTES];
    if (program->command_count == 0)
        return;
    printf(".SH COMMANDS\n");
    for (size_t i = 0; i < program->command_count; i++) {
        const distill_program *command = program->commands[i];
        const char *word = strrchr(command->name, ' ') + 1;
        options_file_name(page, command);
        printf(".TP\n");
        print_bold("", word, strlen(word));
        printf("\n");
        print_text(command->summary, strlen(command->summary), true);
        printf("; see ");
        print_bold("", page, strlen(page));
        printf("(1)\n");
    }
}

/// Prints the reference to the parent program's page: distill(1) for distill-run(1) and
/// distill-gen(1).
static void print_see_also(const distill_program *program)
{
    size_t length = strcspn(program->name, " -");
    if (program->name[length] == '\0')
        return;
    printf(".SH SEE ALSO\n.BR ");
    print_text(program->name, length, false);
    printf(" (1)\n");
}

void options_print_manual(const distill_program *program)
{
    char page[OPTIONS_NAME_BYTES], title[OPTIONS_NAME_BYTES];
    options_file_name(page, program);
    for (size_t i = 0; i < sizeof title; i++)
        title[i] = (char)toupper((unsigned char)page[i]);
    printf(".\\\" Made by `%s --help=man`.\n.TH ", program->name);
    print_text(title, strlen(title), false);
    printf(" 1 \"\" \"distill %s\" \"User Commands\"\n.SH NAME\n", DISTILL_VERSION);
    print_text(page, strlen(page), true);
    printf(" \\- ");
    print_text(program->summary, strlen(program->summary), false);
    printf("\n.SH SYNOPSIS\n");
    print_literal(program->usage);
    print_commands(program);
    print_options(program);
    if (program->epilog != NULL) {
        printf(".SH NOTES\n");
        print_literal(program->epilog);
    }
    printf(".SH EXIT STATUS\n");
    print_line(OPTIONS_EXIT_STATUS + strlen("Exit status: "));
    print_see_also(program);
}
