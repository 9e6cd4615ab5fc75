#!/bin/sh
# distill doctor: the report as lines and as JSON, and the environment variables that it names.
set -u
bad=0
doctor() { "$DISTILL_BIN/distill" doctor "$@"; }
says() { # says WORDS TEXT
    case $2 in
    *"$1"*) ;;
    *)
        echo "\"$1\" is not in:"
        echo "$2"
        bad=1
        ;;
    esac
}
text=$(doctor --threads 1) || bad=1
for word in processor cores 'instruction sets' memory HDF5 zstd OpenBLAS 'own loops' 'GFLOP/s on 1 threads'; do
    says "$word" "$text"
done
json=$(doctor --json --no-measure) || bad=1
says '{"distill":"' "$json"
says '"own loops":"' "$json"
text=$(OPENBLAS_CORETYPE=Nehalem DISTILL_KERNELS=plain doctor --no-measure) || bad=1
says 'plain (set by DISTILL_KERNELS)' "$text"
case $text in
*'not used'*) ;; # no OpenBLAS here
*) says '(set by OPENBLAS_CORETYPE=Nehalem)' "$text" ;;
esac
text=$(DISTILL_BLAS=none doctor --no-measure) || bad=1
says 'not used (DISTILL_BLAS=none)' "$text"
says 'own loops (DISTILL_BLAS=openblas' "$text"
exit $bad
