// distill/tensor/portable_math.h - private: elementary functions whose results have the same bits
// on every machine.
//
//     double sine, cosine;
//     portable_sine_cosine(&sine, &cosine, angle);
//     double nats = portable_log(sum);
//
// Everything that decides a sampled token or a log-probability uses these instead of the C
// library's functions, which round differently from one library, version and processor to the next.
// What they rest on: IEEE 754 double arithmetic, rounded to nearest after each operation (the build
// switches contraction to fused operations off), and sqrt, floor and ldexp, which are exact.
// Errors are the largest of 3 million arguments each, against 113-bit references.
#ifndef DISTILL_TENSOR_PORTABLE_MATH_H
#define DISTILL_TENSOR_PORTABLE_MATH_H

/// The natural logarithm; -inf for 0, NaN below it.
/// Error  at most 0.55 units in the last place.
double portable_log(double x);

/// e^x; 0 below -745.2, inf above 709.8.
/// Error  at most 0.7 units in the last place of a normal result.
double portable_exp(double x);

/// base^exponent of a finite base > 0; NaN for any other base.
/// Error  at most 0.7 units in the last place of a normal result.
double portable_power(double base, double exponent);

/// The sine and cosine of an angle in radians; NaN for |x| >= 2^29.
/// Error  at most 0.8 units in the last place.
void portable_sine_cosine(double *sine, double *cosine, double x);

#endif
