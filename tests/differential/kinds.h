// tests/differential/kinds.h - the generators: one function for each kind of pairs, by file.
#ifndef TESTS_DIFFERENTIAL_KINDS_H
#define TESTS_DIFFERENTIAL_KINDS_H

#include "tests/differential/rational.h"

extern const pair_kind PAIR_KINDS[];
extern const size_t PAIR_KIND_COUNT;

typedef void pair_maker(pair *p, distill_rng *rng);

// number_pairs.c
pair_maker make_whole, make_decimal, make_fraction, make_repeating, make_words, make_fraction_words,
    make_percent, make_scientific, make_base;
// quantity_pairs.c
pair_maker make_money, make_unit, make_speed, make_compound, make_clock, make_ratio, make_angle,
    make_temperature, make_altered, make_date;
// constant_pairs.c
pair_maker make_root, make_root_sum, make_complex, make_polar, make_operator, make_argument,
    make_binomial, make_constant, make_large, make_pi;
// polynomial_pairs.c
pair_maker make_polynomial, make_two_variables, make_quotient, make_power;
// function_pairs.c
pair_maker make_identity, make_primitive;
// equation_pairs.c
pair_maker make_line, make_plane, make_curve, make_conic, make_inequality;
// real_set_pairs.c
pair_maker make_interval, make_union;
// collection_pairs.c
pair_maker make_set, make_tuple, make_named, make_points, make_vector, make_list, make_plus_minus;
// matrix_pairs.c
pair_maker make_matrix, make_determinant, make_matrix_letters, make_vector_product,
    make_permutation;
// name_pairs.c
pair_maker make_letters, make_angle_name, make_congruence, make_family, make_probability,
    make_assignment, make_sum, make_recurrence, make_same_value, make_record;
// style_pairs.c
pair_maker make_style, make_qualified, make_bracketed, make_text, make_alike;
// reply_pairs.c
pair_maker make_sentence, make_marked, make_boxes, make_doubted, make_corrected, make_fragment,
    make_operand, make_lines, make_in_base, make_unreadable, make_choice;
// program_pairs.c
pair_maker make_program;

#endif
