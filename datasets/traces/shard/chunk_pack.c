// datasets/traces/shard/chunk_pack.c - a work ring of chunks: the caller submits and writes them,
// the workers compress them.
#include "datasets/traces/shard/chunk_pack.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"
#include "distill/base/work_ring.h"

typedef struct pack_job {
    hid_t dataset;
    const char *path;
    uint64_t row;
    char *raw, *packed;
    size_t raw_size, packed_size;
    size_t raw_capacity, packed_capacity;
} pack_job;

struct chunk_pack {
    pack_job *jobs; // an element for each slot of the ring
    size_t job_count;
    void *contexts[DISTILL_WORK_RING_WORKERS]; // of zstd, one for each worker
    distill_work_ring *ring;
};

static distill_status pack(void *context, size_t slot, int worker)
{
    chunk_pack *chunks = context;
    pack_job *job = &chunks->jobs[slot];
    job->packed_size = zstd_filter_pack(chunks->contexts[worker], job->packed, job->packed_capacity,
                                        job->raw, job->raw_size);
    return job->packed_size > 0
               ? DISTILL_OK
               : distill_fail(DISTILL_INTERNAL, "%s: zstd could not compress a chunk", job->path);
}

distill_status chunk_pack_create(chunk_pack **out, int level)
{
    distill_status status = DISTILL_OK;
    chunk_pack *chunks = NULL;
    int threads = distill_threads() < DISTILL_WORK_RING_WORKERS ? distill_threads()
                                                                : DISTILL_WORK_RING_WORKERS;
    TRY(DISTILL_NEW(&chunks, 1));
    chunks->job_count = (size_t)threads + 2;
    TRY(DISTILL_NEW(&chunks->jobs, chunks->job_count));
    for (int i = 0; i < threads; i++) {
        chunks->contexts[i] = zstd_filter_context(level);
        if (chunks->contexts[i] == NULL)
            TRY(distill_fail(DISTILL_NO_MEMORY, "zstd has no memory"));
    }
    distill_work_ring_spec spec = {.slots = chunks->job_count,
                                   .workers = threads > 1 ? threads : 0,
                                   .process = pack,
                                   .context = chunks};
    TRY(distill_work_ring_create(&chunks->ring, &spec));
    *out = chunks;
    chunks = NULL;
done:
    chunk_pack_free(chunks);
    return status;
}

/// Writes the oldest chunk, waiting until it is packed.
static distill_status write_oldest(chunk_pack *chunks)
{
    distill_status status = DISTILL_OK;
    size_t slot;
    TRY(distill_work_ring_take(&slot, chunks->ring));
    const pack_job *job = &chunks->jobs[slot];
    hsize_t place[2] = {job->row, 0};
    if (H5Dwrite_chunk(job->dataset, H5P_DEFAULT, 0, place, job->packed_size, job->packed) < 0)
        TRY(hdf5_fail(DISTILL_IO, "%s: writing failed", job->path));
done:
    distill_work_ring_release(chunks->ring);
    return status;
}

static distill_status reserve(char **bytes, size_t *capacity, size_t needed)
{
    distill_status status = DISTILL_OK;
    if (needed <= *capacity)
        return DISTILL_OK;
    TRY(distill_grow((void **)bytes, 0, needed, 1));
    *capacity = needed;
done:
    return status;
}

distill_status chunk_pack_put(chunk_pack *chunks, hid_t dataset, const char *path, uint64_t row,
                              char **bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    while (distill_work_ring_is_full(chunks->ring) || distill_work_ring_is_ready(chunks->ring))
        TRY(write_oldest(chunks));
    pack_job *job = &chunks->jobs[distill_work_ring_free_slot(chunks->ring)];
    TRY(reserve(&job->raw, &job->raw_capacity, length));
    TRY(reserve(&job->packed, &job->packed_capacity, zstd_filter_bound(length)));
    char *empty = job->raw;
    job->raw = *bytes;
    job->raw_capacity = job->raw_size = length;
    *bytes = empty;
    job->dataset = dataset;
    job->path = path;
    job->row = row;
    distill_work_ring_submit(chunks->ring);
done:
    return status;
}

distill_status chunk_pack_flush(chunk_pack *chunks)
{
    distill_status status = DISTILL_OK;
    while (distill_work_ring_pending(chunks->ring) > 0)
        TRY(write_oldest(chunks));
done:
    return status;
}

void chunk_pack_free(chunk_pack *chunks)
{
    if (chunks == NULL)
        return;
    distill_work_ring_close(chunks->ring);
    for (size_t i = 0; chunks->jobs != NULL && i < chunks->job_count; i++) {
        distill_free(chunks->jobs[i].raw);
        distill_free(chunks->jobs[i].packed);
    }
    distill_free(chunks->jobs);
    for (int i = 0; i < DISTILL_WORK_RING_WORKERS; i++)
        zstd_filter_context_free(chunks->contexts[i]);
    distill_free(chunks);
}
