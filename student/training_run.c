// student/training_run.c - model, data and plan of a run; all checks are made before training
// starts.
#include "student/training_run.h"

#include "distill/base/file.h"
#include "distill/base/log.h"
#include "distill/base/threads.h"
#include "distill/checkpoint/hf_config.h"
#include "distill/checkpoint/model_path.h"
#include "distill/train/training_plan.h"
#include "student/training_report.h"

#include <math.h>
#include <string.h>

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

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

/// Type of the weights that the training starts from.
static distill_dtype start_dtype(const training_run *run)
{
    distill_dtype dtype = DISTILL_F32;
    if (run->checkpoint != NULL)
        return distill_checkpoint_dtype(run->checkpoint);
    bool named = distill_dtype_find(&dtype, run->layout->config.torch_dtype);
    return named ? dtype : DISTILL_F32;
}

// The student learns to end its turns with this token, so generation_config.json must list it.
static void add_stop_token(distill_config *config, int32_t id)
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
    TRY(distill_chat_open(&run->chat, run->tokenizer, &o->chat));
    add_stop_token(&run->layout->config, distill_chat_end_of_turn(run->chat));
done:
    return status;
}

// -------------------------------------------------------------------------------------------- data

static size_t longest_allowed(const training_run *run)
{
    size_t model = run->layout->config.max_positions;
    return run->options->max_seq_len < model ? run->options->max_seq_len : model;
}

static distill_status read_data(training_data *data, training_run *run,
                                const distill_string_list *specs)
{
    distill_status status = DISTILL_OK;
    const train_options *o = run->options;
    training_reading reading = {.tokenizer = run->tokenizer,
                                .chat = run->chat,
                                .system = o->system,
                                .prompt_template = o->prompt_template,
                                .learned = train_options_learned(o),
                                .turns = o->learn,
                                .skipped = &run->skipped,
                                .vocabulary = run->layout->config.V};
    TRY(training_data_read(data, specs, &reading));
    TRY(training_data_limit(data, longest_allowed(run), o->excess_length));
done:
    return status;
}

// ------------------------------------------------------------------------------------- the plan

static distill_status plan_micro_batches(training_run *run)
{
    const train_options *o = run->options;
    size_t longest =
        larger(training_data_longest(&run->data), training_data_longest(&run->eval_data));
    size_t all = larger(training_data_tokens(&run->data), training_data_tokens(&run->eval_data));
    return distill_training_plan_micro_tokens(&run->settings, &o->trainer, run->layout, longest,
                                              o->packing ? all : longest);
}

/// Documents of a step and of a micro-batch, from this program's options and other programs' names.
static sft_settings objective_settings(const training_run *run)
{
    const train_options *o = run->options;
    sft_settings s = {
        .batching = {.seed = o->common.seed, .documents = o->batch_size, .tokens = o->batch_tokens},
        .packing = {.tokens = run->settings.micro_tokens, .documents = o->packing ? 0 : 1}};
    if (o->device_batch_size > 0 || o->accumulation_steps > 0) {
        size_t device = larger(o->device_batch_size, 1), passes = larger(o->accumulation_steps, 1);
        s.batching.documents = device * passes;
        s.packing.documents = o->packing ? device : 1;
    }
    return s;
}

static distill_status create_objective(training_run *run)
{
    distill_status status = DISTILL_OK;
    sft_settings settings = objective_settings(run);
    TRY(sft_create(&run->objective, &run->data, &settings));
    settings.batching = (distill_batching_settings){0}; // an evaluation is one step
    if (run->eval_data.count > 0)
        TRY(sft_create(&run->evaluation, &run->eval_data, &settings));
done:
    return status;
}

static distill_status plan_steps(training_run *run)
{
    const train_options *o = run->options;
    const size_t epoch = sft_epoch_steps(run->objective);
    double steps = o->max_steps > 0 ? (double)o->max_steps : ceil(o->epochs * (double)epoch - 1e-9);
    run->settings.eval_every = o->eval_every > 0 ? o->eval_every : epoch;
    return distill_training_plan_steps(&run->settings, &o->trainer, steps);
}

static void print_plan(const training_run *run)
{
    char tokens[32];
    distill_format_count(tokens, sizeof tokens, training_data_tokens(&run->data));
    distill_note("data: %zu documents, %s tokens, the longest %zu (at most %zu); %zu documents and "
                 "%zu steps an epoch",
                 run->data.count, tokens, training_data_longest(&run->data), longest_allowed(run),
                 sft_epoch_documents(run->objective), sft_epoch_steps(run->objective));
    if (run->data.sampled > 0)
        distill_note("data: the tokens of %zu replies are those that the teacher sampled",
                     run->data.sampled);
    if (run->data.turns > 0)
        distill_note("data: %zu earlier turns are learned, %zu of them in documents of their own "
                     "(--learn last learns the reply alone)",
                     run->data.turns, run->data.split);
    distill_training_plan_print(&run->settings, run->layout);
}

// ------------------------------------------------------------------------ prepare, train, write

