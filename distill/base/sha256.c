// distill/base/sha256.c - the only door to OpenSSL's libcrypto.
#include "distill/base/sha256.h"

#include "distill/base/file.h"

#include <openssl/evp.h>
#include <stdio.h>

distill_status distill_sha256_bytes(char hex[DISTILL_SHA256_HEX], const void *bytes, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1 || size != 32)
        return distill_fail(DISTILL_INTERNAL, "libcrypto refuses SHA-256");
    for (unsigned i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return DISTILL_OK;
}

distill_status distill_sha256_file(char hex[DISTILL_SHA256_HEX], const char *path)
{
    distill_status status = DISTILL_OK;
    distill_mapping mapping = {0};
    TRY(distill_file_map(&mapping, path));
    TRY(distill_sha256_bytes(hex, mapping.bytes != NULL ? (const void *)mapping.bytes : "",
                             mapping.length));
done:
    distill_file_unmap(&mapping);
    return status;
}
