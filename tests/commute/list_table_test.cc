/* The rows of a list in the operation table, against what the pairwise tests play and what the model computes. */
#include <cstring>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "collections/operations.h"
#include "commute/list_programs.h"

namespace truce_test {

namespace {

const truce_operation_ *row_of(const char *operation)
{
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        if (strcmp(rows[i].collection, "list") == 0 && strcmp(rows[i].name, operation) == 0) return &rows[i];
    }
    return nullptr;
}

std::set<std::string> played()
{
    std::set<std::string> names;
    for (const ListOp &op : list_operations({1, 2}, TRUCE_WORD)) names.insert(name(op.verb));
    return names;
}

TEST(ListOperationTable, HasARowForEveryOperationPlayedAndNoOther)
{
    const std::set<std::string> names = played();
    for (const std::string &operation : names) EXPECT_NE(nullptr, row_of(operation.c_str())) << operation;
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        EXPECT_TRUE(strcmp(rows[i].collection, "list") != 0 || names.count(rows[i].name) == 1) << rows[i].name;
    }
}

TEST(ListOperationTable, SaysWhichMayChange)
{
    for (const ListOp &op : list_operations({1, 2}, TRUCE_WORD)) {
        EXPECT_EQ(may_change(op.verb), row_of(name(op.verb))->effect != TRUCE_CHANGES_NOTHING_) << name(op.verb);
    }
}

TEST(ListOperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    std::set<std::pair<int, int>> computed;
    for (const Elements &before : list_states()) {
        const auto ops = list_operations(before, TRUCE_WORD);
        for (const ListOp &other : ops) {
            const auto changed = effect(other, answer(before, other));
            if (!changed) continue;
            Elements after = before;
            change(after, *changed);
            for (const ListOp &op : ops) {
                if (op.verb == ListVerb::remove_blind) continue; /* the row is that of remove with old */
                if (answer(after, op) == answer(before, op)) continue;
                computed.insert({row_of(name(op.verb))->observes, row_of(name(other.verb))->effect});
            }
        }
    }
    for (int observed = 0; observed < TRUCE_OBSERVES_KINDS_; ++observed) {
        for (int effect = 0; effect < TRUCE_CHANGES_KINDS_; ++effect) {
            EXPECT_EQ(computed.count({observed, effect}) == 1, truce_kinds_conflict_("list", observed, effect))
                << "observation " << observed << ", effect " << effect;
        }
    }
}

} // namespace

} // namespace truce_test
