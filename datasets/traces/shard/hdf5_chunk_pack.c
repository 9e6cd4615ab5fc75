// datasets/traces/shard/hdf5_chunk_pack.c - a ring of chunks: put by the caller, packed by workers, written by the
// caller again, oldest first.
#include "datasets/traces/shard/hdf5_chunk_pack.h"

#include "datasets/traces/shard/hdf5_error.h"
#include "datasets/traces/shard/zstd_filter.h"
#include "distill/base/memory.h"
#include "distill/base/threads.h"

#include <pthread.h>
#include <stdbool.h>

enum { MOST_WORKERS = 64 };

typedef struct pack_job {
    hid_t dataset;
    const char *path;
    uint64_t row;
    char *raw, *packed;
    size_t raw_size, packed_size; // packed_size 0: zstd failed
    size_t raw_capacity, packed_capacity;
    bool done;
} pack_job;

struct chunk_pack {
    int level;
    void *context; // of the caller's thread, which packs if there are no workers
    pack_job *jobs;
    size_t job_count;
    // counts since the start; job i stands in jobs[i % job_count]; written <= taken <= put
    size_t put, taken, written;
    bool stop;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    pthread_t workers[MOST_WORKERS];
    int worker_count;
};

static void pack(void *context, pack_job *job)
{
    job->packed_size =
        zstd_filter_pack(context, job->packed, job->packed_capacity, job->raw, job->raw_size);
}

static void *worker_main(void *argument)
{
    chunk_pack *ring = argument;
    void *context = zstd_filter_context(ring->level);
    pthread_mutex_lock(&ring->lock);
    for (;;) {
        while (!ring->stop && ring->taken == ring->put)
            pthread_cond_wait(&ring->work, &ring->lock);
        if (ring->stop)
            break;
        pack_job *job = &ring->jobs[ring->taken++ % ring->job_count];
        pthread_mutex_unlock(&ring->lock);
        pack(context, job);
        pthread_mutex_lock(&ring->lock);
        job->done = true;
        pthread_cond_signal(&ring->done);
    }
    pthread_mutex_unlock(&ring->lock);
    zstd_filter_context_free(context);
    return NULL;
}

/// If no worker can be started the caller packs.
static void start_workers(chunk_pack *ring, int count)
{
    while (ring->worker_count < count &&
           pthread_create(&ring->workers[ring->worker_count], NULL, worker_main, ring) == 0)
        ring->worker_count++;
}

distill_status chunk_pack_create(chunk_pack **out, int level)
{
    distill_status status = DISTILL_OK;
    chunk_pack *ring = NULL;
    int threads = distill_threads() < MOST_WORKERS ? distill_threads() : MOST_WORKERS;
    TRY(DISTILL_NEW(&ring, 1));
    ring->level = level;
    pthread_mutex_init(&ring->lock, NULL);
    pthread_cond_init(&ring->work, NULL);
    pthread_cond_init(&ring->done, NULL);
    ring->job_count = (size_t)threads + 2;
    TRY(DISTILL_NEW(&ring->jobs, ring->job_count));
    ring->context = zstd_filter_context(level);
    if (ring->context == NULL)
        TRY(distill_fail(DISTILL_NO_MEMORY, "zstd has no memory"));
    if (threads > 1)
        start_workers(ring, threads);
    *out = ring;
    ring = NULL;
done:
    chunk_pack_free(ring);
    return status;
}

/// Writes the oldest chunk, waiting until it is packed.
static distill_status write_oldest(chunk_pack *ring)
{
    pack_job *job = &ring->jobs[ring->written % ring->job_count];
    hsize_t place[2] = {job->row, 0};
    pthread_mutex_lock(&ring->lock);
    while (!job->done)
        pthread_cond_wait(&ring->done, &ring->lock);
    pthread_mutex_unlock(&ring->lock);
    ring->written++;
    if (job->packed_size == 0)
        return distill_fail(DISTILL_INTERNAL, "%s: zstd could not compress a chunk", job->path);
    if (H5Dwrite_chunk(job->dataset, H5P_DEFAULT, 0, place, job->packed_size, job->packed) < 0)
        return hdf5_fail(DISTILL_IO, "%s: writing failed", job->path);
    return DISTILL_OK;
}

static bool oldest_is_done(chunk_pack *ring)
{
    if (ring->written == ring->put)
        return false;
    pthread_mutex_lock(&ring->lock);
    bool done = ring->jobs[ring->written % ring->job_count].done;
    pthread_mutex_unlock(&ring->lock);
    return done;
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

distill_status chunk_pack_put(chunk_pack *ring, hid_t dataset, const char *path, uint64_t row,
                              char **bytes, size_t length)
{
    distill_status status = DISTILL_OK;
    while (ring->put - ring->written == ring->job_count || oldest_is_done(ring))
        TRY(write_oldest(ring));
    pack_job *job = &ring->jobs[ring->put % ring->job_count];
    TRY(reserve(&job->raw, &job->raw_capacity, length));
    TRY(reserve(&job->packed, &job->packed_capacity, zstd_filter_bound(length)));
    char *empty = job->raw;
    job->raw = *bytes;
    job->raw_capacity = job->raw_size = length;
    *bytes = empty;
    job->dataset = dataset;
    job->path = path;
    job->row = row;
    job->done = false;
    pthread_mutex_lock(&ring->lock);
    ring->put++;
    if (ring->worker_count > 0) {
        pthread_cond_signal(&ring->work);
    } else {
        pack(ring->context, job);
        job->done = true;
    }
    pthread_mutex_unlock(&ring->lock);
done:
    return status;
}

distill_status chunk_pack_flush(chunk_pack *ring)
{
    distill_status status = DISTILL_OK;
    while (ring->written < ring->put)
        TRY(write_oldest(ring));
done:
    return status;
}

void chunk_pack_free(chunk_pack *ring)
{
    if (ring == NULL)
        return;
    pthread_mutex_lock(&ring->lock);
    ring->stop = true;
    pthread_cond_broadcast(&ring->work);
    pthread_mutex_unlock(&ring->lock);
    for (int i = 0; i < ring->worker_count; i++)
        pthread_join(ring->workers[i], NULL);
    for (size_t i = 0; ring->jobs != NULL && i < ring->job_count; i++) {
        distill_free(ring->jobs[i].raw);
        distill_free(ring->jobs[i].packed);
    }
    distill_free(ring->jobs);
    zstd_filter_context_free(ring->context);
    pthread_cond_destroy(&ring->work);
    pthread_cond_destroy(&ring->done);
    pthread_mutex_destroy(&ring->lock);
    distill_free(ring);
}
