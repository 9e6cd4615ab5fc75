// distill/tools/tool_run.c - `distill run RECIPE.json`: runs the stages of a recipe in order, and
// skips stages that are done.
//
// A successful stage writes its key to WORKDIR/.stages/NAME. The key is a hash of this stage and
// all stages before it (recipe.h), so a stage runs again if it or an earlier stage has changed. An
// interrupted stage is started again with the same command, which resumes its own output.
#include "distill/base/file.h"
#include "distill/base/interrupt.h"
#include "distill/base/log.h"
#include "distill/base/options/options.h"
#include "distill/base/program_path.h"
#include "distill/base/progress.h"
#include "distill/tools/recipe.h"
#include "distill/tools/tools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct run_options {
    distill_common_options common;
    distill_string_list recipes;
    const char *workdir;
    distill_string_list settings;
    bool dry_run, overwrite;
} run_options;

static const run_options RUN_DEFAULTS = {.common = DISTILL_COMMON_DEFAULTS, .workdir = "."};

#define AT(field) offsetof(run_options, field)
static const distill_option RUN_ROWS[] = {
    {.section = "Recipe"},
    {.name = "recipe",
     .type = DISTILL_OPT_LIST,
     .offset = AT(recipes),
     .unit = "FILE",
     .help = "the recipe; --recipe may be left out",
     .positional_list = true},
    {.name = "workdir",
     .type = DISTILL_OPT_STRING,
     .offset = AT(workdir),
     .unit = "DIR",
     .help = "folder in which the commands run; relative paths in the recipe start there"},
    {.name = "set",
     .type = DISTILL_OPT_LIST,
     .offset = AT(settings),
     .unit = "NAME=VALUE",
     .help = "value of a variable of the recipe; repeatable"},
    {.name = "dry-run",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(dry_run),
     .help = "print the commands and which stages are done"},
    {.name = "overwrite",
     .type = DISTILL_OPT_FLAG,
     .offset = AT(overwrite),
     .help = "run all stages again, including those that are done"},
    DISTILL_COMMON_ROWS,
};

static int run_run(int argc, char **argv);

const distill_program TOOL_RUN = {
    .name = "distill run",
    .summary = "run the stages of a recipe, skipping those that are done",
    .usage = "distill run RECIPE.json [--workdir DIR] [--set NAME=VALUE]...",
    .options = RUN_ROWS,
    .option_count = sizeof RUN_ROWS / sizeof *RUN_ROWS,
    .defaults = &RUN_DEFAULTS,
    .size = sizeof RUN_DEFAULTS,
    .main = run_run,
};

/// Sets `out` to the program to start. For a name that begins with "distill" this is the file in
/// the folder of this program, if it exists; else the name itself, to be found through PATH.
static distill_status find_program(distill_text *out, const char *name)
{
    distill_status status = DISTILL_OK;
    bool found = false;
    if (strncmp(name, "distill", 7) == 0 && strchr(name, '/') == NULL)
        TRY(distill_program_beside(out, &found, name));
    if (!found)
        TRY(distill_text_add(out, name));
done:
    return status;
}

/// Waits for the end of `child`; sets *code to its exit status, or to 128 + the signal that ended
/// it. A signal is forwarded to the child, unless it came from the terminal, which has
/// signalled the child too: a second signal would make the child exit without saving.
static distill_status wait_for(int *code, pid_t child, const char *name)
{
    int result = 0;
    bool forwarded = false;
    while (waitpid(child, &result, 0) < 0) {
        if (errno != EINTR)
            return distill_fail_errno(DISTILL_IO, "stage %s", name);
        if (distill_interrupted() && !distill_interrupt_from_terminal() && !forwarded) {
            kill(child, SIGTERM);
            forwarded = true;
        }
    }
    *code = WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
    return DISTILL_OK;
}

/// Starts the stage's command; `output` is the file for its standard output, NULL = inherited.
static distill_status start(pid_t *child, const recipe_stage *stage, const char *output)
{
    distill_status status = DISTILL_OK;
    distill_text program = {0};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (stage->input != NULL)
        posix_spawn_file_actions_addopen(&actions, 0, stage->input, O_RDONLY, 0);
    if (output != NULL)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_TRUNC, 0666);
    TRY(find_program(&program, stage->argv[0]));
    errno = posix_spawnp(child, program.bytes, &actions, NULL, stage->argv, environ);
    if (errno != 0)
        TRY(distill_fail_errno(DISTILL_IO, "stage %s: cannot start %s%s%s", stage->name,
                               program.bytes, stage->input != NULL ? ", reading " : "",
                               stage->input != NULL ? stage->input : ""));
