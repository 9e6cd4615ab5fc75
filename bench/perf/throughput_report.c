// bench/perf/throughput_report.c - the rows as a text table and as JSON.
#include "bench/perf/throughput_report.h"

#include "distill/base/json/json_writer.h"
#include "distill/base/progress.h"

#include <stdio.h>

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

distill_status throughput_report_table(distill_text *out, const throughput_report *report)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < report->ceiling_count; i++) {
        const throughput_ceilings *c = &report->ceilings[i];
        TRY(distill_text_printf(out,
                                "ceilings, %d thread%s (%s): fp32 %.1f GFLOP/s, int8 %.1f Gop/s, "
                                "memory %.2f GB/s, cache (%d MiB) %.1f GB/s\n",
                                c->threads, c->threads == 1 ? "" : "s", c->isa,
                                c->fp32_flops * 1e-9, c->int8_ops * 1e-9, c->memory_bytes * 1e-9,
                                THROUGHPUT_CACHE_BLOCK_BYTES >> 20, c->cache_bytes * 1e-9));
    }
    TRY(distill_text_printf(out, "%-22s %2s  %9s %-6s %-16s %9s  %9s\n", "part", "T", "rate", "",
                            "of the limit", "a step", "peak"));
    for (size_t i = 0; i < report->count; i++)
        TRY(add_row(out, &report->rows[i]));
done:
    return status;
}

static void write_row(distill_json_writer *w, const throughput_row *row)
{
    distill_json_break_line(w, 0);
    distill_json_begin_object(w, NULL);
    distill_json_add_int(w, "threads", row->threads);
    distill_json_add_string(w, "part", row->part);
    if (row->failure[0] != '\0') {
        distill_json_add_string(w, "failure", row->failure);
    } else {
        distill_json_add_string(w, "what", row->what);
        distill_json_add_string(w, "unit", row->unit);
        distill_json_add_number(w, "value", row->value);
        distill_json_add_number(w, "seconds", row->seconds);
        distill_json_add_uint(w, "peak_bytes", row->peak_bytes);
        if (row->limit > 0) {
            distill_json_add_number(w, "limit", row->limit);
            distill_json_add_number(w, "share_of_limit", row->value / row->limit);
            distill_json_add_string(w, "limited_by", row->limited_by);
        }
    }
    distill_json_end_object(w);
}

static void write_ceilings(distill_json_writer *w, const throughput_ceilings *c)
{
    distill_json_break_line(w, 0);
    distill_json_begin_object(w, NULL);
    distill_json_add_int(w, "threads", c->threads);
    distill_json_add_string(w, "isa", c->isa);
    distill_json_add_number(w, "fp32_flops", c->fp32_flops);
    distill_json_add_number(w, "int8_ops", c->int8_ops);
    distill_json_add_number(w, "memory_bytes_per_s", c->memory_bytes);
    distill_json_add_number(w, "cache_bytes_per_s", c->cache_bytes);
    distill_json_end_object(w);
}

distill_status throughput_report_json(distill_text *out, const throughput_report *report)
{
    distill_json_writer w = {.out = out};
    distill_json_begin_object(&w, NULL);
    distill_json_begin_array(&w, "ceilings");
    for (size_t i = 0; i < report->ceiling_count; i++)
        write_ceilings(&w, &report->ceilings[i]);
    distill_json_end_array(&w);
    distill_json_break_line(&w, 0);
    distill_json_begin_array(&w, "rows");
    for (size_t i = 0; i < report->count; i++)
        write_row(&w, &report->rows[i]);
    distill_json_end_array(&w);
    distill_json_end_object(&w);
    return distill_json_finish_line(&w);
}
