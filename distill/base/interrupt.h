// distill/base/interrupt.h - SIGINT and SIGTERM: finish, save, exit with 130; a second one stops at
// once.
#ifndef DISTILL_BASE_INTERRUPT_H
#define DISTILL_BASE_INTERRUPT_H

#include "distill/base/status.h"

#include <stdbool.h>

void distill_interrupt_install(void);
/// True once a signal has come; long loops ask between two units of work.
bool distill_interrupted(void);
/// True if that signal was a key press, which every process of the terminal's group got too.
bool distill_interrupt_from_terminal(void);
/// DISTILL_INTERRUPTED with a message once a signal has come, else DISTILL_OK.
distill_status distill_interrupt_check(void) DISTILL_MUST_CHECK;

#endif
