// bench/perf/throughput_part.c - rows of results.
#include "bench/perf/throughput_part.h"

#include <stdio.h>

throughput_row *throughput_row_add(throughput_rows *rows, const throughput_part *part,
                                   const throughput_setup *setup)
{
    size_t last = THROUGHPUT_MOST_ROWS - 1;
    throughput_row *row = &rows->at[rows->count < last ? rows->count : last];
    if (rows->count < THROUGHPUT_MOST_ROWS)
        rows->count++;
    *row = (throughput_row){.threads = setup->threads};
    snprintf(row->part, sizeof row->part, "%s", part->name);
    return row;
}

void throughput_row_limit(throughput_row *row, double limit, const char *limited_by)
{
    row->limit = limit;
    snprintf(row->limited_by, sizeof row->limited_by, "%s", limited_by);
}
