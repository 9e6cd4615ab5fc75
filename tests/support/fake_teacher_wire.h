// tests/support/fake_teacher_wire.h - bytes of a socket that never blocks, plain or TLS.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_WIRE_H
#define TESTS_SUPPORT_FAKE_TEACHER_WIRE_H

#include "tests/support/fake_teacher_connection.h"

enum { FAKE_WIRE_LATER = -1, FAKE_WIRE_GONE = -2 };

/// Seconds of a clock that never goes back.
double fake_now_s(void);
/// A non-blocking socket that listens on 127.0.0.1; *port 0 lets the kernel choose and is set.
distill_status fake_wire_listen(int *listener, int *port) DISTILL_MUST_CHECK;
/// Bytes moved, FAKE_WIRE_LATER, or FAKE_WIRE_GONE (reading gives 0 at the end, too).
long fake_wire_read(fake_connection *c, char *bytes, size_t length);
long fake_wire_write(fake_connection *c, const char *bytes, size_t length);
/// Makes closing send an RST.
void fake_wire_reset(fake_connection *c);

#endif
