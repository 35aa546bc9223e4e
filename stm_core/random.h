/* Random bytes. Hides the system's source and the one the user may set. */
#ifndef TRUCE_RANDOM_H
#define TRUCE_RANDOM_H

#include <stdbool.h>
#include <stddef.h>

#include <truce/settings.h>

/* Fills `bytes` with unpredictable bytes; false when the source has none. */
bool truce_random_(void *bytes, size_t size);

/* Replaces the source; NULL: the system's. */
void truce_random_use_(truce_random_source *source, void *context);

#endif
