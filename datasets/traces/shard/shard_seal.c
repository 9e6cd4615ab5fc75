// datasets/traces/shard/shard_seal.c - a work ring with one item and one worker. If no thread can
// be started, the caller does the work.
#include "datasets/traces/shard/shard_seal.h"

#include "distill/base/memory.h"
#include "distill/base/work_ring.h"

struct shard_seal {
    shard_writer *shard;
    shard_info info;
    distill_work_ring *ring;
};

static distill_status put_in_place(void *context, size_t slot, int worker)
{
    shard_seal *seal = context;
    (void)slot;
    (void)worker;
    return shard_write_place(&seal->shard, &seal->info);
}

/// Waits for a worker that has begun.
static void free_seal(shard_seal *seal)
{
    if (seal == NULL)
        return;
    distill_work_ring_close(seal->ring);
    shard_write_abort(&seal->shard);
    distill_free(seal);
}

distill_status shard_seal_begin(shard_seal **out, shard_writer **shard)
{
    distill_status status = DISTILL_OK;
    shard_seal *seal = NULL;
    TRY(shard_write_finish(*shard));
    TRY(DISTILL_NEW(&seal, 1));
    distill_work_ring_spec spec = {
        .slots = 1, .workers = 1, .process = put_in_place, .context = seal};
    TRY(distill_work_ring_create(&seal->ring, &spec));
    seal->shard = *shard;
    *shard = NULL;
    distill_work_ring_submit(seal->ring);
    *out = seal;
    seal = NULL;
done:
    free_seal(seal);
    shard_write_abort(shard);
    return status;
}

bool shard_seal_is_done(const shard_seal *seal)
{
    return distill_work_ring_is_ready(seal->ring);
}

distill_status shard_seal_end(shard_seal **handle, shard_info *info)
{
    distill_status status = DISTILL_OK;
    shard_seal *seal = *handle;
    size_t slot;
    *handle = NULL;
    TRY(distill_work_ring_take(&slot, seal->ring));
    *info = seal->info;
done:
    free_seal(seal);
    return status;
}

void shard_seal_abort(shard_seal **handle)
{
    free_seal(*handle);
    *handle = NULL;
}
