// datasets/sandbox/system_calls.c - the policy for system calls, compiled with libseccomp. The only
// file that includes it.
//
//   foreign architecture, x32                    kill: another ABI has other numbers
//   ALLOWED                                      allow
//   KILLED                                       kill
//   DENIED                                       EPERM
//   clone, prctl, ioctl, prlimit64               by their arguments, see below
//   all others                                   ENOSYS
//
// ENOSYS rather than EPERM for the rest, so that the C library falls back to older calls: from
// clone3, whose flags a filter cannot read, to clone.
//
// Two rules cannot be expressed in libseccomp directly:
//   - An error for all values of an argument but the listed ones (prctl fails with EPERM unless its
//     option is listed). The other values are listed too, by their upper bits: see refuse_others.
//   - Killing the number -1, which it never treats as x32, and numbers from 0x40000000 on on
//     AArch64. Three instructions before its filter do both.
// Source: Linux, Documentation/userspace-api/seccomp_filter.rst; libseccomp 2.5,
//         seccomp_rule_add(3).
#include "datasets/sandbox/system_calls.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static const int ALLOWED[] = {
    // files: all of the view may be read, and only /tmp can be written
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),
    SCMP_SYS(preadv),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(chdir),
    SCMP_SYS(fchdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(unlinkat),
    SCMP_SYS(renameat2),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(umask),
    SCMP_SYS(truncate),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(fadvise64),
    SCMP_SYS(utimensat),
    SCMP_SYS(sendfile),
    SCMP_SYS(copy_file_range),
    SCMP_SYS(dup),
    SCMP_SYS(dup3),
    SCMP_SYS(fcntl),
    SCMP_SYS(flock),
    SCMP_SYS(pipe2),
    SCMP_SYS(ppoll),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    // memory
    SCMP_SYS(mmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(msync),
    SCMP_SYS(mincore),
    SCMP_SYS(membarrier),
    // signals, time
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(kill),
    SCMP_SYS(tgkill),
    SCMP_SYS(tkill),
    SCMP_SYS(setitimer),
    SCMP_SYS(getitimer),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    SCMP_SYS(restart_syscall),
    // the process itself
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getresuid),
    SCMP_SYS(getresgid),
    SCMP_SYS(getgroups),
    SCMP_SYS(getpgid),
    SCMP_SYS(getsid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(setrlimit),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(getrandom),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(rseq),
    SCMP_SYS(wait4),
    SCMP_SYS(waitid),
    SCMP_SYS(execve),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
};

/// Calls of x86-64 that newer architectures do not have, or that the C library does not use there.
static const int ALLOWED_ON_X86_64[] = {
    SCMP_SYS(open),   SCMP_SYS(creat),        SCMP_SYS(stat),       SCMP_SYS(lstat),
    SCMP_SYS(access), SCMP_SYS(readlink),     SCMP_SYS(getdents),   SCMP_SYS(mkdir),
    SCMP_SYS(rmdir),  SCMP_SYS(unlink),       SCMP_SYS(rename),     SCMP_SYS(renameat),
    SCMP_SYS(chmod),  SCMP_SYS(dup2),         SCMP_SYS(pipe),       SCMP_SYS(poll),
    SCMP_SYS(select), SCMP_SYS(epoll_create), SCMP_SYS(epoll_wait), SCMP_SYS(pause),
    SCMP_SYS(alarm),  SCMP_SYS(time),         SCMP_SYS(getpgrp),    SCMP_SYS(arch_prctl),
};

/// Ways to escape. They would fail here anyway (no capability, no /proc, no network), but a program
/// that calls one of them is not a solution of a problem.
static const int KILLED[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(open_tree),
    SCMP_SYS(move_mount),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(name_to_handle_at),
    SCMP_SYS(open_by_handle_at),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(quotactl),
    SCMP_SYS(fanotify_init),
    SCMP_SYS(pidfd_getfd),
};

/// Calls that ordinary programs may make without need: they fail with EPERM.
static const int DENIED[] = {
    SCMP_SYS(socket),      SCMP_SYS(socketpair),   SCMP_SYS(connect),
    SCMP_SYS(bind),        SCMP_SYS(listen),       SCMP_SYS(accept),
    SCMP_SYS(accept4),     SCMP_SYS(sendto),       SCMP_SYS(sendmsg),
    SCMP_SYS(recvfrom),    SCMP_SYS(recvmsg),      SCMP_SYS(shmget),
    SCMP_SYS(shmat),       SCMP_SYS(msgget),       SCMP_SYS(semget),
    SCMP_SYS(mq_open),     SCMP_SYS(memfd_create), SCMP_SYS(symlinkat),
    SCMP_SYS(linkat),      SCMP_SYS(mknodat),      SCMP_SYS(setuid),
    SCMP_SYS(setgid),      SCMP_SYS(setresuid),    SCMP_SYS(setresgid),
    SCMP_SYS(setgroups),   SCMP_SYS(setsid),       SCMP_SYS(setpgid),
    SCMP_SYS(setpriority), SCMP_SYS(pidfd_open),   SCMP_SYS(pidfd_send_signal),
};

static const uint32_t PRCTL_OPTIONS[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE,
                                         0x53564d41 /* PR_SET_VMA: names of mappings */};
/// TCGETS, TIOCGWINSZ (is this a terminal?), FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
static const uint32_t IOCTL_REQUESTS[] = {0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451};

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { X32_BIT = 0x40000000 };
enum { KILL_PROCESS_LEVEL = 3 }; // of seccomp_api_get: SCMP_ACT_KILL_PROCESS is known

/// A filter to which rules are added; the first failure is kept.
typedef struct rules {
    scmp_filter_ctx filter;
    int error; // errno; 0: none
} rules;

static void keep_error(rules *r, int result)
{
    if (result < 0 && r->error == 0)
        r->error = -result;
}

static void add(rules *r, uint32_t action, const int *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        keep_error(r, seccomp_rule_add(r->filter, action, calls[i], 0));
}

/// Adds a rule for calls whose argument has this value in its low word, under the mask. The upper
/// word does not matter: the kernel ignores it in these arguments.
static void add_if(rules *r, uint32_t action, int call, unsigned argument, uint32_t mask,
                   uint32_t value)
{
    struct scmp_arg_cmp condition = SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value);
    keep_error(r, seccomp_rule_add_array(r->filter, action, call, 1, &condition));
}

