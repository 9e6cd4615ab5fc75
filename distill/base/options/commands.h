// distill/base/options/commands.h - programs with subcommands, such as `distill run`.
//
//     static const distill_program *const COMMANDS[] = {&TOOL_RUN, &TOOL_SHOW};
//     static const distill_program PROGRAM = {.name = "distill", .summary = "…", .usage = "…",
//                                             .commands = COMMANDS, .command_count = 2};
//     int main(int argc, char **argv) { return distill_commands_main(&PROGRAM, argc, argv); }
//
// A subcommand is a distill_program named "PROGRAM WORD" with its own options and a `main`.
#ifndef DISTILL_BASE_OPTIONS_COMMANDS_H
#define DISTILL_BASE_OPTIONS_COMMANDS_H

#include "distill/base/options/options.h"

/// Runs the subcommand argv[1]. Also handles `help [COMMAND]`, --help, --help=FORMAT and --version.
/// Returns the exit status.
int distill_commands_main(const distill_program *program, int argc, char **argv);

#endif
