// datasets/tools/distill_main.c - the program `distill`: the table of its subcommands, of which
// `distill COMMAND` runs one.
#include "datasets/tools/dataset_tools.h"
#include "distill/base/options/commands.h"
#include "distill/tools/tools.h"

static const distill_program *const COMMANDS[] = {
    &TOOL_RUN,   &TOOL_SHOW,   &TOOL_EXPORT,   &TOOL_IMPORT,          &TOOL_TOKENIZE, &TOOL_RENDER,
    &TOOL_SCORE, &TOOL_VERIFY, &TOOL_PROBLEMS, &TOOL_TRAIN_TOKENIZER, &TOOL_DOCTOR,
};

static const distill_program DISTILL_PROGRAM = {
    .name = "distill",
    .summary = "tools around the distillation of reasoning models",
    .usage = "distill COMMAND [options]        (distill help COMMAND: the options of a command)",
    .epilog = "The stages are programs of their own: distill-gen, distill-filter, distill-train,\n"
              "distill-bench.",
    .commands = COMMANDS,
    .command_count = sizeof COMMANDS / sizeof *COMMANDS,
};

int main(int argc, char **argv)
{
    return distill_commands_main(&DISTILL_PROGRAM, argc, argv);
}
