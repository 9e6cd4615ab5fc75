// datasets/sandbox/system_calls.h - which system calls a program in the sandbox may make, compiled
// to a seccomp filter.
//
// The policy is a list of allowed calls. Calls that only an attack makes (mount, ptrace, bpf, …)
// and calls of another ABI kill the program with SIGSYS, so that the result can say so. Some calls
// fail with EPERM. All others, including calls that do not exist yet, fail with ENOSYS.
#ifndef DATASETS_SANDBOX_SYSTEM_CALLS_H
#define DATASETS_SANDBOX_SYSTEM_CALLS_H

#include "distill/base/text.h"

typedef enum process_policy {
    THREADS_ONLY, // fork fails with EAGAIN
    PROCESSES,    // a compiler starts its parts; new namespaces are killed
    PROCESS_POLICIES
} process_policy;

typedef enum call_architecture { CALLS_X86_64, CALLS_AARCH64, CALLS_NATIVE } call_architecture;

/// Appends the filter: an array of struct sock_filter (linux/filter.h), as SECCOMP_MODE_FILTER
/// loads it. An architecture other than the native one is for tests.
/// Errors  NO_MEMORY, UNSUPPORTED (libseccomp fails, or the native architecture is neither), IO.
distill_status system_calls_compile(distill_text *out, process_policy policy,
                                    call_architecture architecture) DISTILL_MUST_CHECK;

#endif
