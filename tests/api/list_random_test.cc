/* Random transactions on a list against a vector: several operations each, several open at once in one thread, some
 * rolled back; every answer, verdict and explanation is checked by the stage. */
#include <gtest/gtest.h>

#include "commute/list_stage.h"
#include "history/harness.h"
#include "support/seed.h"

namespace truce_test {

namespace {

ListOp random_op(Random &random, size_t length, uint32_t values)
{
    ListOp op;
    do {
        op.verb = static_cast<ListVerb>(random.below(static_cast<uint64_t>(last_list_verb) + 1));
        if (op.verb == ListVerb::clear && !random.one_in(8)) op.verb = ListVerb::append;
    } while (op.verb == ListVerb::add && values != TRUCE_WORD);
    op.index = random.below(length + 3);
    op.value = op.verb == ListVerb::each || op.verb == ListVerb::each_some ? random.below(length + 6) : random.below(4);
    return op;
}

class ListRandom : public testing::TestWithParam<uint32_t> {};

TEST_P(ListRandom, OneTransactionAfterTheOther)
{
    Random random(seed());
    ListStage stage(GetParam());
    stage.set_up({});
    for (uint64_t i = 0; i < scaled(6000) && !stage.hopeless(); ++i) {
        if (i % 100 == 99) {
            stage.finish();
            stage.set_up(Elements(random.below(40), 7));
        }
        const size_t who = stage.begin();
        const bool long_one = random.one_in(20);
        for (uint64_t left = random.below(long_one ? 60 : 8); left > 0; --left) {
            stage.run(who, random_op(random, stage.committed().size(), GetParam()));
        }
        if (random.one_in(5)) continue; /* rolled back */
        EXPECT_TRUE(stage.commit(who));
    }
    stage.finish();
}

TEST_P(ListRandom, SeveralAtOnce)
{
    constexpr size_t open = 3;
    Random random(seed());
    ListStage stage(GetParam());
    for (uint64_t i = 0; i < scaled(6000) && !stage.hopeless(); ++i) {
        Elements start;
        for (uint64_t length = random.below(20); start.size() < length;) start.push_back(random.below(3));
        stage.set_up(start);
        size_t who[open];
        for (size_t &one : who) one = stage.begin(random.one_in(2));
        for (uint64_t left = random.below(16); left > 0; --left) {
            stage.run(who[random.below(open)], random_op(random, stage.committed().size(), GetParam()));
        }
        for (const size_t one : who) {
            if (!random.one_in(6)) stage.commit(one);
            for (uint64_t left = random.below(3); left > 0 && one != who[open - 1]; --left) {
                stage.run(who[open - 1], random_op(random, stage.committed().size(), GetParam()));
            }
        }
        stage.finish();
    }
    EXPECT_GT(stage.conflicts(), 0u);
}

INSTANTIATE_TEST_SUITE_P(List, ListRandom, testing::Values(TRUCE_WORD, TRUCE_BYTES),
                         [](const auto &values) { return values.param == TRUCE_WORD ? "words" : "bytes"; });

} // namespace

} // namespace truce_test
