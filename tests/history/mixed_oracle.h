/* The oracle over collections of every kind: says whether a recorded history of transactions over them can have
 * happened in commit order. As oracle.h has it for dicts. */
#ifndef TRUCE_TESTS_HISTORY_MIXED_ORACLE_H
#define TRUCE_TESTS_HISTORY_MIXED_ORACLE_H

#include <optional>
#include <vector>

#include "history/oracle.h"
#include "support/mixed.h"

namespace truce_test {

struct MixedTransaction {
    uint64_t number = 0; /* the commit number */
    unsigned thread = 0;
    uint64_t index = 0; /* its place among those of its thread */
    uint64_t began_ns = 0;
    uint64_t ended_ns = 0;
    std::vector<MixedStep> steps;
};

struct MixedHistory {
    std::vector<MixedTransaction> transactions; /* committed ones, in any order; everything was empty before them */
    World last;                                 /* the collections after them */
};

/* The first fault of the history in commit order, or nothing. Of transactions with one number at most one changed
 * something, and it comes before the others; nobody has a number below that of a transaction that had ended before. */
std::optional<Fault> check(const Shape &shape, const MixedHistory &history);

} // namespace truce_test

#endif