/// Refuses the call for every value of an argument that begins with the bits `prefix` under `mask`
/// and is not in `allowed`: goes down the binary trie of the allowed values and refuses each branch
/// that contains none of them.
static void refuse_others(rules *r, uint32_t action, int call, unsigned argument,
                          const uint32_t *allowed, size_t count, uint32_t mask, uint32_t prefix)
{
    bool any = false;
    for (size_t i = 0; i < count; i++)
        any = any || (allowed[i] & mask) == prefix;
    if (!any) {
        add_if(r, action, call, argument, mask, prefix);
    } else if (mask != UINT32_MAX) {
        uint32_t longer = mask >> 1 | 0x80000000, bit = longer ^ mask;
        refuse_others(r, action, call, argument, allowed, count, longer, prefix);
        refuse_others(r, action, call, argument, allowed, count, longer, prefix | bit);
    }
}

/// Allows the listed values of an argument; the call fails with `error` for all others.
static void by_argument(rules *r, int call, unsigned argument, const uint32_t *allowed,
                        size_t count, uint16_t error)
{
    for (size_t i = 0; i < count; i++)
        add_if(r, SCMP_ACT_ALLOW, call, argument, UINT32_MAX, allowed[i]);
    refuse_others(r, SCMP_ACT_ERRNO(error), call, argument, allowed, count, 0, 0);
}

static void add_processes(rules *r, process_policy policy, call_architecture architecture)
{
    static const int FORKS[] = {SCMP_SYS(fork), SCMP_SYS(vfork)};
    const uint32_t namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    const int clone_call = SCMP_SYS(clone);
    if (policy == THREADS_ONLY) {
        add_if(r, SCMP_ACT_ALLOW, clone_call, 0, CLONE_THREAD, CLONE_THREAD);
        add_if(r, SCMP_ACT_ERRNO(EAGAIN), clone_call, 0, CLONE_THREAD, 0);
    } else {
        add_if(r, SCMP_ACT_ALLOW, clone_call, 0, namespaces, 0);
        for (uint32_t bit = 1; bit != 0; bit <<= 1)
            if (namespaces & bit)
                add_if(r, SCMP_ACT_KILL_PROCESS, clone_call, 0, bit, bit);
    }
    if (architecture == CALLS_X86_64)
        add(r, policy == THREADS_ONLY ? SCMP_ACT_ERRNO(EAGAIN) : SCMP_ACT_ALLOW, FORKS,
            COUNT(FORKS));
}

