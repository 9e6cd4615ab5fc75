// datasets/tools/distill_main.c - the `distill` program: a table of small tools.
#include "distill/base/options/options.h"
#include "distill/tools/tools.h"

#include <stdio.h>
#include <string.h>

typedef struct tool {
    const char *name;
    int (*main)(int argc, char **argv);
    const char *summary;
} tool;

static const tool TOOLS[] = {
    {"run", tool_run, "run the named stages of a recipe, skipping those that are done"},
    {"show", tool_show, "print traces to read"},
    {"export", tool_export, "write traces as JSON lines"},
    {"import", tool_import, "read JSON lines into trace shards"},
    {"tokenize", tool_tokenize, "text to token ids, and back"},
    {"render", tool_render, "conversations as the chat template writes them"},
    {"score", tool_score, "log-probability of every token under a model"},
    {"verify", tool_verify, "compare the verifier with labelled cases"},
    {"problems", tool_problems, "print problems of a built-in task with their solutions"},
    {"train-tokenizer", tool_train_tokenizer, "learn a byte-level BPE tokenizer from text"},
    {"doctor", tool_doctor, "what this machine has, and what would be used"},
};
enum { TOOL_COUNT = sizeof TOOLS / sizeof *TOOLS };

static void print_help(FILE *to)
{
    fprintf(to, "distill - small tools around distillation\n\n"
                "Usage: distill COMMAND [options]        (distill COMMAND --help says more)\n\n");
    for (size_t i = 0; i < TOOL_COUNT; i++)
        fprintf(to, "  %-18s%s\n", TOOLS[i].name, TOOLS[i].summary);
    fprintf(to,
            "\nThe stages are programs of their own: distill-gen, distill-filter, distill-train, "
            "distill-bench.\n");
}

static int unknown_command(const char *name)
{
    const char *names[TOOL_COUNT];
    for (size_t i = 0; i < TOOL_COUNT; i++)
        names[i] = TOOLS[i].name;
    const char *nearest = distill_nearest_name(name, names, TOOL_COUNT);
    fprintf(stderr, "distill: error: %s is not a command%s%s%s (see distill --help)\n", name,
            nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
            nearest != NULL ? "?" : "");
    return 2;
}

int main(int argc, char **argv)
{
    static const distill_program program = {.name = "distill"};
    if (argc < 2) {
        print_help(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return distill_exit(&program, DISTILL_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("distill %s\n", DISTILL_VERSION);
        return distill_exit(&program, DISTILL_OK);
    }
    for (size_t i = 0; i < TOOL_COUNT; i++)
        if (strcmp(argv[1], TOOLS[i].name) == 0)
            return TOOLS[i].main(argc - 1, argv + 1);
    return unknown_command(argv[1]);
}
