// distill/base/options/options_completion.c - completion scripts for bash and zsh, from the rows of
// a program.
//
// The row determines how a value is completed: by the words of a choice, or by the parts of its
// placeholder ("DIR|builtin|URL"): files for FILE, PATH and file names, folders for DIR, lower-case
// words as written. Other values are not completed.
//
// bash   For each table of options (of the program or of a subcommand) one function sets what an
//        option takes; a driver, the same for every program, finds the option before the cursor.
//        bash splits --name=VALUE at "=", so the driver receives three words.
// zsh    A specification of _arguments for each row.
#include "distill/base/options/options_completion.h"

#include "distill/base/options/options_rows.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_BYTES = 512 };

/// How the value of an option is completed.
typedef struct completion {
    char words[WORDS_BYTES]; // separated by spaces
    bool files, folders;
    bool named; // the value has the form NAME=FILE: the file follows "="
} completion;

static bool is_literal(distill_span part)
{
    for (size_t i = 0; i < part.length; i++)
        if (!islower((unsigned char)part.bytes[i]) && !isdigit((unsigned char)part.bytes[i]) &&
            part.bytes[i] != '-')
            return false;
    return part.length > 0;
}

static bool is_file(distill_span part)
{
    return distill_span_is(part, "FILE") ||
           distill_span_find(part, distill_span_of(".json"), 0) != SIZE_MAX ||
           distill_span_find(part, distill_span_of("PATH"), 0) == 0;
}

static completion completion_of(const distill_option *row)
{
    completion c = {.files = false};
    size_t used = 0;
    bool choice = row->type == DISTILL_OPT_CHOICE;
    const char *rest = options_placeholder(row);
    while (rest != NULL) {
        distill_span part = options_next_part(&rest, '|');
        size_t equals = distill_span_find(part, distill_span_of("="), 0);
        if (!choice && equals != SIZE_MAX) {
            part = (distill_span){part.bytes + equals + 1, part.length - equals - 1};
            c.named = true;
        }
        if ((choice || is_literal(part)) && used + part.length + 2 < sizeof c.words)
            used += (size_t)snprintf(c.words + used, sizeof c.words - used, "%s%.*s",
                                     used > 0 ? " " : "", (int)part.length, part.bytes);
        else if (is_file(part))
            c.files = true;
        else if (distill_span_is(part, "DIR"))
            c.folders = true;
    }
    return c;
}

/// Name of a shell function or variable: "_distill_run" for "distill run".
static void function_name(char name[OPTIONS_NAME_BYTES], const distill_program *program)
{
    snprintf(name, OPTIONS_NAME_BYTES, "_%s", program->name);
    for (char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
}

static const char *command_word(const distill_program *command)
{
    return strrchr(command->name, ' ') + 1;
}

// --- bash ----------------------------------------------------------------------------------------

/// The spellings of a row as a pattern of `case`: "--max-tokens|--max-new-tokens|-n".
static void print_pattern(const distill_option *row)
{
    const char *aliases = row->aliases;
    printf("    --%s", row->name);
    while (aliases != NULL) {
        distill_span alias = options_next_part(&aliases, ',');
        printf("|--");
        for (size_t i = 0; i < alias.length; i++)
            putchar(alias.bytes[i] == '_' ? '-' : alias.bytes[i]);
    }
    if (row->letter != 0)
        printf("|-%c", row->letter);
    printf(")");
}

static void print_bash_kind(const distill_option *row)
{
    completion c = completion_of(row);
    printf(" takes=%s", row->type == DISTILL_OPT_LIST ? "list" : "one");
    if (c.words[0] != '\0')
        printf(" words='%s'", c.words);
    if (c.files || c.folders)
        printf(" paths=%s", c.files ? "file" : "directory");
    printf(" ;;\n");
}

/// Prints a function that sets what option $1 takes, and `names` to all options; "" is a positional
/// argument.
static void print_bash_table(const distill_program *program)
{
    char function[OPTIONS_NAME_BYTES];
    function_name(function, program);
    printf("%s_table()\n{\n    names='", function);
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name == NULL)
            continue;
        printf("--%s ", row->name);
        if (row->type == DISTILL_OPT_FLAG)
            printf("--no-%s ", row->name);
    }
    printf("--help --version'\n    case $1 in\n");
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        if (row->name == NULL || row->type == DISTILL_OPT_FLAG)
            continue;
        print_pattern(row);
        print_bash_kind(row);
    }
    for (size_t i = 0; i < program->option_count; i++) {
        if (program->options[i].positional_list) {
            printf("    '')");
            print_bash_kind(&program->options[i]);
        }
    }
    printf("    esac\n}\n\n");
}

