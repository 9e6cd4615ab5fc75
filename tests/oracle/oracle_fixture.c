// tests/oracle/oracle_fixture.c - the files of a fixture.
#include "tests/oracle/oracle_fixture.h"

#include "distill/base/file.h"

#include <string.h>

static distill_status read_json(distill_json **out, const char *dir, const char *name)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_path_join(&path, dir, name));
    TRY(distill_json_read(out, path.bytes, 1 << 26));
done:
    distill_text_free(&path);
    return status;
}

static distill_status read_ids(distill_ids *out, const distill_json_node *array)
{
    distill_status status = DISTILL_OK;
    for (const distill_json_node *n = distill_json_first(array); n != NULL;
         n = distill_json_next(n))
        TRY(distill_ids_append(out, (int32_t)distill_json_number(n)));
done:
    return status;
}

static distill_status read_mask(oracle_fixture *f, const distill_json_node *array)
{
    distill_status status = DISTILL_OK;
    size_t i = 0;
    TRY(DISTILL_NEW(&f->mask, f->tokens.count));
    if (distill_json_count(array) != f->tokens.count)
        TRY(distill_fail(DISTILL_FORMAT, "loss_mask has not one entry for each token"));
    for (const distill_json_node *n = distill_json_first(array); n != NULL;
         n = distill_json_next(n), i++) {
        f->mask[i] = (float)distill_json_number(n);
        f->mask_sum += (double)f->mask[i];
    }
done:
    return status;
}

static distill_status read_prompts(oracle_fixture *f, const distill_json_node *array)
{
    distill_status status = DISTILL_OK;
    size_t count = distill_json_count(array);
    TRY(DISTILL_NEW(&f->prompts, count + 1));
    for (const distill_json_node *n = distill_json_first(array); n != NULL;
         n = distill_json_next(n))
        TRY(read_ids(&f->prompts[f->prompt_count++], n));
done:
    return status;
}

static distill_status read_batch(oracle_fixture *f, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    size_t documents = 0;
    TRY(read_json(&doc, dir, "batch.json"));
    const distill_json_node *root = distill_json_root(doc);
    const distill_json_node *lengths = distill_json_member(root, "document_lengths");
    TRY(read_ids(&f->tokens, distill_json_member(root, "tokens")));
    if (distill_json_count(lengths) == 0 || distill_json_count(lengths) > ORACLE_MOST_DOCUMENTS)
        TRY(distill_fail(DISTILL_LIMIT, "batch.json: document_lengths: too few or too many"));
    for (const distill_json_node *n = distill_json_first(lengths); n != NULL;
         n = distill_json_next(n))
        f->lengths[documents++] = (size_t)distill_json_number(n);
    TRY(read_mask(f, distill_json_member(root, "loss_mask")));
    TRY(read_prompts(f, distill_json_member(root, "prompts")));
    TRY(distill_json_get_size_or(&f->new_tokens, doc, root, "new_tokens", 0, 1 << 16, 32));
    f->batch = (distill_packed_batch){.tokens = f->tokens.at,
                                      .count = f->tokens.count,
                                      .lengths = f->lengths,
                                      .documents = documents,
                                      .weights = f->mask};
done:
    distill_json_free(doc);
    return status;
}

static distill_status read_rule(oracle_fixture *f, const distill_json *doc,
                                const distill_json_node *root)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *betas = distill_json_first(distill_json_member(root, "betas"));
    size_t warmup, total;
    if (betas == NULL || distill_json_next(betas) == NULL)
        TRY(distill_fail(DISTILL_FORMAT, "train.json: betas: expected two numbers"));
    f->rule.beta1 = distill_json_number(betas);
    f->rule.beta2 = distill_json_number(distill_json_next(betas));
    TRY(distill_json_get_number(&f->rule.eps, doc, root, "eps", 0, 1));
    TRY(distill_json_get_number(&f->rule.weight_decay, doc, root, "weight_decay", 0, 1));
    TRY(distill_json_get_number(&f->max_grad_norm, doc, root, "max_grad_norm", 0, 1e9));
    f->schedule.kind = DISTILL_COSINE;
    TRY(distill_json_get_number(&f->schedule.peak, doc, root, "lr", 0, 1));
    TRY(distill_json_get_number(&f->schedule.min_ratio, doc, root, "min_lr_ratio", 0, 1));
    TRY(distill_json_get_size(&warmup, doc, root, "warmup_steps", 0, 1 << 20));
    TRY(distill_json_get_size(&total, doc, root, "total_steps", 1, 1 << 20));
    f->schedule.warmup = warmup;
    f->schedule.total = total;
