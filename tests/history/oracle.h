/* The oracle: says whether a recorded history of transactions over dicts can have happened in commit order.
 *
 * It replays the transactions one after the other on plain C++ containers, in the order of their commit numbers, those
 * without effects after the writer of their number, and compares every answer and what the dicts hold in the end. */
#ifndef TRUCE_TESTS_HISTORY_ORACLE_H
#define TRUCE_TESTS_HISTORY_ORACLE_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/model.h"

namespace truce_test {

/* One operation of a transaction on one of the dicts, and what it answered. */
struct Step {
    unsigned dict;
    Op op;
    Answer told;
};

struct Transaction {
    uint64_t number = 0; /* the commit number */
    unsigned thread = 0;
    uint64_t index = 0; /* its place among those of its thread */
    uint64_t began_ns = 0;
    uint64_t ended_ns = 0;
    std::vector<Step> steps;

    /* Whether it had effects, as far as its answers tell: a pop that found nothing had none. */
    bool writes() const;
};

struct History {
    std::vector<Transaction> transactions; /* committed ones, in any order */
    std::vector<State> first;              /* the dicts before them */
    std::vector<State> last;               /* and after */
};

/* What can't have happened. */
struct Fault {
    static constexpr size_t none = SIZE_MAX;

    bool final = false;  /* no transaction's: the dicts ended with another content */
    unsigned thread = 0; /* thread and index: which transaction */
    uint64_t index = 0;
    uint64_t number = 0; /* its commit number */
    size_t step = none;  /* which of its operations; none: it is about the whole transaction */
    std::string operation;
    std::string expected;
    std::string got;

    std::string text() const;
};

/* The first fault of the history in commit order, or nothing. Commit numbers are checked too: writers have their own,
 * and nobody has one below that of a transaction that had ended before. */
std::optional<Fault> check(const History &history);

/* Carries out the transaction on the dicts and compares its answers. At the first wrong one it stops and describes
 * it. */
std::optional<Fault> replay(const Transaction &transaction, std::vector<State> &dicts);

} // namespace truce_test

#endif