done:
    posix_spawn_file_actions_destroy(&actions);
    distill_text_free(&program);
    return status;
}

static distill_status run_command(const recipe_stage *stage)
{
    distill_status status = DISTILL_OK;
    distill_atomic_file *output = NULL;
    pid_t child = 0;
    int code = 0;
    if (stage->output != NULL)
        TRY(distill_atomic_open(&output, stage->output));
    TRY(start(&child, stage, output != NULL ? distill_atomic_path(output) : NULL));
    TRY(wait_for(&code, child, stage->name));
    if (code == 130 || distill_interrupted())
        TRY(distill_fail(DISTILL_INTERRUPTED,
                         "stage %s was interrupted; run the same command to resume it",
                         stage->name));
    if (code != 0)
        TRY(distill_fail(DISTILL_IO, "stage %s: %s exited with status %d (see its message above)",
                         stage->name, stage->argv[0], code));
    if (output != NULL)
        TRY(distill_atomic_commit(&output));
done:
    distill_atomic_abort(&output);
    return status;
}

static distill_status print_command(const recipe_stage *stage, const char *state)
{
    distill_status status = DISTILL_OK;
    distill_text line = {0};
    TRY(distill_text_printf(&line, "[%s] %s:", stage->name, state));
    for (size_t i = 0; i < stage->argc; i++)
        TRY(distill_text_printf(&line, strchr(stage->argv[i], ' ') != NULL ? " '%s'" : " %s",
                                stage->argv[i]));
    if (stage->input != NULL)
        TRY(distill_text_printf(&line, " < %s", stage->input));
    if (stage->output != NULL)
        TRY(distill_text_printf(&line, " > %s", stage->output));
    distill_log_print("", line.bytes);
done:
    distill_text_free(&line);
    return status;
}

/// Sets `mark` to the file that records the stage's success, and *done_before to true if it holds
/// the stage's key.
static distill_status is_done(bool *done_before, distill_text *mark, const recipe_stage *stage)
{
    distill_status status = DISTILL_OK;
    distill_text key = {0};
    TRY(distill_path_join(mark, ".stages", stage->name));
    *done_before = false;
    if (distill_file_exists(mark->bytes)) {
        TRY(distill_file_read(&key, mark->bytes, 4096));
        *done_before = distill_span_is(distill_span_trim(distill_text_span(&key)), stage->key);
    }
done:
    distill_text_free(&key);
    return status;
}

static void report_done(const recipe_stage *stage, double seconds)
{
    distill_event event;
    distill_note("[%s] done in %.1f s", stage->name, seconds);
    if (distill_event_begin(&event, "stage.done")) {
        distill_json_add_string(&event.json, "stage", stage->name);
        distill_json_add_fixed(&event.json, "seconds", seconds, 3);
        distill_event_end(&event);
    }
}

static distill_status run_stage(const run_options *opt, const recipe_stage *stage)
{
    distill_status status = DISTILL_OK;
    distill_text mark = {0};
    bool done_before = false;
    double started_s = distill_now_s();
    TRY(is_done(&done_before, &mark, stage));
    if (done_before && !opt->overwrite) {
        distill_note("[%s] done before, skipped", stage->name);
        goto done;
    }
    if (!opt->common.quiet || opt->dry_run)
        TRY(print_command(stage, opt->dry_run ? "to do" : "running"));
    if (opt->dry_run)
        goto done;
    TRY(run_command(stage));
    TRY(distill_file_write(mark.bytes, stage->key, strlen(stage->key)));
    report_done(stage, distill_now_s() - started_s);
done:
    distill_text_free(&mark);
    return status;
}

static int run_run(int argc, char **argv)
{
    distill_status status = DISTILL_OK;
    run_options opt = RUN_DEFAULTS;
    recipe plan = {0};
    TRY(distill_options_parse(&opt, &TOOL_RUN, argc, argv));
    TRY(distill_program_start(&opt.common));
    if (opt.recipes.count != 1)
        TRY(distill_fail(DISTILL_USAGE, "expected one RECIPE.json (see --help)"));
    TRY(recipe_read(&plan, opt.recipes.at[0], opt.settings.at, opt.settings.count));
    TRY(distill_make_directory(opt.workdir));
    if (chdir(opt.workdir) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "--workdir %s", opt.workdir));
    if (!opt.dry_run)
        TRY(distill_make_directory(".stages"));
    for (size_t i = 0; i < plan.count; i++) {
        TRY(distill_interrupt_check());
        TRY(run_stage(&opt, &plan.stages[i]));
    }
done:
    recipe_free(&plan);
    return distill_exit(&TOOL_RUN, status);
}
