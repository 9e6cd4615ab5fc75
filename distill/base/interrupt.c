// distill/base/interrupt.c - the first signal asks, the second one ends.
#include "distill/base/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void on_signal(int number)
{
    (void)number;
    if (signals > 0)
        _exit(130);
    signals = 1;
}

void distill_interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN); // a closed pipe is an IO error, not a silent death
}

bool distill_interrupted(void)
{
    return signals > 0;
}

distill_status distill_interrupt_check(void)
{
    if (!distill_interrupted())
        return DISTILL_OK;
    return distill_fail(DISTILL_INTERRUPTED,
                        "interrupted; the work so far is saved: run the same command to go on");
}
