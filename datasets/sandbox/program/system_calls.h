// datasets/sandbox/program/system_calls.h - which system calls a program in the sandbox may make.
//
// A list of what is allowed; everything that is not on it, future calls included, fails with ENOSYS.
// Calls that only an attack makes (mount, ptrace, bpf …) end the program with SIGSYS, so that the
// verdict can say so. Private to distill-sandbox.
#ifndef DATASETS_SANDBOX_PROGRAM_SYSTEM_CALLS_H
#define DATASETS_SANDBOX_PROGRAM_SYSTEM_CALLS_H

typedef enum process_policy {
    THREADS_ONLY, // fork fails with EAGAIN
    PROCESSES     // a compiler starts its parts
} process_policy;

/// Loads the filter for this process and what it executes; there is no way back. Needs
/// no_new_privs. 0, or -1 with errno.
int system_calls_restrict(process_policy policy);

#endif
