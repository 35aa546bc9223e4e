/* The operation table, and what it must say: the rows of a collection are the operations that its pairwise tests play,
 * and kinds of observation and effect conflict where some operations of these kinds do. */
#ifndef TRUCE_TESTS_COMMUTE_OPERATION_ROWS_H
#define TRUCE_TESTS_COMMUTE_OPERATION_ROWS_H

#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "collections/operations.h"

namespace truce_test {

/* The row of an operation; nullptr if there is none. */
inline const truce_operation_ *row_of(const std::string &collection, const std::string &operation)
{
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        if (rows[i].collection == collection && rows[i].name == operation) return &rows[i];
    }
    return nullptr;
}

/* The names in a collection's rows. */
inline std::set<std::string> rows_of(const std::string &collection)
{
    std::set<std::string> names;
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        if (rows[i].collection == collection) names.insert(rows[i].name);
    }
    return names;
}

/* Kinds of observation and effect. */
using Kinds = std::pair<int, int>;

inline Kinds kinds_of(const std::string &collection, const std::string &observing, const std::string &changing)
{
    return {row_of(collection, observing)->observes, row_of(collection, changing)->effect};
}

/* The table says that kinds conflict exactly where operations were found that do. */
inline void expect_conflicts(const char *collection, const std::set<Kinds> &found)
{
    for (int observed = 0; observed < TRUCE_OBSERVES_KINDS_; ++observed) {
        for (int effect = 0; effect < TRUCE_CHANGES_KINDS_; ++effect) {
            EXPECT_EQ(found.count({observed, effect}) == 1, truce_kinds_conflict_(collection, observed, effect))
                << collection << ": observation " << observed << ", effect " << effect;
        }
    }
}

} // namespace truce_test

#endif
