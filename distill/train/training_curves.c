// distill/train/training_curves.c - rows of metrics as arrays, and a plot of each.
#include "distill/train/training_curves.h"

#include "distill/base/memory.h"
#include "distill/report/svg_plot.h"

#include <math.h>

distill_status distill_training_curves_create(distill_training_curves *c,
                                              const distill_metrics_row *rows, size_t count)
{
    distill_status status = DISTILL_OK;
    *c = (distill_training_curves){.count = count};
    TRY(DISTILL_NEW(&c->block, 8 * count + 1));
    double **arrays[] = {&c->step, &c->loss,         &c->smooth,    &c->lr,
                         &c->norm, &c->tokens_per_s, &c->eval_step, &c->eval_loss};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = c->block + i * count;
    for (size_t i = 0; i < count; i++) {
        c->step[i] = (double)rows[i].step;
        c->loss[i] = rows[i].loss;
        c->lr[i] = rows[i].lr;
        c->norm[i] = rows[i].grad_norm;
        c->tokens_per_s[i] = rows[i].tokens_per_s;
        if (rows[i].has_eval) {
            c->eval_step[c->evals] = (double)rows[i].step;
            c->eval_loss[c->evals++] = rows[i].eval_loss;
        }
    }
    svg_smooth(c->smooth, c->loss, count, fmax(1, (double)count / 40));
done:
    return status;
}

void distill_training_curves_free(distill_training_curves *c)
{
    distill_free(c->block);
    *c = (distill_training_curves){0};
}

static distill_status add_loss(html_page *page, const distill_training_curves *c)
{
    distill_status status = DISTILL_OK;
    svg_series series[] = {
        {.name = "each step", .x = c->step, .y = c->loss, .count = c->count, .faint = true},
        {.name = "smoothed", .x = c->step, .y = c->smooth, .count = c->count},
        {.name = "evaluation data",
         .x = c->eval_step,
         .y = c->eval_loss,
         .count = c->evals,
         .colour = 1,
         .points = true}};
    svg_axes axes = {
        .title = "Loss", .x = {.label = "optimizer step"}, .y = {.label = "nats a token"}};
    TRY(html_page_section(page, "Loss"));
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_lines(&page->text, series, c->evals > 0 ? 3 : 2, &axes));
    TRY(html_page_figure_end(page, "Mean cross-entropy of the learned tokens of each optimizer "
                                   "step, before the step was made."));
done:
    return status;
}

static distill_status add_curve(html_page *page, const distill_training_curves *c, const double *y,
                                const char *heading, const char *label, const char *caption)
{
    distill_status status = DISTILL_OK;
    svg_series series = {.x = c->step, .y = y, .count = c->count};
    svg_axes axes = {
        .title = heading, .x = {.label = "optimizer step"}, .y = {.label = label}, .height = 220};
    TRY(html_page_section(page, heading));
    TRY(html_page_figure_begin(page));
    TRY(svg_plot_lines(&page->text, &series, 1, &axes));
    TRY(html_page_figure_end(page, "%s", caption));
done:
    return status;
}

distill_status distill_training_curves_add(html_page *page, const distill_training_curves *c)
{
    distill_status status = DISTILL_OK;
    TRY(add_loss(page, c));
    TRY(add_curve(page, c, c->lr, "Learning rate", NULL, "Learning rate of each step."));
    TRY(add_curve(page, c, c->norm, "Gradient norm", NULL,
                  "L2 norm of the whole gradient, before clipping."));
    TRY(add_curve(page, c, c->tokens_per_s, "Speed", "tokens a second",
                  "Tokens of the step, prompts included, by its time."));
done:
    return status;
}
