// datasets/sandbox/program/system_calls.c - the list as a seccomp filter (classic BPF).
//
//   foreign architecture, x32 ─► kill          the 32-bit ABI has other numbers for other calls
//   number in ALLOWED ─► allow                 in DEADLY ─► kill         in DENIED ─► EPERM
//   clone, prctl, ioctl, prlimit64 ─► by their arguments                else ─► ENOSYS
//
// ENOSYS (not EPERM) for the rest: the C library then falls back to the calls that it knows, as from
// clone3, whose flags a filter cannot read, to clone.
// Source: Linux, Documentation/userspace-api/seccomp_filter.rst.
#include "datasets/sandbox/program/system_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

static const uint32_t ALLOWED[] = {
    // files: the view has nothing in it that must not be read, and only /tmp can be written
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_preadv,
    SYS_pwritev,
    SYS_lseek,
    SYS_openat,
    SYS_close,
    SYS_close_range,
    SYS_fstat,
    SYS_newfstatat,
    SYS_statx,
    SYS_faccessat,
    SYS_faccessat2,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_chdir,
    SYS_fchdir,
    SYS_mkdirat,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_fchmod,
    SYS_fchmodat,
    SYS_umask,
    SYS_truncate,
    SYS_ftruncate,
    SYS_fsync,
    SYS_fdatasync,
    SYS_statfs,
    SYS_fstatfs,
    SYS_fadvise64,
    SYS_utimensat,
    SYS_sendfile,
    SYS_copy_file_range,
    SYS_dup,
    SYS_dup3,
    SYS_fcntl,
    SYS_flock,
    SYS_pipe2,
    SYS_ppoll,
    SYS_pselect6,
    SYS_epoll_create1,
    SYS_epoll_ctl,
    SYS_epoll_pwait,
    SYS_eventfd2,
    // memory
    SYS_mmap,
    SYS_mprotect,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_msync,
    SYS_mincore,
    SYS_membarrier,
    // signals, time
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigpending,
    SYS_rt_sigtimedwait,
    SYS_rt_sigsuspend,
    SYS_sigaltstack,
    SYS_kill,
    SYS_tgkill,
    SYS_tkill,
    SYS_setitimer,
    SYS_getitimer,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_gettimeofday,
    SYS_times,
    SYS_getrusage,
    SYS_restart_syscall,
    // itself
    SYS_getpid,
    SYS_gettid,
    SYS_getppid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_getresuid,
    SYS_getresgid,
    SYS_getgroups,
    SYS_getpgid,
    SYS_getsid,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrlimit,
    SYS_setrlimit,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_getcpu,
    SYS_getrandom,
    SYS_futex,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_set_tid_address,
    SYS_rseq,
    SYS_wait4,
    SYS_waitid,
    SYS_execve,
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_open // calls that younger architectures never had
    SYS_open,
    SYS_creat,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_mkdir,
    SYS_rmdir,
    SYS_unlink,
    SYS_rename,
    SYS_renameat,
    SYS_chmod,
    SYS_dup2,
    SYS_pipe,
    SYS_poll,
    SYS_select,
    SYS_epoll_create,
    SYS_epoll_wait,
    SYS_pause,
    SYS_alarm,
    SYS_time,
    SYS_getpgrp,
    SYS_arch_prctl,
#endif
};

/// Ways out, all of them harmless here already (no capability, no /proc, no network); whoever calls
/// them is no solution of a problem.
static const uint32_t DEADLY[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_open_tree,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsmount,
    SYS_mount_setattr,
    SYS_name_to_handle_at,
    SYS_open_by_handle_at,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_quotactl,
    SYS_fanotify_init,
    SYS_pidfd_getfd,
};

/// What a harmless program may try: it is told no, and lives.
static const uint32_t DENIED[] = {
    SYS_socket,  SYS_socketpair,   SYS_connect,     SYS_bind,       SYS_listen,
    SYS_accept,  SYS_accept4,      SYS_sendto,      SYS_sendmsg,    SYS_recvfrom,
    SYS_recvmsg, SYS_shmget,       SYS_shmat,       SYS_msgget,     SYS_semget,
    SYS_mq_open, SYS_memfd_create, SYS_symlinkat,   SYS_linkat,     SYS_mknodat,
    SYS_setuid,  SYS_setgid,       SYS_setresuid,   SYS_setresgid,  SYS_setgroups,
    SYS_setsid,  SYS_setpgid,      SYS_setpriority, SYS_pidfd_open, SYS_pidfd_send_signal,
};

