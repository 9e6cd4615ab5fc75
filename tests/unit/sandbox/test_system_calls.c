// tests/unit/sandbox/test_system_calls.c - the filter decides every call according to the policy,
// on both architectures. The filters run in an interpreter of classic BPF, so that one machine
// checks both.
#include "datasets/sandbox/system_calls.h"
#include "tests/support/unit.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_PROCESS
#define FAIL(error) (SECCOMP_RET_ERRNO | (error))

static const struct {
    call_architecture calls;
    uint32_t audit, seccomp;
} ARCHITECTURES[] = {{CALLS_X86_64, AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64},
                     {CALLS_AARCH64, AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64}};

static uint32_t load(const struct seccomp_data *data, uint32_t offset)
{
    uint32_t word;
    assert_true(offset % 4 == 0 && offset < sizeof *data);
    memcpy(&word, (const char *)data + offset, sizeof word);
    return word;
}

/// Runs a filter as the kernel does; an unknown instruction fails the test.
static uint32_t decide(const distill_text *filter, const struct seccomp_data *data)
{
    const struct sock_filter *code = (const struct sock_filter *)(const void *)filter->bytes;
    size_t count = filter->length / sizeof *code;
    uint32_t a = 0;
    for (size_t at = 0; at < count;) {
        const struct sock_filter *i = &code[at++];
        switch (i->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            a = load(data, i->k);
            break;
        case BPF_ALU | BPF_AND | BPF_K:
            a &= i->k;
            break;
        case BPF_JMP | BPF_JA:
            at += i->k;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K:
            at += a == i->k ? i->jt : i->jf;
            break;
        case BPF_JMP | BPF_JGT | BPF_K:
            at += a > i->k ? i->jt : i->jf;
            break;
        case BPF_JMP | BPF_JGE | BPF_K:
            at += a >= i->k ? i->jt : i->jf;
            break;
        case BPF_JMP | BPF_JSET | BPF_K:
            at += a & i->k ? i->jt : i->jf;
            break;
        case BPF_RET | BPF_K:
            return i->k;
        default:
            fail_msg("instruction %#x", i->code);
        }
    }
    fail_msg("the filter has no end");
    return 0;
}

typedef struct policy_row {
    const char *call;
    int argument;
    uint64_t value;
    uint32_t threads_only, processes; // what the two policies return
    bool x86_64_only;                 // on AArch64 the call does not exist, or is not on the list
} policy_row;

static const policy_row ROWS[] = {
    {"read", 0, 0, ALLOW, ALLOW, false},
    {"openat", 0, 0, ALLOW, ALLOW, false},
    {"execve", 0, 0, ALLOW, ALLOW, false},
    {"futex", 0, 0, ALLOW, ALLOW, false},
    {"exit_group", 0, 0, ALLOW, ALLOW, false},
    {"open", 0, 0, ALLOW, ALLOW, true},
    {"renameat", 0, 0, ALLOW, ALLOW, true},
    {"ptrace", 0, 0, KILL, KILL, false},
    {"mount", 0, 0, KILL, KILL, false},
    {"bpf", 0, 0, KILL, KILL, false},
    {"unshare", 0, 0, KILL, KILL, false},
    {"io_uring_setup", 0, 0, KILL, KILL, false},
    {"pidfd_getfd", 0, 0, KILL, KILL, false},
    {"socket", 0, 0, FAIL(EPERM), FAIL(EPERM), false},
    {"memfd_create", 0, 0, FAIL(EPERM), FAIL(EPERM), false},
    {"linkat", 0, 0, FAIL(EPERM), FAIL(EPERM), false},
    {"clone3", 0, 0, FAIL(ENOSYS), FAIL(ENOSYS), false},
    {"fanotify_mark", 0, 0, FAIL(ENOSYS), FAIL(ENOSYS), false},
    {"fork", 0, 0, FAIL(EAGAIN), ALLOW, true},
    {"vfork", 0, 0, FAIL(EAGAIN), ALLOW, true},
    {"clone", 0, CLONE_THREAD | CLONE_VM, ALLOW, ALLOW, false},
    {"clone", 0, 17, FAIL(EAGAIN), ALLOW, false},
    {"clone", 0, CLONE_NEWUSER | 17, FAIL(EAGAIN), KILL, false},
    {"clone", 0, CLONE_NEWCGROUP | CLONE_THREAD, ALLOW, KILL, false},
    {"prctl", 0, PR_SET_NAME, ALLOW, ALLOW, false},
    {"prctl", 0, PR_SET_NAME | 1ull << 40, ALLOW, ALLOW, false}, // the kernel reads an int
    {"prctl", 0, 0x53564d41, ALLOW, ALLOW, false},
    {"prctl", 0, PR_SET_SECCOMP, FAIL(EPERM), FAIL(EPERM), false},
    {"prctl", 0, UINT64_MAX, FAIL(EPERM), FAIL(EPERM), false},
    {"ioctl", 1, 0x5401, ALLOW, ALLOW, false},               // TCGETS
    {"ioctl", 1, 0x5412, FAIL(ENOTTY), FAIL(ENOTTY), false}, // TIOCSTI
    {"prlimit64", 0, 0, ALLOW, ALLOW, false},
    {"prlimit64", 0, 1, FAIL(EPERM), FAIL(EPERM), false},
};

