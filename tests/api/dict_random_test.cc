/* Random transactions in one thread, long ones too, against the model: every answer, and what commits and aborts leave.
 */
#include <random>

#include <gtest/gtest.h>

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