static distill_status prepare_all(training_run *run)
{
    distill_status status = DISTILL_OK;
    const train_options *o = run->options;
    TRY(open_model(run));
    run->dtype = distill_training_plan_dtype(&o->trainer, start_dtype(run));
    TRY(open_tokenizer(run));
    TRY(distill_output_path(&run->tokens_path, &run->directory.output, "tokens.bin"));
    TRY(distill_output_path(&run->eval_tokens_path, &run->directory.output, "eval-tokens.bin"));
    run->skipped.allowed = o->skip_bad;
    if (o->overwrite) {
        TRY(distill_remove_all(run->tokens_path.bytes));
        TRY(distill_remove_all(run->eval_tokens_path.bytes));
    }
    run->data.tokens.path = run->tokens_path.bytes;
    run->eval_data.tokens.path = run->eval_tokens_path.bytes;
    TRY(read_data(&run->data, run, &o->data));
    if (o->eval_data.count > 0)
        TRY(read_data(&run->eval_data, run, &o->eval_data));
    TRY(training_data_sha256(run->data_sha256, &run->data));
    run->settings.output = run->directory.output.path;
    bool own_template = strcmp(o->chat.chat_template, "auto") == 0;
    run->settings.origin =
        (distill_hf_origin){.config = run->config_source,
                            .tokenizer = run->tokenizer_dir,
                            .chat_template = own_template ? NULL : distill_chat_source(run->chat),
                            .prompt_template = run->data.prompt_template};
    run->settings.data_sha256 = run->data_sha256;
    distill_training_plan_optimizer(&run->settings, &o->trainer, o->common.seed);
    TRY(plan_micro_batches(run));
    TRY(create_objective(run));
    TRY(plan_steps(run));
    TRY(distill_training_plan_memory(&run->settings, &o->trainer, run->layout));
    TRY(distill_run_directory_begin(&run->directory));
    if (run->skipped.count > 0) // none where an earlier start has read the data
        TRY(skipped_lines_write(&run->skipped, run->directory.output.path));
    print_plan(run);
done:
    return status;
}

static distill_status open_directory(distill_run_directory *directory, const train_options *options)
{
    distill_status status = DISTILL_OK;
    const distill_run_spec spec = {
        .program = TRAIN_PROGRAM.name,
        .path = options->output,
        .model = options->model,
        .overwrite = options->overwrite,
        .keys = {.free = TRAIN_FREE_KEYS, .free_count = TRAIN_FREE_KEY_COUNT}};
    TRY(distill_options_write(&directory->settings, &TRAIN_PROGRAM, options));
    TRY(distill_run_directory_open(directory, &spec));
done:
    return status;
}

/// Sets the date of the chat template: that of the first start.
static distill_status choose_date(training_run *run, train_options *options)
{
    distill_status status = DISTILL_OK;
    distill_text dir = {0}, record = {0};
    distill_tokenizer *tok = NULL;
    if (options->tokenizer != NULL)
        TRY(distill_text_add(&dir, options->tokenizer));
    else
        TRY(distill_model_path(&dir, options->model));
    TRY(distill_tokenizer_load_for_render(&tok, dir.bytes));
    TRY(distill_path_join(&record, options->output, "training.json"));
    TRY(distill_chat_date_choose(run->date, &options->chat, tok,
                                 options->overwrite ? NULL : record.bytes));
done:
    distill_tokenizer_free(tok);
    distill_text_free(&dir);
    distill_text_free(&record);
    return status;
}

distill_status training_run_prepare(training_run *run, train_options *options)
{
    distill_status status = DISTILL_OK;
    run->options = options;
    TRY(choose_date(run, options));
    TRY(open_directory(&run->directory, options));
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

distill_status training_run_train(training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_objective objective = sft_objective(run->objective), evaluation;
    TRY(distill_trainer_create(&run->trainer, run->layout, &run->settings));
    TRY(distill_trainer_resume(run->trainer));
    if (distill_trainer_step(run->trainer) == 0)
        TRY(fill_weights(run));
    if (distill_trainer_step(run->trainer) < run->settings.schedule.total)
        TRY(distill_train_weights_check(distill_trainer_weights(run->trainer), run->dtype));
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

// If the result cannot be written, the last step is saved: the same command with another
// --save-dtype resumes from it.
static distill_status keep_work(training_run *run, distill_status failure)
{
    char message[DISTILL_ERROR_CAPACITY];
    distill_error_take(message, sizeof message);
    distill_status saved = distill_trainer_save(run->trainer);
    if (saved == DISTILL_OK)
        distill_note("the last step is kept in %s/checkpoints", run->directory.output.path);
    distill_error_put(message);
    return failure;
}

distill_status training_run_write(training_run *run)
{
    distill_status status = DISTILL_OK;
    distill_block_source weights =
        distill_train_weights_rounded(distill_trainer_weights(run->trainer));
    distill_status written = distill_checkpoint_write(run->directory.output.path, run->layout,
                                                      &weights, run->dtype, &run->settings.origin);
    if (written != DISTILL_OK)
        written = keep_work(run, written);
    TRY(written);
    TRY(training_report_write(
        &(training_report){.output = run->directory.output.path,
                           .documents = run->data.count,
                           .parameters = run->layout->parameters,
                           .settings = distill_text_span(&run->directory.settings)}));
    TRY(distill_run_directory_finish(&run->directory));
    TRY(distill_remove_all(run->tokens_path.bytes));
    TRY(distill_remove_all(run->eval_tokens_path.bytes));
done:
    return status;
}

void training_run_close(training_run *run)
{
    distill_trainer_free(run->trainer);
    sft_free(run->evaluation);
    sft_free(run->objective);
    training_data_free(&run->eval_data);
    training_data_free(&run->data);
    skipped_lines_free(&run->skipped);
    distill_text_free(&run->tokens_path);
    distill_text_free(&run->eval_tokens_path);
    distill_chat_close(run->chat);
    distill_tokenizer_free(run->tokenizer);
    distill_layout_free(run->layout);
    distill_checkpoint_close(run->checkpoint);
    distill_text_free(&run->model_dir);
    distill_run_directory_close(&run->directory);
}
