// datasets/traces/shard/trace_damage.c - finds damaged shards and traces, to report them
// (trace_reader_verify) or to leave them out (trace_reader_open_rest).
//
// A shard whose SHA-256 is that of the manifest is undamaged. Any other is read row by row;
// consecutive rows that cannot be read are reported as one run, with the reason of the first.
#include "datasets/traces/shard/trace_reader_state.h"

#include "distill/base/log.h"
#include "distill/base/sha256.h"

#include <string.h>

/// A scan of all shards and what it has found so far.
typedef struct damage_scan {
    trace_reader *reader;
    bool keep_rest;     // rows that can be read become the traces of the reader
    uint64_t before;    // traces of the shards scanned before
    uint64_t traces;    // damaged
    size_t shards;      // damaged
    size_t first_shard; // the first damaged one
    distill_text path;
} damage_scan;

/// Warns that rows first … end-1 cannot be read, for the reason of this thread's last failure.
static void warn_damaged(damage_scan *scan, uint64_t first, uint64_t end)
{
    char why[DISTILL_ERROR_CAPACITY];
    distill_error_take(why, sizeof why);
    scan->traces += end - first;
    const unsigned long long from = scan->before + first, to = scan->before + end - 1;
    distill_warn("%s: traces %llu … %llu cannot be read", why, from, to);
}

/// Fails if the shard is not the one of the manifest. *checked is false for a single file, which
/// has none.
static distill_status check_sum(damage_scan *scan, size_t number, bool *checked)
{
    distill_status status = DISTILL_OK;
    char sha256[DISTILL_SHA256_HEX];
    const trace_reader *reader = scan->reader;
    *checked = false;
    TRY(trace_reader_check_size(reader, number));
    if (!reader->directory)
        goto done;
    TRY(distill_sha256_file(sha256, scan->path.bytes));
    if (strcmp(sha256, reader->shards.at[number].info.sha256) != 0)
        TRY(distill_fail(DISTILL_FORMAT, "%s: the checksum is not that of manifest.json",
                         scan->path.bytes));
    *checked = true;
done:
    return status;
}

/// Reads every row of the open shard; sets *found if one is damaged.
static distill_status read_rows(damage_scan *scan, size_t number, bool *found)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = scan->reader;
    trace_record record;
    uint64_t count = reader->shards.at[number].info.traces, good = 0, row = 0;
    char why[DISTILL_ERROR_CAPACITY];
    while (row < count) {
        uint64_t bad = row;
        for (; row < count && shard_file_read(reader->open, row, &record) != DISTILL_OK; row++)
            if (row == bad)
                distill_error_take(why, sizeof why);
        if (row == bad) {
            row++;
            continue;
        }
        distill_error_put(why);
        warn_damaged(scan, bad, row);
        *found = true;
        if (scan->keep_rest)
            TRY(trace_reader_add_run(reader, number, good, bad));
        good = row;
    }
    if (scan->keep_rest)
        TRY(trace_reader_add_run(reader, number, good, count));
done:
    return status;
}

static distill_status scan_shard(damage_scan *scan, size_t number)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = scan->reader;
    uint64_t count = reader->shards.at[number].info.traces;
    bool checked = false, found = false;
    TRY(trace_reader_shard_path(&scan->path, reader, number));
    bool whole = check_sum(scan, number, &checked) == DISTILL_OK;
    if (whole && checked) {
        if (scan->keep_rest)
            TRY(trace_reader_add_run(reader, number, 0, count));
    } else if (trace_reader_open_shard(reader, number) != DISTILL_OK) {
        found = true;
        warn_damaged(scan, 0, count);
    } else {
        TRY(read_rows(scan, number, &found));
        if (!whole && !found)
            distill_warn("%s: the checksum is not that of manifest.json, but every trace can be "
                         "read",
                         scan->path.bytes);
    }
    if (found || !whole)
        scan->first_shard = scan->shards++ > 0 ? scan->first_shard : number;
    scan->before += count;
done:
    return status;
}

static distill_status scan_shards(damage_scan *scan)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < scan->reader->shards.count; i++)
        TRY(scan_shard(scan, i));
done:
    return status;
}

distill_status trace_reader_verify(trace_reader *reader)
{
    distill_status status = DISTILL_OK;
    damage_scan scan = {.reader = reader};
    TRY(scan_shards(&scan));
    if (scan.shards > 0) {
        TRY(trace_reader_shard_path(&scan.path, reader, scan.first_shard));
        TRY(distill_fail(
            DISTILL_FORMAT,
            "%s: %zu of %zu shards damaged or changed, %llu traces lost, the first in "
            "%s (copy these shards again, or continue with the other traces: --skip-damaged)",
            reader->path, scan.shards, reader->shards.count, (unsigned long long)scan.traces,
            scan.path.bytes));
    }
done:
    distill_text_free(&scan.path);
    return status;
}

distill_status trace_reader_open_rest(trace_reader **out, const char *path)
{
    distill_status status = DISTILL_OK;
    trace_reader *reader = NULL;
    damage_scan scan = {.keep_rest = true};
    TRY(trace_reader_open_path(&reader, path));
    scan.reader = reader;
    TRY(scan_shards(&scan));
    if (scan.traces > 0)
        distill_warn("%s: %llu damaged traces of %llu are left out", path,
                     (unsigned long long)scan.traces, (unsigned long long)scan.before);
    *out = reader;
    reader = NULL;
done:
    trace_reader_close(reader);
    distill_text_free(&scan.path);
    return status;
}
