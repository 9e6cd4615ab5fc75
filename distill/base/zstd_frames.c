// distill/base/zstd_frames.c - zstd's one-shot compressor and its streaming decompressor.
//
// Windows of up to 128 MiB are accepted, zstd's default limit: an untrusted file cannot make the
// decompressor allocate more.
#include "distill/base/zstd_frames.h"

#include "distill/base/memory.h"

#include <string.h>
#include <zstd.h>

enum { LEVEL = 3, BLOCK = 1 << 17, MAX_WINDOW_LOG = 27 };

struct distill_zstd_reader {
    ZSTD_DStream *stream;
    const char *name;
    size_t hint; // result of the last call of zstd; 0: at the end of a frame
};

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
        TRY(distill_fail(DISTILL_NO_MEMORY, "zstd: out of memory for the compressor"));
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

distill_status distill_zstd_open(distill_zstd_reader **out, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_zstd_reader *reader = NULL;
    TRY(DISTILL_NEW(&reader, 1));
    reader->name = name;
    reader->stream = ZSTD_createDStream();
    if (reader->stream == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "%s: out of memory for the decompressor", name));
    ZSTD_DCtx_setParameter(reader->stream, ZSTD_d_windowLogMax, MAX_WINDOW_LOG);
    *out = reader;
    reader = NULL;
done:
    distill_zstd_close(reader);
    return status;
}

distill_status distill_zstd_read(distill_text *out, distill_zstd_reader *reader,
                                 distill_span *packed)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_reserve(out, out->length + BLOCK));
    ZSTD_inBuffer input = {packed->bytes, packed->length, 0};
    ZSTD_outBuffer output = {out->bytes + out->length, BLOCK, 0};
    reader->hint = ZSTD_decompressStream(reader->stream, &output, &input);
    if (ZSTD_isError(reader->hint))
        TRY(distill_fail(DISTILL_FORMAT, "%s: not valid zstd data: %s", reader->name,
                         ZSTD_getErrorName(reader->hint)));
    out->length += output.pos;
    out->bytes[out->length] = '\0';
    *packed = (distill_span){packed->bytes + input.pos, packed->length - input.pos};
done:
    return status;
}

distill_status distill_zstd_check_end(const distill_zstd_reader *reader)
{
    if (reader->hint != 0)
        return distill_fail(DISTILL_FORMAT, "%s: the compressed file ends too early; copy it again",
                            reader->name);
    return DISTILL_OK;
}

void distill_zstd_close(distill_zstd_reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDStream(reader->stream);
    distill_free(reader);
}