static const uint32_t HARMLESS_PRCTL[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE,
                                          0x53564d41 /* PR_SET_VMA: names of mappings */};
/// TCGETS, TIOCGWINSZ (is this a terminal?), FIONREAD, FIONBIO, FIONCLEX, FIOCLEX.
static const uint32_t HARMLESS_IOCTL[] = {0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451};

enum { MOST_INSTRUCTIONS = 1024 };

typedef struct program {
    struct sock_filter at[MOST_INSTRUCTIONS];
    unsigned short count;
} program;

static void add(program *p, uint16_t code, uint32_t k, uint8_t if_true, uint8_t if_false)
{
    if (p->count < MOST_INSTRUCTIONS)
        p->at[p->count++] = (struct sock_filter){code, if_true, if_false, k};
}

static void load(program *p, size_t offset)
{
    add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void finish(program *p, uint32_t action)
{
    add(p, BPF_RET | BPF_K, action, 0, 0);
}

/// If the loaded word is `value`: `action`.
static void when(program *p, uint32_t value, uint32_t action)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
    finish(p, action);
}

static void when_any(program *p, const uint32_t *values, size_t count, uint32_t action)
{
    for (size_t i = 0; i < count; i++)
        when(p, values[i], action);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define LOW_WORD(argument)                                                                         \
    (offsetof(struct seccomp_data, args) + (uint32_t)(8 * (argument))) // little endian
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

/// If the number is `call`: `action` for the listed values of an argument's low word, else `error`.
static void by_argument(program *p, uint32_t call, int argument, const uint32_t *values,
                        size_t count, uint32_t error)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, call, 0, (uint8_t)(2 * count + 2));
    load(p, LOW_WORD(argument));
    when_any(p, values, count, SECCOMP_RET_ALLOW);
    finish(p, REFUSE(error));
}

/// If the number is `call`: `none` where none of `flags` is set, else `some`.
static void by_flags(program *p, uint32_t call, uint32_t flags, uint32_t none, uint32_t some)
{
    add(p, BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4);
    load(p, LOW_WORD(0));
    add(p, BPF_JMP | BPF_JSET | BPF_K, flags, 1, 0);
    finish(p, none);
    finish(p, some);
}

static void processes(program *p, process_policy policy)
{
    const uint32_t namespaces = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
                                CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    if (policy == THREADS_ONLY)
        by_flags(p, SYS_clone, CLONE_THREAD, REFUSE(EAGAIN), SECCOMP_RET_ALLOW);
    else
        by_flags(p, SYS_clone, namespaces, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS);
#ifdef SYS_fork
    uint32_t action = policy == THREADS_ONLY ? REFUSE(EAGAIN) : SECCOMP_RET_ALLOW;
    when(p, SYS_fork, action);
    when(p, SYS_vfork, action);
#endif
}

int system_calls_restrict(process_policy policy)
{
#ifdef NATIVE_ARCHITECTURE
    static program p;
    static const uint32_t self[] = {0};
    load(&p, offsetof(struct seccomp_data, arch));
    add(&p, BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0);
    finish(&p, SECCOMP_RET_KILL_PROCESS);
    load(&p, offsetof(struct seccomp_data, nr));
    add(&p, BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1); // x32
    finish(&p, SECCOMP_RET_KILL_PROCESS);
    when_any(&p, ALLOWED, COUNT(ALLOWED), SECCOMP_RET_ALLOW);
    when_any(&p, DEADLY, COUNT(DEADLY), SECCOMP_RET_KILL_PROCESS);
    when_any(&p, DENIED, COUNT(DENIED), REFUSE(EPERM));
    processes(&p, policy);
    by_argument(&p, SYS_prctl, 0, HARMLESS_PRCTL, COUNT(HARMLESS_PRCTL), EPERM);
    by_argument(&p, SYS_ioctl, 1, HARMLESS_IOCTL, COUNT(HARMLESS_IOCTL), ENOTTY);
    by_argument(&p, SYS_prlimit64, 0, self, COUNT(self), EPERM); // not those of process 1
    finish(&p, REFUSE(ENOSYS));
    struct sock_fprog filter = {p.count, p.at};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
#else
    (void)policy;
    errno = ENOSYS; // no list for this architecture
    return -1;
#endif
}
