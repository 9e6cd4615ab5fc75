// distill/tools/tools.h - the subcommands of the `distill` program, one file each.
#ifndef DISTILL_TOOLS_TOOLS_H
#define DISTILL_TOOLS_TOOLS_H

/// Each takes its own argv (argv[0] is "distill NAME") and gives the exit status of interface.md.
int tool_run(int argc, char **argv);
int tool_show(int argc, char **argv);
int tool_export(int argc, char **argv);
int tool_import(int argc, char **argv);
int tool_tokenize(int argc, char **argv);
int tool_render(int argc, char **argv);
int tool_score(int argc, char **argv);
int tool_verify(int argc, char **argv);
int tool_problems(int argc, char **argv);
int tool_train_tokenizer(int argc, char **argv);
int tool_doctor(int argc, char **argv);

#endif