/// Body of the driver; its argument is the name of the table's function.
static const char BASH_DRIVER[] =
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1))\n"
    "    local names= takes= words= paths= before\n"
    "    [[ $cur == = ]] && cur=                         # --name=\n"
    "    [[ ${COMP_WORDS[at]} == = ]] && at=$((at - 1))  # --name=VALUE\n"
    "    before=${COMP_WORDS[at]//_/-}\n"
    "    \"$1\" \"$before\"\n"
    "    if [[ $before != -* ]]; then                    # a further value of a list, or a plain "
    "word\n"
    "        while [[ $at -gt 0 && ${COMP_WORDS[at]} != -* ]]; do at=$((at - 1)); done\n"
    "        takes= words= paths=\n"
    "        [[ $at -gt 0 ]] && \"$1\" \"${COMP_WORDS[at]//_/-}\"\n"
    "        [[ $takes == list ]] || takes=\n"
    "    fi\n"
    "    if [[ -z $takes ]]; then\n"
    "        words= paths=\n"
    "        [[ $cur == -* ]] || \"$1\" ''\n"
    "        [[ -n $takes ]] || words=$names\n"
    "    elif [[ $takes == list && $cur == -* ]]; then\n"
    "        words=$names paths=\n"
    "    fi\n"
    "    COMPREPLY=()\n"
    "    [[ -n $words ]] && mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "    if [[ -n $paths ]]; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -A \"$paths\" -- \"$cur\")\n"
    "    fi\n"
    "}\n"
    "\n";

static void print_bash_commands(const distill_program *program, const char *function)
{
    char table[OPTIONS_NAME_BYTES];
    printf("%s()\n{\n    local command= i words='help", function);
    for (size_t i = 0; i < program->command_count; i++)
        printf(" %s", command_word(program->commands[i]));
    printf("'\n    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }\n"
           "    done\n    COMPREPLY=()\n    case $command in\n");
    for (size_t i = 0; i < program->command_count; i++) {
        function_name(table, program->commands[i]);
        printf("    %s) %s_complete %s_table ;;\n", command_word(program->commands[i]), function,
               table);
    }
    printf("    '') mapfile -t COMPREPLY < <(compgen -W \"$words --help --version\" -- "
           "\"${COMP_WORDS[COMP_CWORD]}\") ;;\n"
           "    help) mapfile -t COMPREPLY < <(compgen -W \"${words#help }\" -- "
           "\"${COMP_WORDS[COMP_CWORD]}\") ;;\n"
           "    esac\n}\n");
}

void options_print_bash(const distill_program *program)
{
    char function[OPTIONS_NAME_BYTES];
    function_name(function, program);
    printf("# bash completion of %s; made by `%s --help=bash`\n\n", program->name, program->name);
    for (size_t i = 0; i < program->command_count; i++)
        print_bash_table(program->commands[i]);
    if (program->command_count == 0)
        print_bash_table(program);
    printf("%s_complete()\n%s", function, BASH_DRIVER);
    if (program->command_count > 0)
        print_bash_commands(program, function);
    else
        printf("%s() { %s_complete %s_table; }\n", function, function, function);
    printf("complete -F %s %s\n", function, program->name);
}

// --- zsh -----------------------------------------------------------------------------------------

/// Prints text for use in single quotes, with ":" and brackets escaped too if `bracketed`.
static void print_quoted(const char *text, bool bracketed)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (*text == '\\' || *text == ':' || (bracketed && (*text == '[' || *text == ']')))
            printf("\\%c", *text);
        else
            putchar(*text == '\n' ? ' ' : *text);
    }
}

