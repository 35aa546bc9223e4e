/* Transactions of several operations, whose own work is part of what they see. Two open in one thread, and three in
 * random order; verdicts computed. */
#include <random>

#include <gtest/gtest.h>

#include "commute/programs.h"
#include "commute/stage.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

class Programs : public testing::TestWithParam<Flavor> {};

/* Where the other one's commit falls among the two operations: before both, between them, after both. */
TEST_P(Programs, TwoOperationsAndACommitAmongThem)
{
    const bool whole = GetParam().keys == TRUCE_WORD && GetParam().values == TRUCE_WORD;
    const size_t every = (whole ? 1 : 5) * one_in;
    Stage stage(GetParam());
    const auto programs = pairs_of_operations(GetParam());
    const auto others = disturbances(GetParam());
    size_t turn = 0;
    for (const State &state : initial_states()) {
        for (const Program &other : others) {
            for (const Program &program : programs) {
                for (size_t place = 0; place < 3; ++place) {
                    if (turn++ % every != 0) continue;
                    stage.set_up(state);
                    const size_t ta = stage.begin(), tb = stage.begin();
                    for (size_t i = 0; i <= program.size(); ++i) {
                        if (i == place) {
                            stage.run(tb, other);
                            stage.commit(tb);
                        }
                        if (i < program.size()) stage.run(ta, program[i]);
                    }
                    stage.commit_or_run_again(ta);
                    stage.finish();
                    if (stage.hopeless()) return;
                }
            }
        }
    }
    EXPECT_GT(stage.counts().conflicts, 100u / one_in);
}

/* Both have answers and effects; the second one loses if it observed what the first one changed. */
TEST_P(Programs, BothOrdersOfTwoAndTwo)
{
    Stage stage(GetParam());
    const auto programs = pairs_of_operations(GetParam());
    size_t turn = 0;
    for (const State &state : initial_states()) {
        for (size_t i = 0; i < programs.size(); ++i) {
            for (size_t j = (i + turn++) % 31; j < programs.size(); j += 31 * one_in) {
                stage.set_up(state);
                const size_t ta = stage.begin(), tb = stage.begin();
                stage.run(ta, programs[i]);
                stage.run(tb, programs[j]);
                const size_t first = turn % 2 == 0 ? ta : tb;
                stage.commit(first);
                stage.commit_or_run_again(first == ta ? tb : ta);
                stage.finish();
                if (stage.hopeless()) return;
            }
        }
    }
    EXPECT_GT(stage.counts().conflicts, 100u / one_in);
}

/* Three transactions of up to four operations each, their operations and commits in random order, some of them without
 * effects, with other keys coming and going, the dict sometimes growing meanwhile. */
TEST_P(Programs, ThreeInRandomOrder)
{
    std::mt19937_64 random(seed());
    const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
    Stage stage(GetParam());
    auto ops = single_operations(GetParam());
    for (Word key = 100; key < 108; ++key) {
        ops.push_back({Verb::set, key, 9});
        ops.push_back({Verb::remove, key});
    }
    const auto states = initial_states();
    for (int schedule = 0; schedule < 8000 / static_cast<int>(one_in); ++schedule) {
        const bool grows = below(20) == 0;
        State state = states[below(states.size())];
        for (Word others = below(9), key = 100; key < 100 + others; ++key) state[key] = key;
        stage.set_up(state, grows);
        std::vector<size_t> left;
        std::vector<bool> reads;
        for (size_t i = 0; i < 3; ++i) {
            reads.push_back(below(5) == 0);
            stage.begin(!reads[i]);
            left.push_back(2 + below(4)); /* the commit counted */
        }
        for (size_t open = 3; open > 0;) {
            const size_t who = below(3);
            if (left[who] == 0) continue;
            if (left[who]-- == 1) {
                stage.commit(who);
                --open;
                continue;
            }
            const Op &op = ops[below(ops.size())];
            if (!reads[who] || !may_change(op.verb)) stage.run(who, op);
            if (grows && below(6) == 0) stage.grow(20, below(2) == 0);
        }
        stage.finish();
        if (stage.hopeless()) return;
    }
    EXPECT_GT(stage.counts().conflicts, 100u / one_in);
}

INSTANTIATE_TEST_SUITE_P(Dict, Programs, testing::ValuesIn(flavors()),
                         [](const auto &flavor) { return text(flavor.param); });

} // namespace
