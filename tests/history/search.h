/* The search: says whether any order at all explains what transactions and operations alone answered.
 *
 * Where there are no commit numbers to go by, an order is looked for that keeps real time (what had ended before
 * another began stays before it) and in which every answer is right on plain containers: strict serializability, which
 * for operations alone is linearizability. It is Wing and Gong's search, with the states that led nowhere remembered.
 */
#ifndef TRUCE_TESTS_HISTORY_SEARCH_H
#define TRUCE_TESTS_HISTORY_SEARCH_H

#include <cstddef>

#include "history/oracle.h"

namespace truce_test {

enum class Order {
    found,
    none,
    unknown /* the search gave up */
};

/* Looks for an order of the history's transactions, those of one thread in the order of their index, that leads from
 * its first dicts to its last. Gives up after `states_max` states. Commit numbers are not looked at. */
Order find_order(const History &history, size_t states_max);

} // namespace truce_test

#endif
