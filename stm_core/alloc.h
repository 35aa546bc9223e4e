/* Allocation: the only place that asks the system for memory. Hides malloc, mmap and the user's memory gate. */
#ifndef TRUCE_ALLOC_H
#define TRUCE_ALLOC_H

#include <stddef.h>

/* `size` bytes, aligned to 16, not zeroed; NULL when there are none or the gate refuses. */
void *truce_alloc_(size_t size);

/* `size` zeroed bytes aligned to `alignment` (a power of two, at most 4096). From 128 KiB on they take memory only as
 * they are touched. */
void *truce_alloc_zeroed_(size_t alignment, size_t size);

/* Gives back what truce_alloc_ or truce_alloc_zeroed_ (with this size) gave. NULL: nothing happens. */
void truce_free_(void *memory);
void truce_free_zeroed_(void *memory, size_t size);

#endif