static void add_policy(rules *r, process_policy policy, call_architecture architecture)
{
    static const uint32_t own_process[] = {0};
    add(r, SCMP_ACT_ALLOW, ALLOWED, COUNT(ALLOWED));
    if (architecture == CALLS_X86_64)
        add(r, SCMP_ACT_ALLOW, ALLOWED_ON_X86_64, COUNT(ALLOWED_ON_X86_64));
    add(r, SCMP_ACT_KILL_PROCESS, KILLED, COUNT(KILLED));
    add(r, SCMP_ACT_ERRNO(EPERM), DENIED, COUNT(DENIED));
    add_processes(r, policy, architecture);
    by_argument(r, SCMP_SYS(prctl), 0, PRCTL_OPTIONS, COUNT(PRCTL_OPTIONS), EPERM);
    by_argument(r, SCMP_SYS(ioctl), 1, IOCTL_REQUESTS, COUNT(IOCTL_REQUESTS), ENOTTY);
    by_argument(r, SCMP_SYS(prlimit64), 0, own_process, COUNT(own_process), EPERM);
}

/// Appends the instructions of the filter, which libseccomp writes to descriptors only.
static distill_status export_filter(distill_text *out, rules *r)
{
    distill_status status = DISTILL_OK;
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return distill_fail_errno(DISTILL_IO, "sandbox: a file for the filter of system calls");
    keep_error(r, seccomp_export_bpf(r->filter, fd));
    off_t length = lseek(fd, 0, SEEK_END);
    TRY(distill_text_reserve(out, out->length + (size_t)length));
    if (pread(fd, out->bytes + out->length, (size_t)length, 0) != (ssize_t)length)
        TRY(distill_fail_errno(DISTILL_IO, "sandbox: reading the filter of system calls"));
    out->length += (size_t)length;
done:
    close(fd);
    return status;
}

static call_architecture native_architecture(void)
{
    uint32_t native = seccomp_arch_native();
    return native == SCMP_ARCH_X86_64    ? CALLS_X86_64
           : native == SCMP_ARCH_AARCH64 ? CALLS_AARCH64
                                         : CALLS_NATIVE;
}

/// Makes the filter one of `architecture` alone.
static void set_architecture(rules *r, call_architecture architecture)
{
    uint32_t token = architecture == CALLS_X86_64 ? SCMP_ARCH_X86_64 : SCMP_ARCH_AARCH64;
    if (token == seccomp_arch_native())
        return;
    keep_error(r, seccomp_arch_add(r->filter, token));
    keep_error(r, seccomp_arch_remove(r->filter, SCMP_ARCH_NATIVE));
}

distill_status system_calls_compile(distill_text *out, process_policy policy,
                                    call_architecture architecture)
{
    static const struct sock_filter NO_X32[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    distill_status status = DISTILL_OK;
    rules r = {.filter = NULL};
    if (architecture == CALLS_NATIVE)
        architecture = native_architecture();
    if (architecture == CALLS_NATIVE)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "sandbox: system calls are known for x86-64 and AArch64 only"));
    r.filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (r.filter == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "sandbox: a filter of system calls"));
    set_architecture(&r, architecture);
    keep_error(&r, seccomp_attr_set(r.filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
    keep_error(&r, seccomp_attr_set(r.filter, SCMP_FLTATR_CTL_OPTIMIZE, 2)); // a binary tree
    add_policy(&r, policy, architecture);
    TRY(distill_text_append(out, (const char *)NO_X32, sizeof NO_X32));
    TRY(export_filter(out, &r));
    if (r.error != 0 && seccomp_api_get() < KILL_PROCESS_LEVEL)
        TRY(distill_fail(DISTILL_UNSUPPORTED,
                         "sandbox: this kernel, or the emulator in its place, has no filter of "
                         "system calls that kills a process (seccomp)"));
    if (r.error != 0)
        TRY(distill_fail(DISTILL_UNSUPPORTED, "sandbox: libseccomp: %s", strerror(r.error)));
done:
    if (r.filter != NULL)
        seccomp_release(r.filter);
    return status;
}
