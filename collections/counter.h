/* A counter's layout, for counter.c and for tests that look at it. */
#ifndef TRUCE_COUNTER_LAYOUT_H
#define TRUCE_COUNTER_LAYOUT_H

#include <truce/counter.h>

#include "sum.h"

struct truce_counter {
    struct truce_object_ object;
    struct truce_sum_ sum;
    uint64_t align_to_line;
};

_Static_assert(sizeof(struct truce_counter) == TRUCE_OBJECT_ALIGNMENT_, "a counter is one cache line");

#endif
