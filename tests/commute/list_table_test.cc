/* The rows of a list in the operation table, against what the pairwise tests play and what the model computes. */
#include <gtest/gtest.h>

#include "commute/list_programs.h"
#include "commute/operation_rows.h"

namespace truce_test {

namespace {

TEST(ListOperationTable, HasARowForEveryOperationPlayedAndNoOther)
{
    std::set<std::string> played;
    for (const ListOp &op : list_operations({1, 2}, TRUCE_WORD)) played.insert(name(op.verb));
    EXPECT_EQ(played, rows_of("list"));
}

TEST(ListOperationTable, SaysWhichMayChange)
{
    for (const ListOp &op : list_operations({1, 2}, TRUCE_WORD)) {
        const truce_operation_ *const row = row_of("list", name(op.verb));
        ASSERT_NE(nullptr, row) << name(op.verb);
        EXPECT_EQ(may_change(op.verb), row->effect != TRUCE_CHANGES_NOTHING_) << name(op.verb);
    }
}

TEST(ListOperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    std::set<Kinds> found;
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
                found.insert(kinds_of("list", name(op.verb), name(other.verb)));
            }
        }
    }
    expect_conflicts("list", found);
}

} // namespace

} // namespace truce_test
