// student/token_store.c - ids go into a buffer; when it is full, into a file, which is mapped at the
// end.
#include "student/token_store.h"

#include "distill/base/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { BUFFERED_IDS = 16 << 20 }; // 64 MiB: what a run holds in memory before it needs a file

static const char MAGIC[24] = "distill-token-store-2";

typedef struct footer {
    char magic[sizeof MAGIC];
    uint64_t ids, blob_bytes;
    char key[DISTILL_SHA256_HEX + 7], sha256[DISTILL_SHA256_HEX + 7];
    char blob_sha256[DISTILL_SHA256_HEX + 7];
} footer;

static size_t padded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

static distill_status part_name(distill_text *out, const token_store *store)
{
    distill_text_clear(out);
    return distill_text_printf(out, "%s.part", store->path);
}

/// Fails because a write was cut short.
static distill_status full_disk(const token_store *store)
{
    struct statvfs disk;
    char room[32];
    int error = errno;
    distill_text name = {0};
    double space = 0;
    if (part_name(&name, store) == DISTILL_OK && statvfs(name.bytes, &disk) == 0)
        space = (double)disk.f_bavail * (double)disk.f_frsize;
    distill_text_free(&name);
    errno = error;
    return distill_fail_errno(
        DISTILL_IO,
        "%s: the token ids (4 bytes each) cannot be written; %s are free; --output on another "
        "disk, or fewer --data",
        store->path, distill_format_bytes(room, sizeof room, space));
}

/// Moves the buffer to the file.
static distill_status flush(token_store *store)
{
    distill_status status = DISTILL_OK;
    distill_text name = {0};
    if (store->file == NULL) {
        TRY(part_name(&name, store));
        store->file = fopen(name.bytes, "wbe");
        if (store->file == NULL)
            TRY(distill_fail_errno(DISTILL_IO, "%s", name.bytes));
    }
    if (fwrite(store->buffer, sizeof *store->buffer, store->buffered, store->file) !=
        store->buffered)
        TRY(full_disk(store));
    store->buffered = 0;
done:
    distill_text_free(&name);
    return status;
}

distill_status token_store_append(token_store *store, const int32_t *ids, size_t count)
{
    distill_status status = DISTILL_OK;
    if (store->sum == NULL)
        TRY(distill_sha256_begin(&store->sum));
    TRY(distill_sha256_add(store->sum, ids, count * sizeof *ids));
    if (store->path != NULL && store->buffered + count > BUFFERED_IDS && store->buffered > 0)
        TRY(flush(store));
    if (store->buffered + count > store->capacity) {
        size_t larger = store->capacity == 0 ? 1 << 16 : 2 * store->capacity;
        while (larger < store->buffered + count)
            larger *= 2;
        TRY(distill_grow((void **)&store->buffer, store->buffered, larger, sizeof *store->buffer));
        store->capacity = larger;
    }
    if (count > 0)
        memcpy(store->buffer + store->buffered, ids, count * sizeof *ids);
    store->buffered += count;
    store->count += count;
    if (store->file == NULL)
        store->at = store->buffer;
done:
    return status;
}

static distill_status map_part(token_store *store)
{
    distill_status status = DISTILL_OK;
    distill_text name = {0};
    TRY(flush(store));
    if (fflush(store->file) != 0)
        TRY(full_disk(store));
    TRY(part_name(&name, store));
    TRY(distill_file_map(&store->mapping, name.bytes));
    store->at = (const int32_t *)(const void *)store->mapping.bytes;
    distill_free(store->buffer);
    store->buffer = NULL;
    store->capacity = 0;
done:
    distill_text_free(&name);
    return status;
}

distill_status token_store_finish(token_store *store)
{
    distill_status status = DISTILL_OK;
    if (store->sha256[0] != '\0')
        return DISTILL_OK;
    if (store->sum == NULL)
        TRY(distill_sha256_begin(&store->sum));
    TRY(distill_sha256_end(store->sha256, &store->sum));
    if (store->file != NULL)
        TRY(map_part(store));
done:
    return status;
}

distill_status token_store_seal(token_store *store, const char *key, distill_span blob)
{
    distill_status status = DISTILL_OK;
    static const char zeros[8] = {0};
    distill_text name = {0};
    footer end = {.ids = store->count, .blob_bytes = blob.length};
    size_t bytes = store->count * sizeof *store->at;
    if (store->file == NULL)
        return DISTILL_OK;
    TRY(distill_sha256_bytes(end.blob_sha256, blob.bytes, blob.length));
    memcpy(end.magic, MAGIC, sizeof MAGIC);
    memcpy(end.key, key, DISTILL_SHA256_HEX);
    memcpy(end.sha256, store->sha256, DISTILL_SHA256_HEX);
    if (fwrite(zeros, 1, padded(bytes) - bytes, store->file) != padded(bytes) - bytes ||
        fwrite(blob.bytes, 1, blob.length, store->file) != blob.length ||
        fwrite(&end, sizeof end, 1, store->file) != 1 || fflush(store->file) != 0 ||
        fsync(fileno(store->file)) != 0)
        TRY(full_disk(store));
    TRY(part_name(&name, store));
    if (rename(name.bytes, store->path) != 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", store->path));
    fclose(store->file);
    store->file = NULL;
done:
    distill_text_free(&name);
    return status;
}

/// Checks the footer of a mapped file.
static bool is_whole(footer *end, const distill_mapping *mapping, const char *key)
{
    if (mapping->length < sizeof *end)
        return false;
    memcpy(end, mapping->bytes + mapping->length - sizeof *end, sizeof *end);
    uint64_t most = mapping->length / sizeof(int32_t);
    return memcmp(end->magic, MAGIC, sizeof MAGIC) == 0 && end->ids <= most &&
           end->blob_bytes <= mapping->length && end->sha256[DISTILL_SHA256_HEX - 1] == '\0' &&
           padded(end->ids * sizeof(int32_t)) + end->blob_bytes + sizeof *end == mapping->length &&
           memcmp(end->key, key, DISTILL_SHA256_HEX) == 0;
}

static distill_span blob_of(const distill_mapping *mapping, const footer *end)
{
    return (distill_span){(const char *)mapping->bytes + padded(end->ids * sizeof(int32_t)),
                          end->blob_bytes};
}

distill_status token_store_open(token_store *store, const char *key, distill_span *blob,
                                bool *found)
{
    distill_status status = DISTILL_OK;
    footer end;
    char sum[DISTILL_SHA256_HEX];
    *found = false;
    if (store->path == NULL || !distill_file_exists(store->path))
        return DISTILL_OK;
    TRY(distill_file_map(&store->mapping, store->path));
    *found = is_whole(&end, &store->mapping, key);
    if (*found) {
        *blob = blob_of(&store->mapping, &end);
        TRY(distill_sha256_bytes(sum, blob->bytes, blob->length));
        *found = memcmp(sum, end.blob_sha256, sizeof sum) == 0;
    }
    if (!*found) {
        distill_file_unmap(&store->mapping);
        goto done;
    }
    store->at = (const int32_t *)(const void *)store->mapping.bytes;
    store->count = end.ids;
    memcpy(store->sha256, end.sha256, DISTILL_SHA256_HEX);
done:
    return status;
}

void token_store_free(token_store *store)
{
    distill_text name = {0};
    if (store->file != NULL) {
        fclose(store->file);
        if (part_name(&name, store) == DISTILL_OK)
            unlink(name.bytes);
    }
    distill_text_free(&name);
    distill_file_unmap(&store->mapping);
    distill_sha256_free(store->sum);
    distill_free(store->buffer);
    *store = (token_store){.path = store->path};
}
