// distill/base/sha256.c - SHA-256 by OpenSSL's libcrypto; no other file includes its headers.
#include "distill/base/sha256.h"

#include "distill/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

enum { BLOCK = 1 << 18 };

static distill_status take_digest(char hex[DISTILL_SHA256_HEX], EVP_MD_CTX *context)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context, digest, &size) != 1 || size != 32)
        return distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256");
    for (unsigned i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return DISTILL_OK;
}

distill_status distill_sha256_bytes(char hex[DISTILL_SHA256_HEX], const void *bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, bytes, length) != 1)
        TRY(distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256"));
    TRY(take_digest(hex, context));
done:
    EVP_MD_CTX_free(context);
    return status;
}

/// Reads blocks instead of mapping the file: truncation by another process then cannot raise
/// SIGBUS, and memory use is constant.
distill_status distill_sha256_file(char hex[DISTILL_SHA256_HEX], const char *path)
{
    distill_status status = DISTILL_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    char *block = NULL;
    ssize_t got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", path));
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        TRY(distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256"));
    TRY(DISTILL_NEW(&block, BLOCK));
    while (got > 0) {
        got = read(fd, block, BLOCK);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got < 0)
            TRY(distill_fail_errno(DISTILL_IO, "%s", path));
        else if (EVP_DigestUpdate(context, block, (size_t)got) != 1)
            TRY(distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256"));
    }
    TRY(take_digest(hex, context));
done:
    if (fd >= 0)
        close(fd);
    distill_free(block);
    EVP_MD_CTX_free(context);
    return status;
}

struct distill_sha256 {
    EVP_MD_CTX *context;
};

distill_status distill_sha256_begin(distill_sha256 **out)
{
    distill_status status = DISTILL_OK;
    distill_sha256 *sum = NULL;
    TRY(DISTILL_NEW(&sum, 1));
    sum->context = EVP_MD_CTX_new();
    if (sum->context == NULL || EVP_DigestInit_ex(sum->context, EVP_sha256(), NULL) != 1)
        TRY(distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256"));
    *out = sum;
    sum = NULL;
done:
    distill_sha256_free(sum);
    return status;
}

distill_status distill_sha256_add(distill_sha256 *sum, const void *bytes, size_t length)
{
    if (EVP_DigestUpdate(sum->context, bytes, length) != 1)
        return distill_fail(DISTILL_INTERNAL, "libcrypto cannot compute SHA-256");
    return DISTILL_OK;
}

distill_status distill_sha256_end(char hex[DISTILL_SHA256_HEX], distill_sha256 **sum)
{
    distill_status status = take_digest(hex, (*sum)->context);
    distill_sha256_free(*sum);
    *sum = NULL;
    return status;
}

void distill_sha256_free(distill_sha256 *sum)
{
    if (sum == NULL)
        return;
    EVP_MD_CTX_free(sum->context);
    distill_free(sum);
}
