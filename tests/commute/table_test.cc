/* A dict's rows in the operation table, against what the pairwise tests play and what the model computes. */
#include <gtest/gtest.h>

#include "commute/operation_rows.h"
#include "commute/programs.h"

using namespace truce_test;

namespace {

TEST(OperationTable, HasARowForEveryOperationPlayedAndNoOther)
{
    std::set<std::string> played;
    for (const Op &op : single_operations(Flavor())) played.insert(name(op.verb));
    EXPECT_EQ(played, rows_of("dict"));
}

TEST(OperationTable, SaysWhichObserveAndWhichMayChange)
{
    for (const Op &op : single_operations(Flavor())) {
        const truce_operation_ *const row = row_of("dict", name(op.verb));
        ASSERT_NE(nullptr, row) << name(op.verb);
        EXPECT_EQ(may_change(op.verb), row->effect != TRUCE_CHANGES_NOTHING_) << name(op.verb);
        if (op.verb == Verb::remove_blind) continue; /* the row is that of remove with was_present */
        EXPECT_EQ(observes(op.verb), row->observes != TRUCE_OBSERVES_NOTHING_) << name(op.verb);
    }
}

TEST(OperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    std::set<Kinds> found;
    for (const State &before : initial_states()) {
        for (const Op &other : single_operations(Flavor())) {
            const auto changed = effect(other, answer(before, other));
            if (!changed) continue;
            State after = before;
            change(after, *changed);
            for (const Op &op : single_operations(Flavor())) {
                if (holds(after, op, answer(before, op))) continue;
                found.insert(kinds_of("dict", name(op.verb), name(other.verb)));
            }
        }
    }
    expect_conflicts("dict", found);
}

} // namespace
