// datasets/traces/shard/shard_seal.c - a thread for the slow part of one shard; without one the caller does it.
#include "datasets/traces/shard/shard_seal.h"

#include "distill/base/memory.h"

#include <pthread.h>
#include <stdatomic.h>

struct shard_seal {
    shard_writer *shard;
    shard_info info;
    distill_status status;
    char message[DISTILL_ERROR_CAPACITY];
    atomic_bool done;
    bool has_thread;
    pthread_t thread;
};

static void *put_in_place(void *argument)
{
    shard_seal *seal = argument;
    seal->status = shard_write_place(&seal->shard, &seal->info);
    if (seal->status != DISTILL_OK)
        distill_error_take(seal->message, sizeof seal->message);
    atomic_store(&seal->done, true);
    return NULL;
}

distill_status shard_seal_begin(shard_seal **out, shard_writer **shard)
{
    distill_status status = DISTILL_OK;
    shard_seal *seal = NULL;
    TRY(shard_write_finish(*shard));
    TRY(DISTILL_NEW(&seal, 1));
    seal->shard = *shard;
    *shard = NULL;
    seal->has_thread = pthread_create(&seal->thread, NULL, put_in_place, seal) == 0;
    if (!seal->has_thread)
        put_in_place(seal);
    *out = seal;
done:
    shard_write_abort(shard);
    return status;
}

bool shard_seal_is_done(const shard_seal *seal)
{
    return atomic_load(&seal->done);
}

distill_status shard_seal_end(shard_seal **handle, shard_info *info)
{
    distill_status status = DISTILL_OK;
    shard_seal *seal = *handle;
    *handle = NULL;
    if (seal->has_thread)
        pthread_join(seal->thread, NULL);
    *info = seal->info;
    if (seal->status != DISTILL_OK) {
        distill_error_put(seal->message);
        TRY(seal->status);
    }
done:
    distill_free(seal);
    return status;
}

void shard_seal_abort(shard_seal **handle)
{
    shard_seal *seal = *handle;
    *handle = NULL;
    if (seal == NULL)
        return;
    if (seal->has_thread)
        pthread_join(seal->thread, NULL);
    distill_free(seal);
}
