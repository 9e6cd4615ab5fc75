// distill/base/options/commands.c - finds and runs the subcommand of the first argument.
//
// Options before the subcommand are limited to --help and --version; all others belong to it.
#include "distill/base/options/commands.h"

#include "distill/base/options/options_help.h"

#include <stdio.h>
#include <string.h>

enum { MAX_COMMANDS = 64 };

static const char *word_of(const distill_program *command)
{
    return strrchr(command->name, ' ') + 1;
}

static distill_status find_command(const distill_program **out, const distill_program *program,
                                   const char *word)
{
    const char *words[MAX_COMMANDS];
    size_t count = program->command_count < MAX_COMMANDS ? program->command_count : MAX_COMMANDS;
    for (size_t i = 0; i < count; i++) {
        words[i] = word_of(program->commands[i]);
        if (strcmp(words[i], word) == 0) {
            *out = program->commands[i];
            return DISTILL_OK;
        }
    }
    const char *nearest = distill_nearest_name(word, words, count);
    return distill_fail(DISTILL_USAGE, "%s is not a command%s%s%s (see %s --help)", word,
                        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
                        nearest != NULL ? "?" : "", program->name);
}

/// `help`: prints the help of the program, or of the command that the next argument names.
static distill_status print_help(const distill_program *program, int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    const distill_program *command = program;
    if (argc > 2)
        TRY(find_command(&command, program, argv[2]));
    options_print_help(command, stdout);
done:
    return status;
}

int distill_commands_main(const distill_program *program, int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    const distill_program *command = NULL;
    bool printed = false;
    if (argc < 2) {
        options_print_help(program, stderr);
        return 2;
    }
    if (strcmp(argv[1], "help") == 0) {
        status = print_help(program, argc, argv);
        goto done;
    }
    TRY(options_print_about(&printed, program, argv[1]));
    if (printed)
        goto done;
    TRY(find_command(&command, program, argv[1]));
    return command->main(argc - 1, argv + 1);
done:
    return distill_exit(program, status);
}
