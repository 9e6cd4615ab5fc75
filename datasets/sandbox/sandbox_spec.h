// datasets/sandbox/sandbox_spec.h - what the library tells the program distill-sandbox, and what it
// hears back. Private to these two.
//
//   library ── memory file on descriptor 3: sandbox_spec, argv, names of files ──► distill-sandbox
//           ◄─ socket on descriptor 4: one sandbox_report; closing it ends the run ──
//
// Descriptors 0, 1 and 2 are the program's own. From SANDBOX_FIRST_FILE on follow the files, in the
// order of their names.
#ifndef DATASETS_SANDBOX_SANDBOX_SPEC_H
#define DATASETS_SANDBOX_SANDBOX_SPEC_H

#include <stdint.h>

enum {
    SANDBOX_SPEC_FD = 3,
    SANDBOX_REPORT_FD = 4,
    SANDBOX_CHANNEL_FD = 5, // descriptor 3 of the program, if the spec says so
    SANDBOX_RESULT_FD = 6,  // takes the result file, if the spec names one
    SANDBOX_FIRST_FILE = 7,
    SANDBOX_VERSION = 1
};

typedef struct sandbox_spec {
    uint32_t version, argument_count, file_count;
    uint32_t has_channel;
    uint64_t cpu_s, memory_bytes, stack_bytes, file_bytes, scratch_bytes;
    uint64_t processes; // 0: threads only, no further process
    uint64_t wall_ms;
    uint32_t executable;  // files are given the right to be executed
    char result_name[60]; // in /tmp, "" = none
    // then argument_count and file_count strings, each with its NUL
} sandbox_spec;

typedef enum sandbox_stage {
    SANDBOX_RAN = 0,        // the program was started
    SANDBOX_NOT_MADE = 1,   // no sandbox here; `message` says why
    SANDBOX_NOT_STARTED = 2 // the program could not be executed; `message` says why
} sandbox_stage;

typedef struct sandbox_report {
    uint32_t stage;
    int32_t exit_status; // -1 if a signal ended it
    int32_t signal;      // 0 if it ended by itself
    uint32_t wall_expired;
    uint64_t cpu_us, wall_us, peak_bytes;
    uint64_t result_bytes;
    char message[200];
} sandbox_report;

#endif
