// distill/base/options/version.h - the version of the programs and the library.
#ifndef DISTILL_BASE_OPTIONS_VERSION_H
#define DISTILL_BASE_OPTIONS_VERSION_H

#define DISTILL_VERSION "0.2.0"

#endif
