// datasets/traces/journal_segment.h - the segments of a journal as files: names, listing, opening,
// removal. Private to journal.c.
#ifndef DATASETS_TRACES_JOURNAL_SEGMENT_H
#define DATASETS_TRACES_JOURNAL_SEGMENT_H

#include "distill/base/text.h"

/// "journal-00017.log"
void journal_segment_name(char name[32], uint32_t number);
/// Opens a segment in `dir`; `flags` are those of open(2).
distill_status journal_segment_open(int *fd, const char *dir, uint32_t number,
                                    int flags) DISTILL_MUST_CHECK;
/// Calls `each` with the number of every segment in `dir`, in rising order.
distill_status journal_segments_each(const char *dir, distill_status (*each)(void *, uint32_t),
                                     void *context) DISTILL_MUST_CHECK;
/// Removes a segment; succeeds if it is absent.
distill_status journal_segment_remove(const char *dir, uint32_t number) DISTILL_MUST_CHECK;

#endif
