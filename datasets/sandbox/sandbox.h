// datasets/sandbox/sandbox.h - runs an untrusted program without network, files of the machine, or a
// way to stay.
//
//     const char *arguments[] = {"/usr/bin/python3", "-I", "/box/reply.py"};
//     sandbox_file file = {"reply.py", source};
//     sandbox_job job = {.arguments = arguments, .argument_count = 3, .files = &file,
//                        .file_count = 1, .input = test_input, .limits = SANDBOX_DEFAULTS};
//     TRY(sandbox_run(&result, &job));
//     result.outcome == SANDBOX_OK; result.output
//     sandbox_result_free(&result);
//
// The program sees /usr and /lib read-only, its files in /box, an empty /tmp (working directory),
// no environment, no descriptor of ours. What is stopped, and what is not: docs/sandbox.md.
// Where namespaces are not permitted every run is SANDBOX_UNAVAILABLE: nothing runs unprotected.
// Threads: any number of runs at a time.
#ifndef DATASETS_SANDBOX_SANDBOX_H
#define DATASETS_SANDBOX_SANDBOX_H

#include "distill/base/text.h"

typedef enum sandbox_outcome {
    SANDBOX_OK,          // ended with status 0
    SANDBOX_EXIT,        // ended with another status (`code`)
    SANDBOX_SIGNAL,      // crashed (`code` is the signal)
    SANDBOX_TIME,        // processor time or wall time is used up
    SANDBOX_MEMORY,      // ended badly with its memory used up
    SANDBOX_OUTPUT,      // wrote more than it may
    SANDBOX_REFUSED,     // killed over a forbidden system call
    SANDBOX_NO_PROGRAM,  // arguments[0] cannot be executed (`message`)
    SANDBOX_UNAVAILABLE, // no sandbox on this machine (`message`)
} sandbox_outcome;

typedef struct sandbox_limits {
    double cpu_s, wall_s;
    size_t memory_bytes;  // of addresses, each process
    size_t stack_bytes;   // of the first thread; default of the others
    size_t output_bytes;  // standard output, standard error, and each file
    size_t scratch_bytes; // of /tmp
    size_t processes;     // 0: threads only
} sandbox_limits;

#define SANDBOX_DEFAULTS                                                                           \
    {                                                                                              \
        .cpu_s = 10, .wall_s = 25, .memory_bytes = (size_t)512 << 20,                              \
        .stack_bytes = (size_t)64 << 20, .output_bytes = (size_t)16 << 20,                         \
        .scratch_bytes = (size_t)64 << 20                                                          \
    }

/// Stands in /box under its name. Content is copied before the program starts.
typedef struct sandbox_file {
    const char *name;
    distill_span content;
} sandbox_file;

typedef struct sandbox_job {
    const char *const *arguments; // [0]: a path
    size_t argument_count;
    const sandbox_file *files;
    size_t file_count; // at most 16
    bool executable;   // files may be executed
    distill_span input;
    const char *result_name; // file in /tmp to bring back; NULL = none
    int channel;             // 0, or a stream that becomes the program's descriptor 3
    sandbox_limits limits;
} sandbox_job;

typedef struct sandbox_result {
    sandbox_outcome outcome;
    int code;
    distill_text output, errors; // standard output and error
    distill_text result;
    double cpu_s, wall_s;
    size_t peak_bytes;
    char message[200];
} sandbox_result;

typedef struct sandbox sandbox;

/// Starts the program; sandbox_finish waits for it. job->channel may be closed afterwards.
/// Errors  NO_MEMORY, IO (descriptors); what the program or the machine does is an outcome.
distill_status sandbox_start(sandbox **out, const sandbox_job *job) DISTILL_MUST_CHECK;
/// Fills `result` (its texts are cleared first) and frees *box; legal for NULL boxes.
distill_status sandbox_finish(sandbox_result *result, sandbox **box) DISTILL_MUST_CHECK;
/// Ends a run that nobody waits for.
void sandbox_abandon(sandbox **box);
distill_status sandbox_run(sandbox_result *result, const sandbox_job *job) DISTILL_MUST_CHECK;
void sandbox_result_free(sandbox_result *result);

/// NULL if programs can be run in a sandbox here, else why not. Tried once.
const char *sandbox_missing(void);
/// "time limit", "exit status 1", "killed by signal 11 (Segmentation fault)" …, into `buffer`, which
/// is returned.
char *sandbox_describe(char *buffer, size_t capacity, const sandbox_result *result);

#endif
