// datasets/sandbox/sandbox_spec.h - the protocol between the library and the program
// distill-sandbox. Private to these two.
//
//   library ── memory file on descriptor 3: spec, filter, strings ──► distill-sandbox
//           ◄─ socket on descriptor 4: one sandbox_report; closing it ends the run ──
//
// The memory file holds a sandbox_spec, then `filter_count` instructions (struct sock_filter of
// linux/filter.h), then the arguments and the names of the files, each with its NUL. Descriptors 0,
// 1 and 2 are those of the untrusted program. The contents of the files are on the descriptors from
// SANDBOX_FIRST_FILE on, in the order of their names.
#ifndef DATASETS_SANDBOX_SANDBOX_SPEC_H
#define DATASETS_SANDBOX_SANDBOX_SPEC_H

#include <stdint.h>

enum {
    SANDBOX_SPEC_FD = 3,
    SANDBOX_REPORT_FD = 4,
    SANDBOX_CHANNEL_FD = 5, // becomes descriptor 3 of the program, if the spec has a channel
    SANDBOX_RESULT_FD = 6,  // receives the result file, or is descriptor 4 of the program
    SANDBOX_FIRST_FILE = 7,
    SANDBOX_MOST_FILES = 16,
    SANDBOX_MOST_ARGUMENTS = 64,
    SANDBOX_MOST_INSTRUCTIONS = 4096, // the kernel's limit
    SANDBOX_VERSION = 3
};

typedef struct sandbox_spec {
    uint32_t version, argument_count, file_count, filter_count;
    uint64_t cpu_s, memory_bytes, stack_bytes, file_bytes, scratch_bytes;
    uint64_t processes; // 0: threads only, no further process
    uint64_t wall_ms;
    uint32_t has_channel;
    uint32_t result_channel; // the program writes its result to descriptor 4 itself
    uint32_t executable;     // the files may be executed
    char result_name[64];    // in /tmp; "" = none
} sandbox_spec;

typedef enum sandbox_stage {
    SANDBOX_RAN = 0,        // the program was started
    SANDBOX_NOT_MADE = 1,   // there is no sandbox here; `message` says why
    SANDBOX_NOT_STARTED = 2 // the program could not be executed; `message` says why
} sandbox_stage;

typedef struct sandbox_report {
    uint32_t stage;
    int32_t exit_status; // -1 if a signal ended it
    int32_t signal;      // 0 if it exited
    uint32_t wall_expired;
    uint64_t cpu_us, wall_us, peak_bytes;
    uint64_t result_bytes;
    char message[200];
} sandbox_report;

#endif
