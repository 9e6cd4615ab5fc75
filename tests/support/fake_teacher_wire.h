// tests/support/fake_teacher_wire.h - non-blocking sockets, plain or TLS.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_WIRE_H
#define TESTS_SUPPORT_FAKE_TEACHER_WIRE_H

#include "tests/support/fake_teacher_connection.h"

enum { FAKE_WIRE_LATER = -1, FAKE_WIRE_GONE = -2 }; // would block; the connection is broken

/// Seconds of a monotonic clock.
double fake_now_s(void);
/// Listens on 127.0.0.1. With *port 0 the kernel chooses a port; *port is set to it.
distill_status fake_wire_listen(int *listener, int *port) DISTILL_MUST_CHECK;
/// Bytes transferred, FAKE_WIRE_LATER, or FAKE_WIRE_GONE. Reading returns 0 at the end.
long fake_wire_read(fake_connection *c, char *bytes, size_t length);
long fake_wire_write(fake_connection *c, const char *bytes, size_t length);
/// Makes closing the socket send an RST.
void fake_wire_reset(fake_connection *c);

#endif
