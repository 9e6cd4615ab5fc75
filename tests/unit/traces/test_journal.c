// The journal: segments, repeated head frames, damage, and a full disk.
#include "datasets/traces/journal.h"

#include "distill/base/file.h"
#include "distill/base/rng.h"
#include "tests/support/shared_data.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != DISTILL_OK)                                                                  \
            fail_msg("%s", distill_error_message());                                               \
    } while (0)

typedef struct seen {
    size_t heads, traces;
    char last[64];
    journal_place places[64];
} seen;

static distill_status note_frame(void *context, journal_place place, distill_span payload)
{
    seen *s = context;
    if (place.kind == JOURNAL_HEAD) {
        s->heads++;
        return DISTILL_OK;
    }
    s->places[s->traces++ % 64] = place;
    snprintf(s->last, sizeof s->last, "%.*s", (int)payload.length, payload.bytes);
    return DISTILL_OK;
}

static const char *fresh(const char *name)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", scratch_folder(), name);
    MUST(distill_make_directory(path));
    return path;
}

static distill_status add(journal *log, journal_place *place, journal_kind kind, const char *text)
{
    return journal_append(log, place, kind, distill_span_of(text));
}

static void segments_repeat_the_heads_and_can_be_dropped(void **state)
{
    (void)state;
    const char *dir = fresh("segments");
    journal *log = NULL;
    journal_place places[20];
    seen s = {0};
    distill_text text = {0};
    char payload[32], path[300];
    MUST(journal_open(&log, dir, 200, note_frame, &s));
    MUST(add(log, &places[0], JOURNAL_HEAD, "settings"));
    for (int i = 0; i < 20; i++) {
        snprintf(payload, sizeof payload, "trace number %d", i);
        MUST(add(log, &places[i], JOURNAL_TRACE, payload));
    }
    assert_true(places[19].segment > 3);
    for (int i = 0; i < 20; i++) {
        snprintf(payload, sizeof payload, "trace number %d", i);
        MUST(journal_fetch(log, &text, places[i]));
        assert_string_equal(text.bytes, payload);
    }
    MUST(journal_drop_before(log, places[10].segment));
    snprintf(path, sizeof path, "%s/journal-00000.log", dir);
    assert_false(distill_file_exists(path));
    journal_close(log);
    MUST(journal_open(&log, dir, 200, note_frame, &s));
    assert_int_equal(s.heads, places[19].segment - places[10].segment + 1);
    assert_string_equal(s.last, "trace number 19");
    assert_true(s.traces < 20 && s.traces >= 10);
    MUST(journal_drop_before(log, UINT32_MAX)); // the current one stays
    MUST(add(log, &places[0], JOURNAL_TRACE, "after"));
    journal_close(log);
    s = (seen){0};
    MUST(journal_open(&log, dir, 200, note_frame, &s));
    assert_string_equal(s.last, "after");
    assert_true(s.heads >= 1);
    journal_close(log);
    MUST(journal_remove(dir));
    s = (seen){0};
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    assert_int_equal(s.heads + s.traces, 0);
    journal_close(log);
    distill_text_free(&text);
}

static void zeros_behind_the_end_are_cut_off(void **state)
{
    (void)state;
    const char *dir = fresh("zeros");
    journal *log = NULL;
    journal_place place;
    seen s = {0};
    char path[300];
    uint64_t bytes = 0, longer = 0;
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    MUST(add(log, &place, JOURNAL_TRACE, "one"));
    journal_close(log);
    snprintf(path, sizeof path, "%s/journal-00000.log", dir);
    MUST(distill_file_size(&bytes, path));
    assert_int_equal(truncate(path, (off_t)bytes + 5000), 0); // as after a power cut
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    journal_close(log);
    MUST(distill_file_size(&longer, path));
    assert_int_equal(longer, bytes);
    assert_int_equal(s.traces, 1);
}

