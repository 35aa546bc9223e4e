/* Random transactions on a queue in one thread, against a plain deque: every answer, and the content after each. */
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "history/harness.h"
#include "support/handles.h"
#include "support/queue_model.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

struct Kind {
    uint32_t values;
    size_t capacity;
};

std::string text(const Kind &kind)
{
    return std::string(kind.values == TRUCE_WORD ? "word" : "byte") +
           (kind.capacity == 0 ? "" : "_of_" + std::to_string(kind.capacity));
}

void PrintTo(const Kind &kind, std::ostream *out)
{
    *out << text(kind);
}

class RandomQueue : public testing::TestWithParam<Kind> {
  protected:
    size_t below(size_t n) { return static_cast<size_t>(random_() % n); }

    /* Phases in which the queue grows, and others in which it shrinks. */
    QueueOp any_op(bool grows)
    {
        const size_t many = GetParam().capacity != 0 ? 4 : 130;
        const size_t choice = below(grows ? 24 : 16);
        if (choice >= 12) return {QueueVerb::push, below(1000)};
        switch (choice) {
        case 0:
        case 1:
            return {QueueVerb::pop};
        case 2:
            return {QueueVerb::pop_up_to, 0, below(8) == 0 ? below(many) : below(4)};
        case 3:
        case 4:
            return {QueueVerb::pop_any};
        case 5:
            return {QueueVerb::len};
        case 6:
            return {QueueVerb::len_at_least, 0, below(many)};
        case 7:
            return {QueueVerb::is_empty};
        case 8:
            return {QueueVerb::each};
        case 9:
            return {QueueVerb::each_some, 0, 1 + below(5)};
        default:
            return {QueueVerb::peek};
        }
    }

    void step(truce_tx *tx, truce_queue *queue, QueueState &state, const QueueOp &op)
    {
        const QueueAnswer expected = model_play(state, GetParam().capacity, op);
        const QueueAnswer told = play(tx, queue, GetParam().values, op);
        ASSERT_TRUE(expected == told) << text(op) << ": " << text(told) << ", not " << text(expected);
    }

    std::mt19937_64 random_{seed()};
};

TEST_P(RandomQueue, AnswersLikeADeque)
{
    const Queue queue(queue_options(GetParam().values, GetParam().capacity));
    QueueState committed;
    for (uint64_t i = 0; i < scaled(20000); ++i) {
        const bool grows = i / 400 % 2 == 0;
        QueueState state = committed;
        {
            Tx tx;
            for (size_t ops = below(12); ops > 0; --ops) {
                step(tx, queue, state, any_op(grows));
                if (HasFatalFailure()) return;
            }
            if (below(4) == 0) {
                ASSERT_EQ(TRUCE_OK, truce_abort(tx));
            } else {
                ASSERT_EQ(TRUCE_OK, truce_commit(tx));
                committed = state;
            }
        }
        if (GetParam().values == TRUCE_WORD && below(4) == 0) step(TRUCE_ALONE, queue, committed, any_op(grows));
        if (HasFatalFailure()) return;
        if (i % 8 != 0) continue;
        ASSERT_EQ(values_of(committed), content(queue, GetParam().values));
    }
}

INSTANTIATE_TEST_SUITE_P(Queue, RandomQueue,
                         testing::Values(Kind{TRUCE_WORD, 0}, Kind{TRUCE_WORD, 5}, Kind{TRUCE_BYTES, 0},
                                         Kind{TRUCE_BYTES, 70}),
                         [](const auto &kind) { return text(kind.param); });

} // namespace
