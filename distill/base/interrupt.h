// distill/base/interrupt.h - SIGINT and SIGTERM. The first signal requests an orderly stop: finish
// the current step, save, exit with 130. The second one exits at once.
#ifndef DISTILL_BASE_INTERRUPT_H
#define DISTILL_BASE_INTERRUPT_H

#include "distill/base/status.h"

#include <stdbool.h>

void distill_interrupt_install(void);
/// True after a signal has arrived; long loops check it between two units of work.
bool distill_interrupted(void);
/// True if that signal came from the keyboard, which signals every process of the terminal's group.
bool distill_interrupt_from_terminal(void);
/// DISTILL_INTERRUPTED with a message after a signal has arrived, else DISTILL_OK.
distill_status distill_interrupt_check(void) DISTILL_MUST_CHECK;

#endif