/// A limit on the size of files acts like a full disk: writing fails part of the way.
static void a_full_disk_loses_no_acknowledged_frame(void **state)
{
    (void)state;
    const char *dir = fresh("full");
    journal *log = NULL;
    journal_place place;
    seen s = {0};
    size_t stored = 0;
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    small = (struct rlimit){1000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    while (add(log, &place, JOURNAL_TRACE, "something to store") == DISTILL_OK)
        stored++;
    assert_non_null(strstr(distill_error_message(), "the traces before are safe"));
    setrlimit(RLIMIT_FSIZE, &before);
    assert_true(stored > 5);
    MUST(add(log, &place, JOURNAL_TRACE, "there is room again"));
    journal_close(log);
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    assert_int_equal(s.traces, stored + 1);
    assert_string_equal(s.last, "there is room again");
    journal_close(log);
}

static void sealing_begins_a_segment_that_is_complete_by_itself(void **state)
{
    (void)state;
    const char *dir = fresh("sealed");
    journal *log = NULL;
    journal_place place, after;
    seen s = {0};
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    MUST(add(log, &place, JOURNAL_HEAD, "settings"));
    MUST(add(log, &place, JOURNAL_TRACE, "in the shard"));
    MUST(journal_seal(log, distill_span_of("shard 0")));
    MUST(add(log, &after, JOURNAL_TRACE, "not yet in a shard"));
    assert_int_equal(after.segment, place.segment + 1);
    MUST(journal_drop_before(log, after.segment));
    MUST(journal_sync(log)); // segments that were removed are not synced
    journal_close(log);
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    assert_int_equal(s.heads, 2);
    assert_int_equal(s.traces, 1);
    assert_string_equal(s.last, "not yet in a shard");
    journal_close(log);
}

/// One flipped bit anywhere loses at most the frame that it is in.
static void a_flipped_bit_costs_one_frame(void **state)
{
    (void)state;
    const char *dir = fresh("flipped");
    journal *log = NULL;
    journal_place places[5];
    distill_text bytes = {0};
    char path[300], payload[64];
    seen s = {0};
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    for (int i = 0; i < 5; i++) {
        snprintf(payload, sizeof payload, "trace %d of five, some bytes long", i);
        MUST(add(log, &places[i], JOURNAL_TRACE, payload));
    }
    journal_close(log);
    snprintf(path, sizeof path, "%s/journal-00000.log", dir);
    MUST(distill_file_read(&bytes, path, 1 << 20));
    for (size_t bit = places[2].offset * 8; bit < (places[2].offset + 24 + 32) * 8; bit += 3) {
        bytes.bytes[bit / 8] ^= (char)(1 << bit % 8);
        MUST(distill_file_write(path, bytes.bytes, bytes.length));
        bytes.bytes[bit / 8] ^= (char)(1 << bit % 8);
        s = (seen){0};
        MUST(journal_open(&log, dir, 0, note_frame, &s));
        journal_close(log);
        if (s.traces != 4 || s.places[2].offset != places[3].offset)
            fail_msg("bit %zu: %zu frames were found", bit, s.traces);
    }
    distill_text_free(&bytes);
}

/// CRC-32 of IEEE 802.3, a bit at a time.
static uint32_t naive_crc(const char *bytes, size_t length)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

/// A frame as in docs/formats.md: magic, kind (32 bits each), length (64), CRC, zero, payload.
static void the_checksum_covers_kind_length_and_payload(void **state)
{
    (void)state;
    const char *dir = fresh("checksum");
    journal *log = NULL;
    journal_place places[40];
    distill_text bytes = {0};
    char path[300], payload[40] = {0};
    seen s = {0};
    assert_int_equal(naive_crc("123456789", 9), 0xCBF43926);
    MUST(journal_open(&log, dir, 0, note_frame, &s));
    for (size_t i = 0; i < 40; i++) { // lengths 0 … 39, the first one with a NULL pointer
        payload[i] = (char)(i * 37 ^ i >> 3);
        MUST(journal_append(log, &places[i], JOURNAL_TRACE,
                            (distill_span){i > 0 ? payload : NULL, i}));
    }
    journal_close(log);
    snprintf(path, sizeof path, "%s/journal-00000.log", dir);
    MUST(distill_file_read(&bytes, path, 1 << 20));
    for (size_t i = 0; i < 40; i++) {
        const char *frame = bytes.bytes + places[i].offset;
        char covered[4 + 8 + 40];
        uint32_t stored;
        memcpy(covered, frame + 4, 12);
        memcpy(covered + 12, frame + 24, i);
        memcpy(&stored, frame + 16, sizeof stored);
        assert_int_equal(stored, naive_crc(covered, 12 + i));
    }
    distill_text_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_repeat_the_heads_and_can_be_dropped),
        cmocka_unit_test(zeros_behind_the_end_are_cut_off),
        cmocka_unit_test(a_full_disk_loses_no_acknowledged_frame),
        cmocka_unit_test(sealing_begins_a_segment_that_is_complete_by_itself),
        cmocka_unit_test(a_flipped_bit_costs_one_frame),
        cmocka_unit_test(the_checksum_covers_kind_length_and_payload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
