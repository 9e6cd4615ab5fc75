// bench/report/results_json.c - see results_json.h.
#include "bench/report/results_json.h"

#include "distill/base/json/json_writer.h"

static distill_status add_number(distill_text *out, const char *before, double value)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, before));
    TRY(distill_json_write_number(out, value));
done:
    return status;
}

static distill_status add_name(distill_text *out, const char *before, const char *name)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, before));
    TRY(distill_json_write_string(out, distill_span_of(name)));
done:
    return status;
}

static distill_status add_interval(distill_text *out, statistics_interval interval)
{
    distill_status status = DISTILL_OK;
    TRY(add_number(out, ",\"ci95\":[", interval.low));
    TRY(add_number(out, ",", interval.high));
    TRY(distill_text_add_char(out, ']'));
done:
    return status;
}

static distill_status add_score(distill_text *out, const bench_run *run, const sample_score *score)
{
    distill_status status = DISTILL_OK;
    TRY(add_number(out, "{\"pass@1\":", score->pass1));
    TRY(add_interval(out, score->ci95));
    TRY(add_number(out, ",\"cons@n\":", score->cons));
    TRY(distill_text_printf(out, ",\"n\":%zu,\"problems\":%zu", score->n, score->problems));
    TRY(add_number(out, ",\"mean_tokens\":", score->mean_tokens));
    TRY(add_number(out, ",\"truncated\":", score->truncated));
    TRY(add_number(out, ",\"unknown\":", score->unknown));
    TRY(add_number(out, ",\"tokens_per_s\":", score->tokens_per_s));
    TRY(distill_text_add(out, ",\"pass@k\":{"));
    for (size_t i = 0; i < run->pass_k_count; i++) {
        TRY(distill_text_printf(out, "%s\"%zu\":", i > 0 ? "," : "", run->pass_k[i]));
        TRY(add_number(out, "",
                       statistics_pass_at_k(score->tallies, score->problems, run->pass_k[i])));
    }
    TRY(distill_text_add(out, "}}"));
done:
    return status;
}

static distill_status add_model(distill_text *out, const bench_run *run, size_t model)
{
    distill_status status = DISTILL_OK;
    TRY(add_name(out, model > 0 ? ",\n  " : "\n  ", run->models[model].name));
    TRY(distill_text_add(out, ":{"));
    for (size_t i = 0; i < run->suite_count; i++) {
        TRY(add_name(out, i > 0 ? ",\n    " : "\n    ", run->suites[i].name));
        TRY(distill_text_add_char(out, ':'));
        TRY(add_score(out, run, bench_run_score(run, model, i)));
    }
    TRY(distill_text_add_char(out, '}'));
done:
    return status;
}

static distill_status add_pair(distill_text *out, const bench_run *run, const bench_pair *pair,
                               const char *before)
{
    distill_status status = DISTILL_OK;
    const statistics_difference *d = &pair->difference;
    TRY(distill_text_add(out, before));
    TRY(add_name(out, "{\"suite\":", run->suites[pair->suite].name));
    TRY(add_name(out, ",\"a\":", run->models[pair->a].name));
    TRY(add_name(out, ",\"b\":", run->models[pair->b].name));
    TRY(add_number(out, ",\"difference\":", d->mean));
    TRY(add_interval(out, d->ci95));
    TRY(distill_text_printf(out, ",\"problems\":%zu,\"distinguishable\":%s}", d->problems,
                            d->distinguishable ? "true" : "false"));
done:
    return status;
}

distill_status results_json_write(distill_text *out, const bench_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(distill_text_add(out, "{\"models\":{"));
    for (size_t i = 0; i < run->model_count; i++)
        TRY(add_model(out, run, i));
    TRY(distill_text_add(out, "},\n \"paired\":["));
    for (size_t i = 0; i < run->pair_count; i++)
        TRY(add_pair(out, run, &run->pairs[i], i > 0 ? ",\n  " : "\n  "));
    TRY(distill_text_add(out, "],\n \"settings\":"));
    TRY(distill_text_add_span(out, distill_text_span(&run->settings)));
    TRY(add_name(out, ",\n \"tool_version\":", DISTILL_VERSION));
    TRY(distill_text_add(out, "}\n"));
done:
    return status;
}
