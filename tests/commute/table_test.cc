/* The operation table against what the pairwise tests play and what the model computes. */
#include <cstring>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "collections/operations.h"
#include "commute/programs.h"

using namespace truce_test;

namespace {

const truce_operation_ *row_of(const char *operation)
{
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        if (strcmp(rows[i].collection, "dict") == 0 && strcmp(rows[i].name, operation) == 0) return &rows[i];
    }
    return nullptr;
}

TEST(OperationTable, HasARowForEveryOperationPlayed)
{
    for (const Op &op : single_operations(Flavor())) {
        const truce_operation_ *const row = row_of(name(op.verb));
        ASSERT_NE(nullptr, row) << name(op.verb);
        EXPECT_EQ(may_change(op.verb), row->effect != TRUCE_CHANGES_NOTHING_) << name(op.verb);
        if (op.verb == Verb::remove_blind) continue; /* the row is that of remove with was_present */
        EXPECT_EQ(observes(op.verb), row->observes != TRUCE_OBSERVES_NOTHING_) << name(op.verb);
    }
}

TEST(OperationTable, HasNoRowThatIsNotPlayed)
{
    std::set<std::string> played;
    for (const Op &op : single_operations(Flavor())) played.insert(name(op.verb));
    size_t count = 0;
    const truce_operation_ *const rows = truce_operations_(&count);
    for (size_t i = 0; i < count; ++i) {
        EXPECT_TRUE(strcmp(rows[i].collection, "dict") != 0 || played.count(rows[i].name) == 1) << rows[i].name;
    }
}

/* Kinds of observation and effect, as the table has them. */
using Kinds = std::pair<int, int>;

/* All that some pair of operations shows to conflict, starting from some state. */
std::set<Kinds> computed_conflicts()
{
    std::set<Kinds> conflicts;
    for (const State &before : initial_states()) {
        for (const Op &other : single_operations(Flavor())) {
            const auto changed = effect(other, answer(before, other));
            if (!changed) continue;
            State after = before;
            change(after, *changed);
            for (const Op &op : single_operations(Flavor())) {
                if (holds(after, op, answer(before, op))) continue;
                conflicts.insert({row_of(name(op.verb))->observes, row_of(name(other.verb))->effect});
            }
        }
    }
    return conflicts;
}

TEST(OperationTable, SaysThatKindsConflictExactlyWhereSomeOperationsDo)
{
    const auto computed = computed_conflicts();
    for (int observed = 0; observed < TRUCE_OBSERVES_KINDS_; ++observed) {
        for (int effect = 0; effect < TRUCE_CHANGES_KINDS_; ++effect) {
            EXPECT_EQ(computed.count({observed, effect}) == 1, truce_kinds_conflict_("dict", observed, effect))
                << "observation " << observed << ", effect " << effect;
        }
    }
}

} // namespace
