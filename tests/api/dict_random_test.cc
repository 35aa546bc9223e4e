/* Random transactions in one thread, long ones too, against the model: every answer, and what commits and aborts leave.
 */
#include <random>

#include <gtest/gtest.h>

#include "support/gate.h"
#include "support/handles.h"
#include "support/play.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

class RandomDict : public testing::TestWithParam<Flavor> {
  protected:
    RandomDict() : random(seed()), dict(GetParam().keys, GetParam().values) {}

    Word below(Word n) { return random() % n; }

    Op random_op(Word keys)
    {
        for (;;) {
            Op op{static_cast<Verb>(below(static_cast<Word>(last_verb) + 1)), below(keys), below(6), below(keys)};
            if (op.verb == Verb::get_many && op.other == op.key) continue;
            if (op.verb == Verb::replace) op.other = below(6);
            if (op.verb == Verb::len_at_least) op.value = below(keys);
            if (op.verb == Verb::each_some || op.verb == Verb::each_key_some) op.value = 1 + below(keys);
            if (op.verb >= Verb::each && below(keys) > 3) continue; /* these are slow, or empty everything */
            if (is_update(op.verb) && GetParam().values != TRUCE_WORD) continue;
            return op;
        }
    }

    void step(truce_tx *tx, State &state, const Op &op)
    {
        const Answer told = play(tx, dict, GetParam(), op);
        ASSERT_TRUE(holds(state, op, told)) << text(op) << " = " << text(told);
        if (const auto changed = effect(op, told)) change(state, *changed);
    }

    std::mt19937_64 random;
    Dict dict;
    State committed;
};

TEST_P(RandomDict, TransactionsThatCommitOrAbort)
{
    for (const Word keys : {Word{4}, Word{50}, Word{1000}}) {
        for (int turn = 0; turn < 150 && !HasFatalFailure(); ++turn) {
            Tx tx;
            State mine = committed;
            for (Word ops = below(3 * keys < 300 ? 3 * keys : 300); ops > 0 && !HasFatalFailure(); --ops) {
                step(tx, mine, random_op(keys));
            }
            if (below(3) == 0) {
                ASSERT_EQ(TRUCE_OK, truce_abort(tx));
            } else {
                ASSERT_EQ(TRUCE_OK, truce_commit(tx));
                committed = std::move(mine);
            }
            ASSERT_EQ(committed, content(dict, GetParam()));
            ASSERT_EQ(committed.size(), length(dict));
        }
    }
}

/* One allocation of each transaction is refused, somewhere: it commits whole, or fails and leaves nothing. */
TEST_P(RandomDict, TransactionsThatRunOutOfMemory)
{
    int failed = 0;
    for (int turn = 0; turn < 2000 && !HasFatalFailure(); ++turn) {
        const Word keys = turn % 2 == 0 ? 5 : 60;
        Tx tx;
        State mine = committed;
        truce_status status = TRUCE_OK;
        {
            Gate gate(1 + below(static_cast<Word>(turn) % 20 + 1), below(2) == 0 ? Gate::only_the_nth : Gate::from_the_nth_on);
            for (Word ops = below(2 * keys); ops > 0; --ops) {
                const Op op = random_op(keys);
                const Answer told = play(tx, dict, GetParam(), op);
                ASSERT_TRUE(status == TRUCE_OK || told.status == TRUCE_NO_MEMORY) << text(op);
                if (told.status < 0) status = told.status;
                if (status < 0) continue;
                ASSERT_TRUE(holds(mine, op, told)) << text(op) << " = " << text(told);
                if (const auto changed = effect(op, told)) change(mine, *changed);
            }
            const truce_status ended = truce_commit(tx);
            ASSERT_TRUE(ended == status || (status == TRUCE_OK && ended == TRUCE_NO_MEMORY));
            ASSERT_TRUE(ended == TRUCE_OK || gate.refused());
            status = ended;
        }
        if (status == TRUCE_OK) committed = std::move(mine);
        failed += status != TRUCE_OK;
        ASSERT_EQ(committed, content(dict, GetParam()));
        ASSERT_EQ(committed.size(), length(dict));
    }
    EXPECT_GT(failed, 20);
}

/* Bytes are not handed out by operations alone. */
bool is_for_alone(const Flavor &flavor, Verb verb)
{
    if (flavor.keys == TRUCE_BYTES && verb >= Verb::each && verb <= Verb::each_key_some) return false;
    const bool hands_out = verb == Verb::get || verb == Verb::get_many || verb == Verb::swap || verb == Verb::pop ||
                           verb == Verb::get_or_set || verb == Verb::each || verb == Verb::each_some;
    return flavor.values == TRUCE_WORD || !hands_out;
}

TEST_P(RandomDict, OperationsAlone)
{
    for (const Word keys : {Word{4}, Word{50}, Word{1000}}) {
        for (int turn = 0; turn < 20000 && !HasFatalFailure(); ++turn) {
            const Op op = random_op(keys);
            if (is_for_alone(GetParam(), op.verb)) step(TRUCE_ALONE, committed, op);
        }
        ASSERT_EQ(committed, content(dict, GetParam()));
    }
}

INSTANTIATE_TEST_SUITE_P(Dict, RandomDict,
                         testing::Values(Flavor{TRUCE_WORD, TRUCE_WORD, false}, Flavor{TRUCE_BYTES, TRUCE_WORD, false},
                                         Flavor{TRUCE_WORD, TRUCE_BYTES, false},
                                         Flavor{TRUCE_BYTES, TRUCE_BYTES, false}),
                         [](const auto &flavor) { return text(flavor.param); });

} // namespace
