#include "student/training_run.h"

#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/checkpoint/model_path.h"
#include "student/training_plan.h"
#include "student/training_report.h"

#include <string.h>

// ------------------------------------------------------------------------------- model, tokenizer

static distill_status open_model(training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_config config;
    if (run->options->init != NULL) {
        run->config_source = run->options->init;
        TRY(distill_hf_config_read(&config, run->config_source));
    } else {
        TRY(distill_model_path(&run->model_dir, run->options->model));
        run->config_source = run->model_dir.bytes;
        TRY(distill_checkpoint_open(&run->checkpoint, run->model_dir.bytes));
        config = *distill_checkpoint_config(run->checkpoint);
    }
    TRY(distill_layout_create(&run->layout, &config));
done:
    return status;
}

static void choose_dtype(training_run *run)
{
    bool known = distill_dtype_find(&run->dtype, run->options->save_dtype);
    if (known)
        return;
    if (strcmp(run->options->precision, "bf16") == 0)
        run->dtype = DISTILL_BF16;
    else if (run->checkpoint != NULL)
        run->dtype = distill_checkpoint_dtype(run->checkpoint);
    else if (!distill_dtype_find(&run->dtype, run->layout->config.torch_dtype))
        run->dtype = DISTILL_F32;
}

// The student stops at the end of turn it is taught, so its generation_config.json must know it.
static void learn_stop_token(distill_config *config, int32_t id)
{
    for (size_t i = 0; i < config->eos_count; i++)
        if (config->eos_ids[i] == id)
            return;
    if (id >= 0 && (size_t)id < config->V && config->eos_count < DISTILL_MAX_STOP_IDS)
        config->eos_ids[config->eos_count++] = id;
}

static distill_status open_tokenizer(training_run *run)
{
    distill_status status = DISTILL_OK;
    const train_options *o = run->options;
    run->tokenizer_dir = o->tokenizer != NULL ? o->tokenizer : run->model_dir.bytes;
    TRY(distill_tokenizer_load(&run->tokenizer, run->tokenizer_dir));
    TRY(distill_chat_open(&run->chat, run->tokenizer, o->chat_template));
    learn_stop_token(&run->layout->config, distill_chat_end_of_turn(run->chat));
done:
    return status;
}

// -------------------------------------------------------------------------------------------- data

static excess_length rule_of(const char *name)
{
    return strcmp(name, "drop") == 0       ? LENGTH_DROP
           : strcmp(name, "truncate") == 0 ? LENGTH_TRUNCATE
                                           : LENGTH_ERROR;
}

static size_t longest_allowed(const training_run *run)
{
    size_t model = run->layout->config.max_positions;
    return run->options->max_seq_len < model ? run->options->max_seq_len : model;
}

static distill_status read_data(training_data *data, const training_run *run,
                                const distill_string_list *specs)
{
    distill_status status = DISTILL_OK;
    const train_options *o = run->options;
    bool all = strcmp(o->loss_on, "all") == 0 || !o->completion_only_loss || o->train_on_prompt;
    training_reading reading = {.tokenizer = run->tokenizer,
                                .chat = run->chat,
                                .system = o->system,
                                .prompt_template = o->prompt_template,
                                .learned = all ? LEARN_ALL : LEARN_RESPONSE,
                                .vocabulary = run->layout->config.V};
    for (size_t i = 0; i < specs->count; i++)
        TRY(training_data_add(data, specs->at[i], &reading));
    TRY(training_data_limit(data, longest_allowed(run), rule_of(o->excess_length)));
done:
    return status;
}

static distill_status create_objective(training_run *run)
{
    distill_status status = DISTILL_OK;
    packing_settings settings = training_plan_packing(run->options, run->settings.micro_tokens);
    packing_settings whole = {.bin_tokens = run->settings.micro_tokens,
                              .bin_documents = settings.bin_documents};
    TRY(packing_create(&run->pack, &run->data, &settings));
    TRY(sft_create(&run->objective, &run->data, run->pack, settings.bin_tokens));
    if (run->eval_data.count == 0)
        goto done;
    TRY(packing_create(&run->eval_pack, &run->eval_data, &whole));
    TRY(sft_create(&run->evaluation, &run->eval_data, run->eval_pack, settings.bin_tokens));
done:
    return status;
}

// ---------------------------------------------------------------------------------- the three acts

