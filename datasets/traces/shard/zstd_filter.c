// datasets/traces/shard/zstd_filter.c - HDF5 filter 32015.
//
// HDF5 and the filter exchange buffers made by malloc. This file calls neither this project nor
// libhdf5, so that it can be a plugin too.
#include "datasets/traces/shard/zstd_filter.h"

#include <stdlib.h>
#include <zstd.h>

enum { DEFAULT_LEVEL = 3 };
static const unsigned long long MOST_CHUNK_BYTES = 1ull << 30;

/// Replaces the buffer that HDF5 gave.
static size_t replace(void **buffer, size_t *capacity, void *bytes, size_t size)
{
    free(*buffer);
    *buffer = bytes;
    *capacity = size;
    return size;
}

static size_t unpack(size_t packed_size, size_t *capacity, void **buffer)
{
    const char *why = NULL;
    unsigned long long size = ZSTD_getFrameContentSize(*buffer, packed_size);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size == 0 ||
        size > MOST_CHUNK_BYTES)
        return 0;
    void *bytes = malloc(size);
    if (bytes == NULL || !zstd_filter_unpack(bytes, size, *buffer, packed_size, &why)) {
        free(bytes);
        return 0;
    }
    return replace(buffer, capacity, bytes, size);
}

void *zstd_filter_context(int level)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (level < 1 || level > ZSTD_maxCLevel())
        level = DEFAULT_LEVEL;
    if (context != NULL) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    }
    return context;
}

void zstd_filter_context_free(void *context)
{
    ZSTD_freeCCtx(context);
}

size_t zstd_filter_bound(size_t size)
{
    return ZSTD_compressBound(size);
}

size_t zstd_filter_pack(void *context, void *out, size_t capacity, const void *bytes, size_t size)
{
    size_t packed_size = context != NULL ? ZSTD_compress2(context, out, capacity, bytes, size) : 0;
    return ZSTD_isError(packed_size) ? 0 : packed_size;
}

static size_t pack(int level, size_t size, size_t *capacity, void **buffer)
{
    size_t bound = ZSTD_compressBound(size), packed_size = 0;
    void *packed = malloc(bound), *context = zstd_filter_context(level);
    if (packed != NULL)
        packed_size = zstd_filter_pack(context, packed, bound, *buffer, size);
    zstd_filter_context_free(context);
    if (packed_size == 0) {
        free(packed);
        return 0;
    }
    replace(buffer, capacity, packed, bound);
    return packed_size;
}

/// HDF5's filter callback: returns the new size of the chunk, 0 on failure.
static size_t filter(unsigned flags, size_t value_count, const unsigned values[], size_t size,
                     size_t *capacity, void **buffer)
{
    if ((flags & H5Z_FLAG_REVERSE) != 0)
        return unpack(size, capacity, buffer);
    return pack(value_count > 0 ? (int)values[0] : DEFAULT_LEVEL, size, capacity, buffer);
}

const H5Z_class2_t *zstd_filter_class(void)
{
    static const H5Z_class2_t FILTER = {
        .version = H5Z_CLASS_T_VERS,
        .id = ZSTD_FILTER_ID,
        .encoder_present = 1,
        .decoder_present = 1,
        .name = "Zstandard compression: http://www.zstd.net",
        .filter = filter,
    };
    return &FILTER;
}

bool zstd_filter_unpack(void *out, size_t size, const void *packed, size_t packed_size,
                        const char **why)
{
    if (ZSTD_getFrameContentSize(packed, packed_size) != size) {
        *why = "the zstd frame is damaged or of the wrong size";
        return false;
    }
    size_t got = ZSTD_decompress(out, size, packed, packed_size);
    if (ZSTD_isError(got) || got != size) {
        *why = ZSTD_isError(got) ? ZSTD_getErrorName(got) : "the zstd frame is too short";
        return false;
    }
    return true;
}