/// The filters of both policies for one architecture.
static void compile(distill_text filters[PROCESS_POLICIES], call_architecture architecture)
{
    for (process_policy policy = 0; policy < PROCESS_POLICIES; policy++) {
        assert_ok(system_calls_compile(&filters[policy], policy, architecture));
        assert_int_equal(filters[policy].length % sizeof(struct sock_filter), 0);
        assert_true(filters[policy].length / sizeof(struct sock_filter) <= BPF_MAXINSNS);
    }
}

static void free_filters(distill_text filters[PROCESS_POLICIES])
{
    for (process_policy policy = 0; policy < PROCESS_POLICIES; policy++)
        distill_text_free(&filters[policy]);
}

static void calls_are_decided_by_the_policy(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT(ARCHITECTURES); a++) {
        distill_text filters[PROCESS_POLICIES] = {{0}};
        compile(filters, ARCHITECTURES[a].calls);
        for (size_t i = 0; i < COUNT(ROWS); i++) {
            const policy_row *row = &ROWS[i];
            int number = seccomp_syscall_resolve_name_arch(ARCHITECTURES[a].seccomp, row->call);
            bool listed = ARCHITECTURES[a].calls == CALLS_X86_64 || !row->x86_64_only;
            if (number < 0 && !listed)
                continue;
            struct seccomp_data data = {.nr = number, .arch = ARCHITECTURES[a].audit};
            data.args[row->argument] = row->value;
            uint32_t threads_only = decide(&filters[THREADS_ONLY], &data);
            uint32_t processes = decide(&filters[PROCESSES], &data);
            if (threads_only != (listed ? row->threads_only : FAIL(ENOSYS)) ||
                processes != (listed ? row->processes : FAIL(ENOSYS)))
                fail_msg("%s (%#llx), architecture %zu: %#x and %#x", row->call,
                         (unsigned long long)row->value, a, threads_only, processes);
        }
        free_filters(filters);
    }
}

/// Every value that differs from an allowed one in one bit is refused, unless it is allowed too.
static void values_beside_the_allowed_ones_are_refused(void **state)
{
    (void)state;
    static const uint32_t allowed[] = {0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451};
    for (size_t a = 0; a < COUNT(ARCHITECTURES); a++) {
        distill_text filters[PROCESS_POLICIES] = {{0}};
        compile(filters, ARCHITECTURES[a].calls);
        int number = seccomp_syscall_resolve_name_arch(ARCHITECTURES[a].seccomp, "ioctl");
        for (size_t i = 0; i < COUNT(allowed) * 32; i++) {
            struct seccomp_data data = {.nr = number, .arch = ARCHITECTURES[a].audit};
            uint32_t value = allowed[i / 32] ^ 1u << (i % 32), expected = FAIL(ENOTTY);
            for (size_t j = 0; j < COUNT(allowed); j++)
                expected = allowed[j] == value ? ALLOW : expected;
            data.args[1] = value;
            assert_int_equal(decide(&filters[THREADS_ONLY], &data), expected);
        }
        free_filters(filters);
    }
}

static void other_abis_are_killed_and_unknown_calls_fail(void **state)
{
    (void)state;
    for (size_t a = 0; a < COUNT(ARCHITECTURES); a++) {
        distill_text filters[PROCESS_POLICIES] = {{0}};
        compile(filters, ARCHITECTURES[a].calls);
        const distill_text *filter = &filters[PROCESSES];
        const uint32_t own = ARCHITECTURES[a].audit, other = ARCHITECTURES[1 - a].audit;
        assert_int_equal(decide(filter, &(struct seccomp_data){.nr = 1, .arch = other}), KILL);
        assert_int_equal(decide(filter, &(struct seccomp_data){.nr = 1, .arch = AUDIT_ARCH_I386}),
                         KILL);
        assert_int_equal(decide(filter, &(struct seccomp_data){.nr = 0x40000027, .arch = own}),
                         KILL); // x32
        assert_int_equal(decide(filter, &(struct seccomp_data){.nr = -1, .arch = own}), KILL);
        for (int number = 600; number < 3000; number += 100) {
            struct seccomp_data data = {.nr = number, .arch = own};
            assert_int_equal(decide(filter, &data), FAIL(ENOSYS));
        }
        free_filters(filters);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_are_decided_by_the_policy),
        cmocka_unit_test(values_beside_the_allowed_ones_are_refused),
        cmocka_unit_test(other_abis_are_killed_and_unknown_calls_fail),
    };
    seccomp_api_set(3); // filters for a kernel that can kill a process; none is loaded
    return cmocka_run_group_tests(tests, NULL, NULL);
}
