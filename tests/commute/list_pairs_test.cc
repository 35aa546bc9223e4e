/* Every pair of operations of a list, and programs of two, in both commit orders, from several lengths. */
#include <cstdint>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "commute/list_stage.h"
#include "commute/programs.h"

namespace truce_test {

namespace {

/* Lists of n values: all different, and all equal. */
std::vector<Elements> states()
{
    std::vector<Elements> states;
    for (const size_t length : {0, 1, 6, 7, 8}) {
        Elements different;
        for (Word i = 0; i < length; ++i) different.push_back(100 + i);
        states.push_back(different);
        if (length > 0) states.push_back(Elements(length, 5));
    }
    return states;
}

/* The first, its neighbour, the last, the first out of range, one of another line, one far away. */
std::set<Word> indexes(size_t length)
{
    std::set<Word> indexes = {0, 1, length, length + 1, 7, 500};
    if (length > 0) indexes.insert(length - 1);
    return indexes;
}

std::vector<ListOp> operations(const Elements &state, uint32_t values)
{
    const Word length = state.size();
    std::vector<ListOp> ops;
    for (const Word i : indexes(length)) {
        ops.push_back({ListVerb::get, i, 0});
        ops.push_back({ListVerb::set, i, 33});
        ops.push_back({ListVerb::insert, i, 44});
        ops.push_back({ListVerb::remove, i, 0});
        ops.push_back({ListVerb::remove_blind, i, 0});
        if (values == TRUCE_WORD) ops.push_back({ListVerb::add, i, 3});
    }
    if (values == TRUCE_WORD) ops.push_back({ListVerb::add, 0, 0});
    if (length > 0) ops.push_back({ListVerb::set, 0, state[0]}); /* changes nothing */
    if (length > 0) ops.push_back({ListVerb::insert, length - 1, state[0]});
    ops.push_back({ListVerb::copy, 1, 0});
    ops.push_back({ListVerb::append, 0, 55});
    ops.push_back({ListVerb::append, 0, 5});
    ops.push_back({ListVerb::extend, 0, 66});
    ops.push_back({ListVerb::append_at, 0, 77});
    ops.push_back({ListVerb::last, 0, 0});
    ops.push_back({ListVerb::pop, 0, 0});
    ops.push_back({ListVerb::len, 0, 0});
    for (const Word n : {Word{0}, Word{1}, length, length + 1, length + 2}) ops.push_back({ListVerb::len_at_least, n, 0});
    ops.push_back({ListVerb::is_empty, 0, 0});
    ops.push_back({ListVerb::each, 0, SIZE_MAX});
    ops.push_back({ListVerb::each, 0, length});
    ops.push_back({ListVerb::each, 1, 3});
    ops.push_back({ListVerb::each_some, 0, SIZE_MAX});
    ops.push_back({ListVerb::clear, 0, 0});
    return ops;
}

/* One of each kind, to be put together. */
std::vector<ListOp> building_blocks(const Elements &state)
{
    const Word length = state.size();
    const Word end = length > 0 ? length - 1 : 0;
    return {{ListVerb::get, 0, 0},       {ListVerb::get, end, 0},       {ListVerb::get, length, 0},
            {ListVerb::get, length + 1, 0}, {ListVerb::set, end, 33},   {ListVerb::set, length, 34},
            {ListVerb::append, 0, 55},   {ListVerb::extend, 0, 66},     {ListVerb::append_at, 0, 77},
            {ListVerb::insert, 0, 44},   {ListVerb::insert, length, 45}, {ListVerb::remove, end, 0},
            {ListVerb::remove_blind, 0, 0}, {ListVerb::last, 0, 0},     {ListVerb::pop, 0, 0},
            {ListVerb::len, 0, 0},       {ListVerb::is_empty, 0, 0},    {ListVerb::len_at_least, length, 0},
            {ListVerb::each, 0, SIZE_MAX}, {ListVerb::clear, 0, 0}};
}

/* What somebody else does meanwhile: one thing, or several of which the net effect is small or none. */
std::vector<ListProgram> disturbances(const Elements &state)
{
    const Word length = state.size();
    std::vector<ListProgram> all = {{{ListVerb::append, 0, 88}},
                                    {{ListVerb::pop, 0, 0}},
                                    {{ListVerb::pop, 0, 0}, {ListVerb::append, 0, 89}},
                                    {{ListVerb::append, 0, 88}, {ListVerb::pop, 0, 0}},
                                    {{ListVerb::insert, 0, 90}},
                                    {{ListVerb::remove_blind, 0, 0}},
                                    {{ListVerb::insert, 0, 90}, {ListVerb::remove_blind, 1, 0}},
                                    {{ListVerb::clear, 0, 0}},
                                    {{ListVerb::clear, 0, 0}, {ListVerb::extend, 0, 66}}};
    if (length > 0) all.push_back({{ListVerb::set, length - 1, 91}});
    if (length > 0) all.push_back({{ListVerb::pop, 0, 0}, {ListVerb::append, 0, state.back()}});
    return all;
}

class ListPairs : public testing::TestWithParam<uint32_t> {
  protected:
    /* Bytes are played in part: what is different about them is not how they commute. */
    size_t stride() const { return one_in * (GetParam() == TRUCE_WORD ? 1 : 7); }

    template <class Schedule> void for_all_pairs(Schedule schedule)
    {
        ListStage stage(GetParam());
        size_t turn = 0;
        for (const Elements &state : states()) {
            const auto ops = operations(state, GetParam());
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
    for (const Elements &state : states()) {
        const auto ops = operations(state, GetParam());
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
    for (const Elements &state : states()) {
        const auto blocks = building_blocks(state);
        for (const ListOp &first : blocks) {
            for (const ListOp &second : blocks) {
                for (const ListProgram &other : disturbances(state)) {
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
    for (const Elements &state : states()) {
        const auto blocks = building_blocks(state);
        for (const ListOp &first : blocks) {
            for (const ListOp &second : blocks) {
                if (!may_change(first.verb) || !may_change(second.verb)) continue;
                for (const ListOp &third : blocks) {
                    if (may_change(third.verb)) continue;
                    for (const ListProgram &other : disturbances(state)) {
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
