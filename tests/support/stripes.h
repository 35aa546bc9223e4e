/* Looking at how a counter keeps its sum. */
#ifndef TRUCE_TESTS_SUPPORT_STRIPES_H
#define TRUCE_TESTS_SUPPORT_STRIPES_H

#include <stdint.h>

#include <truce/counter.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the sum is in stripes by now. */
bool truce_test_has_stripes(const truce_counter *counter);

/* Makes it so, as contention would. */
void truce_test_spread(truce_counter *counter);

/* Where the part of the sum is that the calling thread adds to. Nobody else adds meanwhile. */
uintptr_t truce_test_part_of(truce_counter *counter);

#ifdef __cplusplus
}
#endif

#endif
