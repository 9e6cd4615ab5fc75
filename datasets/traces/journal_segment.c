// datasets/traces/journal_segment.c - the segments of a journal as files.
//
// A segment is found by its name: a file of the directory whose name is exactly that of its number.
// Segments are removed, never truncated and used again: ext4 writes a truncated file to the disk
// when it is closed, while a new file that is removed soon need not be written at all.
#include "datasets/traces/journal_segment.h"

#include "distill/base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void journal_segment_name(char name[32], uint32_t number)
{
    snprintf(name, 32, "journal-%05u.log", number);
}

distill_status journal_segment_open(int *fd, const char *dir, uint32_t number, int flags)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    journal_segment_name(name, number);
    TRY(distill_path_join(&path, dir, name));
    *fd = open(path.bytes, flags | O_CLOEXEC, 0666);
    if (*fd < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", path.bytes));
done:
    distill_text_free(&path);
    return status;
}

static bool parse_segment_name(const char *name, uint32_t *number)
{
    char again[32];
    unsigned value = 0;
    if (sscanf(name, "journal-%9u.log", &value) != 1)
        return false;
    journal_segment_name(again, value);
    *number = value;
    return strcmp(name, again) == 0;
}

static int is_segment(const struct dirent *entry)
{
    uint32_t number;
    return parse_segment_name(entry->d_name, &number);
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
    uint32_t x = 0, y = 0;
    parse_segment_name((*a)->d_name, &x);
    parse_segment_name((*b)->d_name, &y);
    return (x > y) - (x < y);
}

distill_status journal_segments_each(const char *dir, distill_status (*each)(void *, uint32_t),
                                     void *context)
{
    distill_status status = DISTILL_OK;
    struct dirent **entries = NULL;
    int count = scandir(dir, &entries, is_segment, by_number);
    if (count < 0)
        TRY(distill_fail_errno(DISTILL_IO, "%s", dir));
    for (int i = 0; i < count; i++) {
        uint32_t number = 0;
        parse_segment_name(entries[i]->d_name, &number);
        TRY(each(context, number));
    }
done:
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return status;
}

distill_status journal_segment_remove(const char *dir, uint32_t number)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    char name[32];
    journal_segment_name(name, number);
    TRY(distill_path_join(&path, dir, name));
    TRY(distill_remove_all(path.bytes));
done:
    distill_text_free(&path);
    return status;
}
