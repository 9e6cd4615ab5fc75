// tests/support/fake_teacher_tls.h - certificates created at start: a valid one, and invalid ones.
#ifndef TESTS_SUPPORT_FAKE_TEACHER_TLS_H
#define TESTS_SUPPORT_FAKE_TEACHER_TLS_H

#include "distill/base/status.h"

#include <openssl/ssl.h>

typedef enum fake_tls {
    FAKE_TLS_NONE,   // plain HTTP
    FAKE_TLS_GOOD,   // for localhost and 127.0.0.1, signed by the program's own authority
    FAKE_TLS_SELF,   // self-signed
    FAKE_TLS_HOST,   // for another host, signed by the authority
    FAKE_TLS_EXPIRED // signed by the authority
} fake_tls;
#define FAKE_TLS_CHOICES "none|good|self|host|expired"

/// Creates a certificate of this kind. The authority's certificate is written to `ca_file` if that
/// is not NULL.
distill_status fake_tls_open(SSL_CTX **out, fake_tls kind, const char *ca_file) DISTILL_MUST_CHECK;

#endif
