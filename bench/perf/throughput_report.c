// bench/perf/throughput_report.c - the rows as a table and as JSON.
#include "bench/perf/throughput_part.h"

#include "distill/base/json/json_writer.h"

#include <stdio.h>
#include <string.h>

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

static distill_status add_row(distill_text *out, const throughput_row *row)
{
    char share[48] = "", seconds[24] = "", peak[32];
    if (row->failure[0] != '\0')
        return distill_text_printf(out, "%-22s %2d  %s\n", row->part, row->threads, row->failure);
    if (row->limit > 0)
        snprintf(share, sizeof share, "%5.1f%% of %s", 100 * row->value / row->limit,
                 row->limited_by);
    if (row->seconds > 0)
        snprintf(seconds, sizeof seconds, "%.4g s", row->seconds);
    distill_format_bytes(peak, sizeof peak, (double)row->peak_bytes);
    return distill_text_printf(out, "%-22s %2d  %9.4g %-6s %-16s %9s  %9s  %s\n", row->part,
                               row->threads, row->value, row->unit, share, seconds, peak,
                               row->what);
}

distill_status throughput_table(distill_text *out, const throughput_ceilings *ceilings,
                                size_t ceiling_count, const throughput_row *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < ceiling_count; i++)
        TRY(distill_text_printf(out,
                                "ceilings, %d thread%s (%s): fp32 %.1f GFLOP/s, int8 %.1f Gop/s, "
                                "memory %.2f GB/s, cache (%d MiB) %.1f GB/s\n",
                                ceilings[i].threads, ceilings[i].threads == 1 ? "" : "s",
                                ceilings[i].isa, ceilings[i].fp32_flops * 1e-9,
                                ceilings[i].int8_ops * 1e-9, ceilings[i].memory_bytes * 1e-9,
                                THROUGHPUT_CACHE_SET_BYTES >> 20, ceilings[i].cache_bytes * 1e-9));
    TRY(distill_text_printf(out, "%-22s %2s  %9s %-6s %-16s %9s  %9s\n", "part", "T", "rate", "",
                            "of the limit", "a step", "peak"));
    for (size_t i = 0; i < count; i++)
        TRY(add_row(out, &rows[i]));
done:
    return status;
}

static distill_status add_number(distill_text *out, const char *key, double value)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, ",\"%s\":", key));
    TRY(distill_json_write_number(out, value));
done:
    return status;
}

static distill_status add_string(distill_text *out, const char *key, const char *value)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, ",\"%s\":", key));
    TRY(distill_json_write_string(out, distill_span_of(value)));
done:
    return status;
}

static distill_status add_json_row(distill_text *out, const throughput_row *row)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "{\"threads\":%d", row->threads));
    TRY(add_string(out, "part", row->part));
    if (row->failure[0] != '\0') {
        TRY(add_string(out, "failure", row->failure));
        goto done;
    }
    TRY(add_string(out, "what", row->what));
    TRY(add_string(out, "unit", row->unit));
    TRY(add_number(out, "value", row->value));
    TRY(add_number(out, "seconds", row->seconds));
    TRY(add_number(out, "peak_bytes", (double)row->peak_bytes));
    if (row->limit > 0) {
        TRY(add_number(out, "limit", row->limit));
        TRY(add_number(out, "share_of_limit", row->value / row->limit));
        TRY(add_string(out, "limited_by", row->limited_by));
    }
done:
    if (status == DISTILL_OK)
        status = distill_text_add_char(out, '}');
    return status;
}

static distill_status add_json_ceilings(distill_text *out, const throughput_ceilings *c)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_printf(out, "{\"threads\":%d", c->threads));
    TRY(add_string(out, "isa", c->isa));
    TRY(add_number(out, "fp32_flops", c->fp32_flops));
    TRY(add_number(out, "int8_ops", c->int8_ops));
    TRY(add_number(out, "memory_bytes_per_s", c->memory_bytes));
    TRY(add_number(out, "cache_bytes_per_s", c->cache_bytes));
    TRY(distill_text_add_char(out, '}'));
done:
    return status;
}

distill_status throughput_json(distill_text *out, const throughput_ceilings *ceilings,
                               size_t ceiling_count, const throughput_row *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "{\"ceilings\":["));
    for (size_t i = 0; i < ceiling_count; i++) {
        TRY(distill_text_add(out, i > 0 ? ",\n" : "\n"));
        TRY(add_json_ceilings(out, &ceilings[i]));
    }
    TRY(distill_text_add(out, "],\n\"rows\":["));
    for (size_t i = 0; i < count; i++) {
        TRY(distill_text_add(out, i > 0 ? ",\n" : "\n"));
        TRY(add_json_row(out, &rows[i]));
    }
    TRY(distill_text_add(out, "]}\n"));
done:
    return status;
}
