// tests/support/fake_teacher_tls.h - certificates made on the spot: one that fits, and others.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_TLS_H
#define TESTS_SUPPORT_FAKE_TEACHER_TLS_H

#include "distill/base/status.h"

#include <openssl/ssl.h>

/// `kind`: good (for 127.0.0.1 and localhost, signed by an authority of its own that is written to
/// `ca_file`), self (nobody vouches for it), host (for another name), expired. The last two are
/// signed by the same authority as a good one.
distill_status fake_tls_open(SSL_CTX **out, const char *kind,
                             const char *ca_file) DISTILL_MUST_CHECK;

#endif
