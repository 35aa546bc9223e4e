/* Every operation against every operation that changes something: two transactions open in one thread, both commit
 * orders, verdicts computed. */
#include <gtest/gtest.h>

#include "commute/programs.h"
#include "commute/stage.h"

using namespace truce_test;

namespace {

class Pairs : public testing::TestWithParam<Flavor> {
  protected:
    template <class Schedule> void for_all_pairs(Schedule &&schedule)
    {
        Stage stage(GetParam());
        const auto all = single_operations(GetParam());
        const auto changing = changing_operations(GetParam());
        size_t turn = 0;
        for (const State &state : initial_states()) {
            for (const Op &a : all) {
                for (const Op &b : changing) {
                    if (turn++ % one_in != 0) continue;
                    schedule(stage, state, a, b);
                    if (stage.hopeless()) return;
                }
            }
        }
        EXPECT_GT(stage.counts().conflicts, 100u / one_in);
    }
};

TEST_P(Pairs, TheOtherCommitsFirst)
{
    for_all_pairs([](Stage &stage, const State &state, const Op &a, const Op &b) {
        stage.set_up(state);
        const size_t ta = stage.begin(), tb = stage.begin();
        stage.run(ta, a);
        stage.run(tb, b);
        stage.commit(tb);
        stage.commit_or_run_again(ta);
        stage.finish();
    });
}

TEST_P(Pairs, TheOtherIsOlderAndCommitsFirst)
{
    for_all_pairs([](Stage &stage, const State &state, const Op &a, const Op &b) {
        stage.set_up(state);
        const size_t tb = stage.begin();
        stage.run(tb, b);
        const size_t ta = stage.begin();
        stage.run(ta, a);
        stage.commit(tb);
        stage.commit_or_run_again(ta);
        stage.finish();
    });
}

TEST_P(Pairs, TheOtherCommitsLast)
{
    for_all_pairs([](Stage &stage, const State &state, const Op &a, const Op &b) {
        stage.set_up(state);
        const size_t ta = stage.begin(), tb = stage.begin();
        stage.run(ta, a);
        stage.run(tb, b);
        stage.commit(ta);
        stage.commit_or_run_again(tb);
        stage.finish();
    });
}

/* A transaction without effects is before whoever commits while it is open: it needs no check and never conflicts. */
TEST_P(Pairs, ReadersCommitWhateverCommitsMeanwhile)
{
    Stage stage(GetParam());
    for (const State &state : initial_states()) {
        for (const Op &a : single_operations(GetParam())) {
            if (may_change(a.verb)) continue;
            for (const Op &b : changing_operations(GetParam())) {
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
    EXPECT_EQ(0u, stage.counts().conflicts);
}

/* The dict is new, and grows from nothing between the answers and the commit that checks them. */
TEST_P(Pairs, TheDictGrowsInBetween)
{
    constexpr size_t keys = 40;
    Stage stage(GetParam());
    const auto changing = changing_operations(GetParam());
    size_t turn = 0;
    for (const State &state : initial_states()) {
        for (const Op &a : single_operations(GetParam())) {
            for (size_t i = turn++ % 3; i < changing.size(); i += 3 * one_in) {
                stage.set_up(state, true);
                const size_t ta = stage.begin(), tb = stage.begin();
                stage.run(ta, a);
                stage.run(tb, changing[i]);
                if (turn % 2 == 0) stage.grow(keys, i % 2 == 0);
                stage.commit(tb);
                if (turn % 2 != 0) stage.grow(keys, i % 2 == 0);
                stage.commit_or_run_again(ta);
                stage.finish();
                if (stage.hopeless()) return;
            }
        }
    }
    EXPECT_GT(stage.counts().conflicts, 100u / one_in);
}

/* Other keys are there too: so many that one of the keys is the last or the first of a bucket in a chain of equal
 * hashes, or a table of many buckets. */
TEST_P(Pairs, AmongOtherKeys)
{
    Stage stage(GetParam());
    const auto changing = changing_operations(GetParam());
    size_t turn = 0;
    for (const Word others : {Word{5}, Word{6}, Word{7}, Word{40}}) {
        for (State state : initial_states()) {
            for (Word key = 100; key < 100 + others; ++key) state[key] = key;
            for (const Op &a : single_operations(GetParam())) {
                for (size_t i = turn++ % 4; i < changing.size(); i += 4 * one_in) {
                    if (changing[i].verb == Verb::clear && turn % 16 != 0) continue;
                    stage.set_up(state);
                    const size_t ta = stage.begin(), tb = stage.begin();
                    stage.run(ta, a);
                    stage.run(tb, changing[i]);
                    stage.commit(tb);
                    stage.commit_or_run_again(ta);
                    stage.finish();
                    if (stage.hopeless()) return;
                }
            }
        }
    }
    EXPECT_GT(stage.counts().conflicts, 100u / one_in);
}

INSTANTIATE_TEST_SUITE_P(Dict, Pairs, testing::ValuesIn(flavors()),
                         [](const auto &flavor) { return text(flavor.param); });

} // namespace