static distill_status prepare_all(training_run *run)
{
    distill_status status = DISTILL_OK;
    TRY(open_model(run));
    choose_dtype(run);
    TRY(open_tokenizer(run));
    TRY(read_data(&run->data, run, &run->options->data));
    if (run->options->eval_data.count > 0)
        TRY(read_data(&run->eval_data, run, &run->options->eval_data));
    TRY(training_data_sha256(run->data_sha256, &run->data));
    training_plan_forms(&run->settings, run->options);
    TRY(training_plan_micro_tokens(&run->settings, run->options, run->layout, &run->data,
                                   &run->eval_data));
    TRY(create_objective(run));
    run->settings.output = run->directory.path;
    run->settings.origin = (distill_hf_origin){run->config_source, run->tokenizer_dir};
    run->settings.data_sha256 = run->data_sha256;
    TRY(training_plan_steps(&run->settings, run->options, packing_steps(run->pack)));
    TRY(training_plan_memory(&run->settings, run->options, run->layout));
    TRY(run_directory_begin(&run->directory));
    training_plan_print(&run->settings, run->layout, &run->data, run->pack, longest_allowed(run));
done:
    return status;
}

distill_status training_run_prepare(training_run *run, const train_options *options)
{
    distill_status status = DISTILL_OK;
    run->options = options;
    TRY(run_directory_open(&run->directory, options));
    if (!run->directory.finished)
        TRY(prepare_all(run));
done:
    return status;
}

static distill_status fill_weights(training_run *run)
{
    distill_block_sink to = distill_train_weights_sink(distill_trainer_weights(run->trainer));
    if (run->checkpoint != NULL)
        return distill_checkpoint_load_into(&to, run->layout, run->checkpoint);
    distill_parameters_init_into(&to, run->layout, run->options->common.seed);
    return DISTILL_OK;
}

// The largest number that float16 holds. Found before hours of training, not behind them.
static distill_status check_float16(const training_run *run)
{
    enum { PIECE = 4096 };
    const float most = 65504;
    float values[PIECE];
    distill_block_source from =
        distill_train_weights_rounded(distill_trainer_weights(run->trainer));
    for (size_t t = 0; run->dtype == DISTILL_F16 && t < run->layout->count; t++) {
        const distill_tensor_info *info = &run->layout->tensors[t];
        size_t count = info->rows * info->cols;
        for (size_t first = 0; first < count; first += PIECE) {
            size_t n = count - first < PIECE ? count - first : PIECE;
            from.read(from.context, values, info->offset + first, n);
            for (size_t i = 0; i < n; i++)
                if (values[i] > most || values[i] < -most)
                    return distill_fail(DISTILL_NUMERIC,
                                        "tensor \"%s\" holds %g, which float16 does not; choose "
                                        "--save-dtype bfloat16 or float32",
                                        info->name, (double)values[i]);
        }
    }
    return DISTILL_OK;
}

distill_status training_run_train(training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_objective objective = sft_objective(run->objective), evaluation;
    TRY(distill_trainer_create(&run->trainer, run->layout, &run->settings));
    TRY(distill_trainer_resume(run->trainer));
    if (distill_trainer_step(run->trainer) == 0)
        TRY(fill_weights(run));
    if (distill_trainer_step(run->trainer) < run->settings.schedule.total)
        TRY(check_float16(run));
    distill_checkpoint_close(run->checkpoint);
    run->checkpoint = NULL;
    if (run->evaluation != NULL)
        evaluation = sft_objective(run->evaluation);
    TRY(distill_trainer_run(run->trainer, &objective,
                            run->evaluation != NULL ? &evaluation : NULL));
    char peak[32];
    distill_note("memory: at most %s were in use",
                 distill_format_bytes(peak, sizeof peak, (double)distill_memory_peak()));
done:
    return status;
}

// What cannot be written as it was asked for, or where, is not lost: the same command with another
// --save-dtype goes on from the last step.
static distill_status keep_work(training_run *run, distill_status failure)
{
    char message[DISTILL_ERROR_CAPACITY];
    distill_error_take(message, sizeof message);
    distill_status saved = distill_trainer_save(run->trainer);
    if (saved == DISTILL_OK)
        distill_note("the last step is kept in %s/checkpoints", run->directory.path);
    distill_error_put(message);
    return failure;
}

distill_status training_run_write(training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_block_source weights =
        distill_train_weights_rounded(distill_trainer_weights(run->trainer));
    distill_status written = distill_checkpoint_write(run->directory.path, run->layout, &weights,
                                                      run->dtype, &run->settings.origin);
    if (written != DISTILL_OK)
        written = keep_work(run, written);
    TRY(written);
    TRY(training_report_write(run));
    TRY(run_directory_finish(&run->directory));
done:
    return status;
}

void training_run_close(training_run *run)
{
    distill_trainer_free(run->trainer);
    sft_free(run->evaluation);
    sft_free(run->objective);
    packing_free(run->eval_pack);
    packing_free(run->pack);
    training_data_free(&run->eval_data);
    training_data_free(&run->data);
    distill_chat_close(run->chat);
    distill_tokenizer_free(run->tokenizer);
    distill_layout_free(run->layout);
    distill_checkpoint_close(run->checkpoint);
    distill_text_free(&run->model_dir);
    run_directory_close(&run->directory);
}
