// datasets/sandbox/sandbox.h - runs an untrusted program without network, access to the machine's
// files, or processes that outlive it.
//
//     const char *arguments[] = {"/usr/bin/python3", "-I", "/box/reply.py"};
//     sandbox_file file = {"reply.py", source};
//     sandbox_job job = {.arguments = arguments, .argument_count = 3, .files = &file,
//                        .file_count = 1, .input = test_input, .limits = SANDBOX_DEFAULTS};
//     TRY(sandbox_run(&result, &job));
//     result.outcome == SANDBOX_OK; result.output;
//     sandbox_result_free(&result);
//
// The program has /usr and /lib read-only, its files in /box, an empty /tmp (its working
// directory), a fixed environment and no descriptor of the caller. docs/sandbox.md says what is
// stopped and what is not. Where namespaces are not permitted, every run is SANDBOX_UNAVAILABLE:
// nothing runs unprotected.
// Threads: any number of runs at the same time.
#ifndef DATASETS_SANDBOX_SANDBOX_H
#define DATASETS_SANDBOX_SANDBOX_H

#include "distill/base/text.h"

typedef enum sandbox_outcome {
    SANDBOX_OK,          // exited with status 0
    SANDBOX_EXIT,        // exited with another status (`code`)
    SANDBOX_SIGNAL,      // was killed by a signal (`code`)
    SANDBOX_TIME,        // reached the limit of processor time or wall time
    SANDBOX_MEMORY,      // failed with its memory used up
    SANDBOX_OUTPUT,      // wrote more than its limit
    SANDBOX_REFUSED,     // was killed for a forbidden system call
    SANDBOX_NO_PROGRAM,  // arguments[0] cannot be executed (`message`)
    SANDBOX_UNAVAILABLE, // there is no sandbox on this machine (`message`)
} sandbox_outcome;

typedef struct sandbox_limits {
    double cpu_s, wall_s;
    size_t memory_bytes;  // address space of each process
    size_t stack_bytes;   // of the main thread; the default of other threads
    size_t output_bytes;  // of standard output, standard error, and each file
    size_t scratch_bytes; // of /tmp
    size_t processes;     // 0: one process with at most 64 threads
} sandbox_limits;

#define SANDBOX_DEFAULTS                                                                           \
    {                                                                                              \
        .cpu_s = 10, .wall_s = 25, .memory_bytes = (size_t)512 << 20,                              \
        .stack_bytes = (size_t)64 << 20, .output_bytes = (size_t)16 << 20,                         \
        .scratch_bytes = (size_t)64 << 20                                                          \
    }

/// A file of /box. Its content is copied before the program starts.
typedef struct sandbox_file {
    const char *name; // without a folder
    distill_span content;
} sandbox_file;

/// All pointers are borrowed until sandbox_start returns.
typedef struct sandbox_job {
    const char *const *arguments; // [0] is a path; at most 64
    size_t argument_count;
    const sandbox_file *files;
    size_t file_count; // at most 16
    bool executable;   // the files may be executed
    distill_span input;
    const char *result_name; // file in /tmp whose content is returned; NULL = none
    int channel;             // 0, or a stream that becomes descriptor 3 of the program
    bool result_channel; // what the program writes to descriptor 4 is the result; with a channel
    sandbox_limits limits;
} sandbox_job;

/// Owns its texts.
typedef struct sandbox_result {
    sandbox_outcome outcome;
    int code;
    distill_text output, errors; // standard output and standard error
    distill_text result;         // content of the result file or channel; empty if there is none
    double cpu_s, wall_s;
    size_t peak_bytes; // of resident memory
    char message[200];
} sandbox_result;

typedef struct sandbox sandbox;

/// Starts the program; sandbox_finish waits for it. job->channel may be closed afterwards.
/// Errors  NO_MEMORY, LIMIT (too many files or arguments), IO (descriptors). Failures of the
///         program and of the machine are outcomes.
distill_status sandbox_start(sandbox **out, const sandbox_job *job) DISTILL_MUST_CHECK;
/// Waits for the program, replaces the content of `result`, frees *box and sets it to NULL. A NULL
/// *box changes nothing.
/// Errors  NO_MEMORY, IO.
distill_status sandbox_finish(sandbox_result *result, sandbox **box) DISTILL_MUST_CHECK;
/// Kills the program and frees *box; legal for a NULL *box.
void sandbox_abandon(sandbox **box);
/// sandbox_start and sandbox_finish.
distill_status sandbox_run(sandbox_result *result, const sandbox_job *job) DISTILL_MUST_CHECK;
void sandbox_result_free(sandbox_result *result);

/// NULL if programs can be run in a sandbox on this machine, else the reason. Tried once.
const char *sandbox_missing(void);
/// Writes "time limit …", "exit status 1", "killed by signal 11 (Segmentation fault)" and the like
/// into `buffer`, which is returned.
char *sandbox_describe(char *buffer, size_t capacity, const sandbox_result *result);

#endif
