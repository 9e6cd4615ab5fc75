// distill/base/version.h - the version of the programs and the library.
#ifndef DISTILL_BASE_VERSION_H
#define DISTILL_BASE_VERSION_H

#define DISTILL_VERSION "0.2.0"

#endif
