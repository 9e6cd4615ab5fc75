// distill/base/zstd_pack.c - one call of zstd's one-shot compressor a frame.
#include "distill/base/zstd_pack.h"

#include <string.h>
#include <zstd.h>

enum { LEVEL = 3 };

bool distill_is_zstd_name(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, ".zst") == 0;
}

distill_status distill_zstd_pack(distill_text *out, distill_span bytes)
{
    distill_status status = DISTILL_OK;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (context == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "no memory to compress"));
    TRY(distill_text_reserve(out, out->length + ZSTD_compressBound(bytes.length)));
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t packed = ZSTD_compress2(context, out->bytes + out->length, out->capacity - out->length,
                                   bytes.bytes, bytes.length);
    if (ZSTD_isError(packed))
        TRY(distill_fail(DISTILL_NO_MEMORY, "zstd: %s", ZSTD_getErrorName(packed)));
    out->length += packed;
done:
    ZSTD_freeCCtx(context);
    return status;
}
