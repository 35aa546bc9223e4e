/* Monotonic time. Hides the system's clock; the version clock is in clock.h. */
#ifndef TRUCE_INSTANT_H
#define TRUCE_INSTANT_H

#include <stdint.h>

/* Nanoseconds since some fixed moment. */
uint64_t truce_instant_ns_(void);

#endif
