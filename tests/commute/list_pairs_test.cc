/* Every pair of operations of a list, and programs of two, in both commit orders, from several lengths. */
#include <gtest/gtest.h>

#include "commute/list_programs.h"
#include "commute/programs.h"

namespace truce_test {

namespace {

class ListPairs : public testing::TestWithParam<uint32_t> {
  protected:
    /* Bytes are played in part: what is different about them is not how they commute. */
    size_t stride() const { return one_in * (GetParam() == TRUCE_WORD ? 1 : 7); }

    template <class Schedule> void for_all_pairs(Schedule schedule)
    {
        ListStage stage(GetParam());
        size_t turn = 0;
        for (const Elements &state : list_states()) {
            const auto ops = list_operations(state, GetParam());
            for (const ListOp &a : ops) {
                for (const ListOp &b : ops) {
                    if (turn++ % stride() != 0) continue;
                    schedule(stage, state, a, b);
                    if (stage.hopeless()) return;
                }
            }
        }
        EXPECT_GT(stage.conflicts(), 100u / stride());
    }
};

TEST_P(ListPairs, TheOtherCommitsFirst)
{
    for_all_pairs([](ListStage &stage, const Elements &state, const ListOp &a, const ListOp &b) {
        stage.set_up(state);
        const size_t ta = stage.begin(), tb = stage.begin();
        stage.run(ta, a);
        stage.run(tb, b);
        stage.commit(tb);
        stage.commit_or_run_again(ta);
        stage.finish();
    });
}

TEST_P(ListPairs, TheOtherCommitsLast)
{
    for_all_pairs([](ListStage &stage, const Elements &state, const ListOp &a, const ListOp &b) {
        stage.set_up(state);
        const size_t ta = stage.begin(), tb = stage.begin();
        stage.run(ta, a);
        stage.run(tb, b);
        stage.commit(ta);
        stage.commit_or_run_again(tb);
        stage.finish();
    });
}

TEST_P(ListPairs, ReadersCommitWhateverCommitsMeanwhile)
{
    ListStage stage(GetParam());
    size_t turn = 0;
    for (const Elements &state : list_states()) {
        const auto ops = list_operations(state, GetParam());
        for (const ListOp &a : ops) {
            if (may_change(a.verb)) continue;
            for (const ListOp &b : ops) {
                if (!may_change(b.verb) || turn++ % stride() != 0) continue;
                stage.set_up(state);
                const size_t ta = stage.begin(false), tb = stage.begin();
                stage.run(ta, a);
                stage.run(tb, b);
                stage.commit(tb);
                stage.commit(ta);
                stage.finish();
                if (stage.hopeless()) return;
            }
        }
    }
    EXPECT_EQ(0u, stage.conflicts());
}

/* Two operations of one transaction, own work before observations included; the other commits after both or between. */
TEST_P(ListPairs, ProgramsOfTwo)
{
    ListStage stage(GetParam());
    size_t turn = 0;
    for (const Elements &state : list_states()) {
        const auto blocks = list_building_blocks(state);
        for (const ListOp &first : blocks) {
            for (const ListOp &second : blocks) {
                for (const ListProgram &other : list_disturbances(state)) {
                    if (turn++ % stride() != 0) continue;
                    stage.set_up(state);
                    const size_t ta = stage.begin(), tb = stage.begin();
                    stage.run(ta, first);
                    if (turn % 2 == 0) stage.run(ta, second);
                    stage.run(tb, other);
                    stage.commit(tb);
                    if (turn % 2 != 0) stage.run(ta, second);
                    stage.commit_or_run_again(ta);
                    stage.finish();
                    if (stage.hopeless()) return;
                }
            }
        }
    }
    EXPECT_GT(stage.conflicts(), 100u / stride());
}

/* Three operations, the last of which observes; somebody else commits before it or after it. */
TEST_P(ListPairs, OwnWorkOfTwoThenAnObservation)
{
    ListStage stage(GetParam());
    size_t turn = 0;
    for (const Elements &state : list_states()) {
        const auto blocks = list_building_blocks(state);
        for (const ListOp &first : blocks) {
            for (const ListOp &second : blocks) {
                if (!may_change(first.verb) || !may_change(second.verb)) continue;
                for (const ListOp &third : blocks) {
                    if (may_change(third.verb)) continue;
                    for (const ListProgram &other : list_disturbances(state)) {
                        if (turn++ % (2 * stride()) != 0) continue;
                        stage.set_up(state);
                        const size_t ta = stage.begin(), tb = stage.begin();
                        stage.run(ta, first);
                        stage.run(ta, second);
                        if (turn % 4 == 1) stage.run(ta, third);
                        stage.run(tb, other);
                        stage.commit(tb);
                        if (turn % 4 != 1) stage.run(ta, third);
                        stage.commit_or_run_again(ta);
                        stage.finish();
                        if (stage.hopeless()) return;
                    }
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(List, ListPairs, testing::Values(TRUCE_WORD, TRUCE_BYTES),
                         [](const auto &values) { return values.param == TRUCE_WORD ? "words" : "bytes"; });

} // namespace

} // namespace truce_test
