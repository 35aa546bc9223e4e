/* Random operations on collections of every kind. */
#ifndef TRUCE_TESTS_HISTORY_MIXED_OP_H
#define TRUCE_TESTS_HISTORY_MIXED_OP_H

#include "history/harness.h"
#include "support/mixed.h"

namespace truce_test {

/* Some of every kind: words and bytes, a bounded queue, and one that pop_any is used on. */
Shape some_of_every_kind();

/* One of each, so that transactions meet more often. */
Shape one_of_every_kind(Random &random);

/* An operation that the object has. Values are few, so that equal ones meet; but for a queue with pop_any, where it
 * must be seen which item was taken, they are like no other. Lists stay short, and sums near 0. */
MixedCall random_call(const Shape &shape, Random &random);

} // namespace truce_test

#endif