done:
    return status;
}

static distill_status read_training(oracle_fixture *f, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_json *doc = NULL;
    TRY(read_json(&doc, dir, "train.json"));
    const distill_json_node *root = distill_json_root(doc);
    TRY(read_rule(f, doc, root));
    TRY(distill_json_get_size(&f->steps, doc, root, "steps", 0, ORACLE_MOST_STEPS));
    size_t step = 0;
    for (const distill_json_node *n = distill_json_first(distill_json_member(root, "trace"));
         n != NULL && step < f->steps; n = distill_json_next(n), step++) {
        struct oracle_trace *t = &f->trace[step];
        TRY(distill_json_get_number(&t->lr, doc, n, "lr", 0, 1));
        TRY(distill_json_get_number(&t->loss, doc, n, "loss", 0, 1e9));
        TRY(distill_json_get_number(&t->grad_norm, doc, n, "grad_norm", 0, 1e9));
    }
    if (step != f->steps)
        TRY(distill_fail(DISTILL_FORMAT, "train.json: trace has %zu of %zu steps", step, f->steps));
done:
    distill_json_free(doc);
    return status;
}

distill_status oracle_fixture_open(oracle_fixture *f, const char *dir)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    *f = (oracle_fixture){.name = strrchr(dir, '/') != NULL ? strrchr(dir, '/') + 1 : dir};
    TRY(distill_path_join(&path, dir, "checkpoint"));
    TRY(distill_checkpoint_open(&f->checkpoint, path.bytes));
    TRY(distill_layout_create(&f->layout, distill_checkpoint_config(f->checkpoint)));
    TRY(DISTILL_NEW(&f->start, f->layout->total));
    TRY(distill_checkpoint_load(f->start, f->layout, f->checkpoint));
    TRY(distill_path_join(&path, dir, "expected.safetensors"));
    TRY(distill_safetensors_open(&f->expected, path.bytes));
    TRY(read_batch(f, dir));
    TRY(read_training(f, dir));
done:
    distill_text_free(&path);
    return status;
}

void oracle_fixture_close(oracle_fixture *f)
{
    for (size_t i = 0; i < f->prompt_count; i++)
        distill_ids_free(&f->prompts[i]);
    distill_free(f->prompts);
    distill_free(f->mask);
    distill_ids_free(&f->tokens);
    distill_safetensors_close(f->expected);
    distill_free(f->start);
    distill_layout_free(f->layout);
    distill_checkpoint_close(f->checkpoint);
}

distill_status oracle_expected(float **out, const oracle_fixture *f, const char *name, size_t count)
{
    distill_status status = DISTILL_OK;
    const distill_safetensor *tensor = distill_safetensors_find(f->expected, name);
    *out = NULL;
    if (tensor == NULL || tensor->count != count)
        TRY(distill_fail(DISTILL_FORMAT,
                         "expected.safetensors: %s: expected %zu elements, found %zu", name, count,
                         tensor == NULL ? 0 : tensor->count));
    TRY(DISTILL_NEW(out, count));
    if (strcmp(tensor->dtype, "I32") != 0)
        TRY(distill_safetensor_widen(*out, tensor, 0, count));
    else
        for (size_t i = 0; i < count; i++) {
            int32_t id;
            memcpy(&id, tensor->data + 4 * i, sizeof id);
            (*out)[i] = (float)id;
        }
done:
    return status;
}

distill_status oracle_scalar(double *out, const oracle_fixture *f, const char *name)
{
    distill_status status = DISTILL_OK;
    float *value = NULL;
    TRY(oracle_expected(&value, f, name, 1));
    *out = (double)value[0];
done:
    distill_free(value);
    return status;
}
