// distill/train/objective.h - what a trainer minimises: the batches and the loss.
//
// Supervised fine-tuning, distillation and reinforcement learning are objectives; the trainer
// (trainer.h) does not depend on them. For each optimizer step it calls
//
//     begin_step(step, &plan)
//     micro_batch(i, &batch); loss()    for each micro-batch i of the plan, in order
//     report(&line)                     when the step is done; optional
//
// and the same for an evaluation, whose only step is 1. A step may be cut into micro-batches in any
// way: gradients are divided by the plan's target_weight, so that every token counts the same.
#ifndef DISTILL_TRAIN_OBJECTIVE_H
#define DISTILL_TRAIN_OBJECTIVE_H

#include "distill/base/json/json_writer.h"
#include "distill/model/decoder/decoder.h"

/// What an optimizer step consists of.
typedef struct distill_step_plan {
    size_t micro_batches;
    double target_weight; // sum of the targets' weights over the whole step, > 0
    size_t targets;       // tokens that are learned
    size_t tokens;        // all tokens
    double epoch;         // passes over the data when the step is done
} distill_step_plan;

typedef struct distill_objective {
    const char *name; // "sft": for messages
    /// `step` counts from 1; the same step always gives the same plan and batches.
    distill_status (*begin_step)(void *context, uint64_t step, distill_step_plan *plan);
    /// Fills `batch`; its arrays are borrowed until the next call.
    distill_status (*micro_batch)(void *context, size_t index, distill_packed_batch *batch);
    /// The loss for the micro-batch given last.
    distill_logits_loss (*loss)(void *context);
    /// Adds members to the step's line of metrics.jsonl; NULL = none.
    void (*report)(void *context, distill_json_writer *line);
    void *context;
} distill_objective;

#endif
