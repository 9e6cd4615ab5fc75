// tests/support/fake_teacher_tls.c - an authority and a certificate, made by OpenSSL.
#include "tests/support/fake_teacher_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

enum { DAY_S = 86400 };

static bool add_extension(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

/// Creates a certificate for `name`, valid from `from_s` to `to_s` (seconds from now). Without an
/// issuer it is self-signed.
static X509 *make_certificate(EVP_PKEY *key, const char *name, const char *alternatives,
                              X509 *issuer, EVP_PKEY *issuer_key, long from_s, long to_s)
{
    X509 *c = X509_new();
    if (c == NULL)
        return NULL;
    X509_NAME *subject = X509_get_subject_name(c);
    bool made = X509_set_version(c, 2) == 1 &&
                ASN1_INTEGER_set(X509_get_serialNumber(c), issuer == NULL ? 1 : 2) == 1 &&
                X509_gmtime_adj(X509_getm_notBefore(c), from_s) != NULL &&
                X509_gmtime_adj(X509_getm_notAfter(c), to_s) != NULL &&
                X509_set_pubkey(c, key) == 1 &&
                X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name,
                                           -1, -1, 0) == 1 &&
                X509_set_issuer_name(c, X509_get_subject_name(issuer != NULL ? issuer : c)) == 1;
    X509 *by = issuer != NULL ? issuer : c;
    if (alternatives != NULL)
        made = made && add_extension(c, by, NID_subject_alt_name, alternatives);
    else
        made = made && add_extension(c, by, NID_basic_constraints, "critical,CA:TRUE");
    made = made && X509_sign(c, issuer_key, EVP_sha256()) > 0;
    if (made)
        return c;
    X509_free(c);
    return NULL;
}

static bool write_certificate(const X509 *certificate, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    bool written = PEM_write_X509(file, certificate) == 1;
    return fclose(file) == 0 && written;
}

distill_status fake_tls_open(SSL_CTX **out, fake_tls kind, const char *ca_file)
{
    distill_status status = DISTILL_OK;
    bool host = kind == FAKE_TLS_HOST, expired = kind == FAKE_TLS_EXPIRED;
    const char *name = host ? "elsewhere.example" : "localhost";
    const char *alternatives = host ? "DNS:elsewhere.example" : "DNS:localhost,IP:127.0.0.1";
    EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *ca = NULL, *certificate = NULL;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (ca_key == NULL || key == NULL || context == NULL)
        TRY(distill_fail(DISTILL_INTERNAL, "TLS: OpenSSL failed to create keys"));
    ca = make_certificate(ca_key, "fake authority", NULL, NULL, ca_key, -DAY_S, DAY_S);
    if (kind == FAKE_TLS_SELF)
        certificate = make_certificate(key, name, alternatives, NULL, key, -DAY_S, DAY_S);
    else
        certificate = make_certificate(key, name, alternatives, ca, ca_key, -2L * DAY_S,
                                       expired ? -DAY_S : DAY_S);
    if (ca == NULL || certificate == NULL || SSL_CTX_use_certificate(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey(context, key) != 1)
        TRY(distill_fail(DISTILL_INTERNAL, "TLS: cannot create the certificate: %s",
                         ERR_error_string(ERR_get_error(), NULL)));
    if (ca_file != NULL && !write_certificate(ca, ca_file))
        TRY(distill_fail_errno(DISTILL_IO, "%s", ca_file));
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    *out = context;
    context = NULL;
done:
    SSL_CTX_free(context);
    X509_free(ca);
    X509_free(certificate);
    EVP_PKEY_free(key);
    EVP_PKEY_free(ca_key);
    return status;
}