static void print_zsh_action(const distill_option *row)
{
    completion c = completion_of(row);
    printf(":");
    print_quoted(row->type == DISTILL_OPT_CHOICE ? row->name : options_placeholder(row), false);
    printf(":");
    if (c.words[0] != '\0' && (c.files || c.folders))
        printf("{ compadd -- %s; _files%s }", c.words, c.files ? "" : " -/");
    else if (c.words[0] != '\0')
        printf("(%s)", c.words);
    else if ((c.files || c.folders) && c.named)
        printf("{ compset -P \"*=\"; _files%s }", c.files ? "" : " -/");
    else if (c.files || c.folders)
        printf("_files%s", c.files ? "" : " -/");
    else
        printf(" ");
}

/// One spelling of an option: '*--stop[help]:TEXT: '.
static void print_zsh_option(const distill_option *row, const char *dashes, const char *name,
                             bool with_value)
{
    printf("        '%s%s%s%s[", row->type == DISTILL_OPT_LIST ? "*" : "", dashes, name,
           with_value && dashes[1] == '-' ? "=" : "");
    print_quoted(row->help != NULL ? row->help : "", true);
    printf("]");
    if (with_value)
        print_zsh_action(row);
    printf("'\n");
}

/// Sets the array `specs` to the specifications of _arguments.
static void print_zsh_table(const distill_program *program)
{
    printf("    specs=(\n");
    for (size_t i = 0; i < program->option_count; i++) {
        const distill_option *row = &program->options[i];
        char letter[2] = {row->letter, '\0'};
        bool flag = row->type == DISTILL_OPT_FLAG;
        if (row->name == NULL)
            continue;
        print_zsh_option(row, "--", row->name, !flag);
        if (row->letter != 0)
            print_zsh_option(row, "-", letter, !flag);
        if (flag)
            print_zsh_option(row, "--no-", row->name, false);
    }
    printf("        '--help[print the help and exit]'\n"
           "        '--version[print the version and exit]'\n");
    for (size_t i = 0; i < program->option_count; i++) {
        if (!program->options[i].positional_list)
            continue;
        printf("        '*");
        print_zsh_action(&program->options[i]);
        printf("'\n");
    }
    printf("    )\n    _arguments $specs\n");
}

static void print_zsh_commands(const distill_program *program)
{
    printf("    local -a commands=(\n");
    for (size_t i = 0; i < program->command_count; i++) {
        printf("        '%s:", command_word(program->commands[i]));
        print_quoted(program->commands[i]->summary, false);
        printf("'\n");
    }
    printf("        'help:print the help of a command'\n    )\n"
           "    _arguments -C '--help[print the help and exit]' "
           "'--version[print the version and exit]' \\\n"
           "        '1: :->command' '*:: :->arguments'\n"
           "    case $state in\n"
           "    command) _describe command commands ;;\n"
           "    arguments)\n"
           "        case $words[1] in\n"
           "        help) _describe command commands ;;\n");
    for (size_t i = 0; i < program->command_count; i++) {
        char function[OPTIONS_NAME_BYTES];
        function_name(function, program->commands[i]);
        printf("        %s) %s ;;\n", command_word(program->commands[i]), function);
    }
    printf("        esac ;;\n    esac\n");
}

static void print_zsh_function(const distill_program *program)
{
    char function[OPTIONS_NAME_BYTES];
    function_name(function, program);
    printf("%s()\n{\n    local context state state_descr line\n    local -a specs\n"
           "    typeset -A opt_args\n",
           function);
    if (program->command_count > 0)
        print_zsh_commands(program);
    else
        print_zsh_table(program);
    printf("}\n\n");
}

void options_print_zsh(const distill_program *program)
{
    char function[OPTIONS_NAME_BYTES];
    function_name(function, program);
    printf("#compdef %s\n# zsh completion of %s; made by `%s --help=zsh`\n\n", program->name,
           program->name, program->name);
    for (size_t i = 0; i < program->command_count; i++)
        print_zsh_function(program->commands[i]);
    print_zsh_function(program);
    printf("%s \"$@\"\n", function);
}
