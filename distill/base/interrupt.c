// distill/base/interrupt.c - the handler of SIGINT and SIGTERM.
//
// It only sets flags, which loops check; a second signal calls _exit(130). The kernel itself sends
// the signal of a key press (si_code SI_KERNEL).
#include "distill/base/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t signals;
static volatile sig_atomic_t from_terminal;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (signals > 0)
        _exit(130);
    from_terminal = info->si_code == SI_KERNEL;
    signals = 1;
}

void distill_interrupt_install(void)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); // writing to a closed pipe returns an error instead of ending us
}

bool distill_interrupted(void)
{
    return signals > 0;
}

bool distill_interrupt_from_terminal(void)
{
    return from_terminal != 0;
}

distill_status distill_interrupt_check(void)
{
    if (!distill_interrupted())
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERRUPTED,
                        "interrupted; the work so far is saved: run the same command to resume");
}
