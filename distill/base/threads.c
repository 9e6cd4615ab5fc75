// distill/base/threads.c - worker threads that spin briefly, then block.
//
// After each job a worker spins for a few microseconds, because within a decode step or a layer the
// next job follows at once. It then blocks on a condition variable, so that an idle pool leaves the
// cores to other processes.
#include "distill/base/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { MAX_THREADS = 256, SPINS = 2000 };

typedef struct job {
    distill_range_fn fn;
    void *context;
    size_t count, grain;
    bool pieces; // split into pieces of `grain` items, which workers steal from each other
} job;

/// The unprocessed rest of a worker's part, in a cache line of its own.
typedef struct part {
    _Alignas(64) atomic_size_t next;
    size_t end;
} part;

static struct {
    int threads; // 0 = not chosen yet
    int started; // running workers
    job job;
    atomic_uint generation; // counts jobs
    atomic_int running;     // workers still busy with the job
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_mutex_t owner; // one parallel_for at a time
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .wake = PTHREAD_COND_INITIALIZER,
          .owner = PTHREAD_MUTEX_INITIALIZER};

static part parts[MAX_THREADS];

static _Thread_local bool inside_worker;
/// 0 in the caller's thread; a nested call keeps the index of its worker.
static _Thread_local int worker_index;

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// cgroup v2 quota in whole cores, 0 if there is none.
static int quota_cores(void)
{
    long long quota = 0, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%lld %lld", &quota, &period) != 2)
        quota = 0;
    fclose(file);
    return quota > 0 && period > 0 ? (int)((quota + period - 1) / period) : 0;
}

int distill_cores(void)
{
    cpu_set_t set;
    int cores = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set)
                                                            : (int)sysconf(_SC_NPROCESSORS_ONLN);
    int quota = quota_cores();
    if (quota > 0 && quota < cores)
        cores = quota;
    return cores > 0 ? cores : 1;
}

int distill_threads(void)
{
    if (pool.threads == 0) {
        int cores = distill_cores();
        pool.threads = cores < MAX_THREADS ? cores : MAX_THREADS;
    }
    return pool.threads;
}

/// First item of worker `index` of `threads`; parts are contiguous and begin at multiples of the
/// grain.
static size_t part_begin(const job *j, int index, int threads)
{
    size_t grains = (j->count + j->grain - 1) / j->grain;
    size_t begin = grains * (size_t)index / (size_t)threads * j->grain;
    return begin < j->count ? begin : j->count;
}

static void run_pieces(const job *j, int index, int threads)
{
    for (int i = 0; i < threads; i++) {
        part *p = &parts[(index + i) % threads];
        size_t begin;
        while ((begin = atomic_fetch_add_explicit(&p->next, j->grain, memory_order_relaxed)) <
               p->end) {
            size_t left = p->end - begin;
            j->fn(j->context, begin, begin + (left < j->grain ? left : j->grain), index);
        }
    }
}

static void run_part(const job *j, int index, int threads)
{
    size_t begin = part_begin(j, index, threads), end = part_begin(j, index + 1, threads);
    if (j->pieces)
        run_pieces(j, index, threads);
    else if (begin < end)
        j->fn(j->context, begin, end, index);
}

static void *worker_main(void *argument)
{
    int index = (int)(intptr_t)argument;
    unsigned seen = 0;
    inside_worker = true;
    worker_index = index;
    for (;;) {
        unsigned now;
        for (int spin = 0;
             (now = atomic_load_explicit(&pool.generation, memory_order_acquire)) == seen; spin++) {
            if (spin < SPINS) {
                relax();
                continue;
            }
            pthread_mutex_lock(&pool.lock);
            while (atomic_load(&pool.generation) == seen)
                pthread_cond_wait(&pool.wake, &pool.lock);
            pthread_mutex_unlock(&pool.lock);
        }
        seen = now;
        run_part(&pool.job, index, pool.threads);
        atomic_fetch_sub_explicit(&pool.running, 1, memory_order_release);
    }
    return NULL;
}

static distill_status start_workers(void)
{
    while (pool.started < pool.threads - 1) {
        pthread_t thread;
        intptr_t index = pool.started + 1;
        if (pthread_create(&thread, NULL, worker_main, (void *)index) != 0)
            return distill_fail(DISTILL_NO_MEMORY,
                                "cannot start thread %ld of %d; use fewer --threads", (long)index,
                                pool.threads);
        pthread_detach(thread);
        pool.started++;
    }
    return DISTILL_OK;
}

distill_status distill_threads_set(int count)
{
    int cores = distill_cores();
    if (count < 0 || count > MAX_THREADS)
        return distill_fail(DISTILL_USAGE, "--threads: %d is not between 0 and %d", count,
                            MAX_THREADS);
    if (pool.started > 0)
        return distill_fail(DISTILL_INTERNAL, "the number of threads is already in use");
    pool.threads = count > 0 ? count : (cores < MAX_THREADS ? cores : MAX_THREADS);
    return DISTILL_OK;
}

static void publish(const job *j)
{
    pthread_mutex_lock(&pool.lock);
    pool.job = *j;
    for (int i = 0; j->pieces && i < pool.threads; i++) {
        atomic_store_explicit(&parts[i].next, part_begin(j, i, pool.threads), memory_order_relaxed);
        parts[i].end = part_begin(j, i + 1, pool.threads);
    }
    atomic_store(&pool.running, pool.threads - 1);
    atomic_fetch_add(&pool.generation, 1);
    pthread_cond_broadcast(&pool.wake);
    pthread_mutex_unlock(&pool.lock);
}

static void run_parallel(const job *j)
{
    int threads = distill_threads();
    if (j->count == 0)
        return;
    if (inside_worker || threads == 1 || j->count <= j->grain) {
        j->fn(j->context, 0, j->count, worker_index);
        return;
    }
    pthread_mutex_lock(&pool.owner);
    if (start_workers() != DISTILL_OK) { // run all parts here: same split, same result
        job parts_here = *j;
        parts_here.pieces = false;
        for (int i = 0; i < threads; i++)
            run_part(&parts_here, i, threads);
        pthread_mutex_unlock(&pool.owner);
        return;
    }
    publish(j);
    inside_worker = true;
    run_part(j, 0, threads);
    inside_worker = false;
    for (int spin = 0; atomic_load_explicit(&pool.running, memory_order_acquire) > 0; spin++) {
        if (spin < SPINS)
            relax();
        else
            sched_yield();
    }
    pthread_mutex_unlock(&pool.owner);
}

void distill_parallel_for(distill_range_fn fn, void *context, size_t count, size_t grain)
{
    run_parallel(&(job){fn, context, count, grain > 0 ? grain : 1, false});
}

void distill_parallel_pieces(distill_range_fn fn, void *context, size_t count, size_t piece)
{
    run_parallel(&(job){fn, context, count, piece > 0 ? piece : 1, true});
}
