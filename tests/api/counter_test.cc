/* Counters in one thread: what each operation answers and leaves behind, in a transaction and alone. */
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "history/harness.h"
#include "support/counter_var.h"
#include "support/gate.h"
#include "support/handles.h"
#include "support/seed.h"
#include "support/stripes.h"

using namespace truce_test;

namespace {

constexpr int64_t least = INT64_MIN, most = INT64_MAX;

void add(truce_tx *tx, truce_counter *counter, int64_t delta)
{
    EXPECT_EQ(TRUCE_OK, truce_counter_add(tx, counter, delta));
}

int64_t get(truce_tx *tx, truce_counter *counter)
{
    int64_t sum = 77;
    EXPECT_EQ(TRUCE_OK, truce_counter_get(tx, counter, &sum));
    return sum;
}

bool at_least(truce_tx *tx, truce_counter *counter, int64_t n)
{
    bool yes = false;
    EXPECT_EQ(TRUCE_OK, truce_counter_at_least(tx, counter, n, &yes));
    return yes;
}

bool try_add(truce_tx *tx, truce_counter *counter, int64_t delta, int64_t min, int64_t max)
{
    bool done = false;
    EXPECT_EQ(TRUCE_OK, truce_counter_try_add(tx, counter, delta, min, max, &done));
    return done;
}

/* Every operation twice: in a transaction that commits at the end, and alone; with the sum in one place and in
 * stripes. */
struct Way {
    bool alone, striped;
};

class CounterOperation : public testing::TestWithParam<Way> {
  protected:
    void SetUp() override
    {
        if (GetParam().striped) truce_test_spread(counter);
        if (!GetParam().alone) open = std::make_unique<Tx>();
        tx = GetParam().alone ? TRUCE_ALONE : static_cast<truce_tx *>(*open);
    }

    /* The sum once everything is committed. */
    int64_t left()
    {
        EXPECT_EQ(TRUCE_OK, open != nullptr ? truce_commit(*open) : TRUCE_OK);
        return sum_of(counter);
    }

    const Counter counter{10};
    std::unique_ptr<Tx> open;
    truce_tx *tx = nullptr;
};

TEST_P(CounterOperation, Get)
{
    EXPECT_EQ(10, get(tx, counter));
    EXPECT_EQ(10, left());
}

TEST_P(CounterOperation, Add)
{
    add(tx, counter, 5);
    EXPECT_EQ(15, get(tx, counter));
    add(tx, counter, -20);
    add(tx, counter, 0);
    EXPECT_EQ(-5, get(tx, counter));
    EXPECT_EQ(-5, left());
}

TEST_P(CounterOperation, AddWrapsAround)
{
    add(tx, counter, most);
    EXPECT_EQ(least + 9, get(tx, counter));
    EXPECT_FALSE(at_least(tx, counter, 0));
    add(tx, counter, least);
    EXPECT_EQ(9, left());
}

TEST_P(CounterOperation, AtLeast)
{
    EXPECT_TRUE(at_least(tx, counter, 10));
    EXPECT_FALSE(at_least(tx, counter, 11));
    add(tx, counter, 1);
    EXPECT_TRUE(at_least(tx, counter, 11));
    EXPECT_TRUE(at_least(tx, counter, least));
    EXPECT_FALSE(at_least(tx, counter, most));
    EXPECT_EQ(11, left());
}

TEST_P(CounterOperation, TryAdd)
{
    EXPECT_TRUE(try_add(tx, counter, -4, 0, most));
    EXPECT_FALSE(try_add(tx, counter, -7, 0, most));
    EXPECT_TRUE(try_add(tx, counter, -6, 0, most));
    EXPECT_FALSE(try_add(tx, counter, -1, 0, most));
    EXPECT_TRUE(try_add(tx, counter, 3, least, 3));
    EXPECT_FALSE(try_add(tx, counter, 1, least, 3));
    EXPECT_TRUE(try_add(tx, counter, 0, 3, 3));
    EXPECT_EQ(3, left());
}

TEST_P(CounterOperation, TryAddOverflowIsOutOfBounds)
{
    EXPECT_FALSE(try_add(tx, counter, most, least, most));
    EXPECT_TRUE(try_add(tx, counter, most - 10, least, most));
    EXPECT_FALSE(try_add(tx, counter, 1, least, most));
    EXPECT_TRUE(try_add(tx, counter, -most, least, most));
    EXPECT_TRUE(try_add(tx, counter, least, least, most));
    EXPECT_FALSE(try_add(tx, counter, -1, least, most));
    EXPECT_EQ(least, left());
}

INSTANTIATE_TEST_SUITE_P(Each, CounterOperation,
                         testing::Values(Way{false, false}, Way{true, false}, Way{false, true}, Way{true, true}),
                         [](const auto &way) {
                             return std::string(way.param.alone ? "Alone" : "InATransaction") +
                                    (way.param.striped ? "InStripes" : "");
                         });

/* The bounds of everything, each with each. */
TEST(CounterTryAdd, IsRightAtEveryEdge)
{
    const std::vector<int64_t> edges = {least, least + 1, -1, 0, 1, most - 1, most};
    for (const int64_t initial : edges) {
        const Counter counter(initial);
        for (const int64_t own : {int64_t{0}, int64_t{1}, most}) {
            for (const int64_t delta : edges) {
                for (const int64_t min : edges) {
                    for (const int64_t max : edges) {
                        Plain plain{static_cast<uint64_t>(initial) + static_cast<uint64_t>(own), 0};
                        Tx tx;
                        add(tx, counter, own);
                        const Request request{Call::try_add, delta, min, max};
                        const Reply expected = reply(plain, request);
                        change(plain, request, expected);
                        ASSERT_EQ(expected == 1u, try_add(tx, counter, delta, min, max))
                            << initial << " + " << own << ": " << text(request);
                        ASSERT_EQ(plain.sum, static_cast<uint64_t>(get(tx, counter)));
                    }
                }
            }
        }
    }
}

TEST(Counter, BeginsWhereItIsTold)
{
    truce_counter *counter = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_counter_new(nullptr, &counter));
    EXPECT_EQ(0, sum_of(counter));
    truce_counter_free(counter);
    EXPECT_EQ(least, sum_of(Counter(least)));
    truce_counter_free(nullptr);
}

TEST(Counter, AnOlderOptionsStructIsRead)
{
    truce_counter_options options = counter_options(5, "short");
    options.size = offsetof(truce_counter_options, initial);
    truce_counter *counter = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_counter_new(&options, &counter));
    EXPECT_EQ(0, sum_of(counter));
    truce_counter_free(counter);
}

TEST(Counter, AnAbortLeavesNothing)
{
    const Counter counter(1);
    Tx tx;
    add(tx, counter, 5);
    EXPECT_TRUE(try_add(tx, counter, 1, 0, 7));
    EXPECT_EQ(7, get(tx, counter));
    EXPECT_EQ(1, sum_of(counter));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(1, sum_of(counter));
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(1, get(tx, counter));
}

TEST(Counter, SeveralInOneTransaction)
{
    std::vector<Counter> counters;
    for (int i = 0; i < 400; i++) counters.emplace_back(i);
    ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  for (int round = 0; round < 3; round++) {
                      for (int i = 0; i < 400; i++) add(tx, counters[static_cast<size_t>(i)], i);
                  }
                  for (int i = 0; i < 400; i++) EXPECT_EQ(4 * i, get(tx, counters[static_cast<size_t>(i)]));
                  return TRUCE_OK;
              }));
    for (int i = 0; i < 400; i++) ASSERT_EQ(4 * i, sum_of(counters[static_cast<size_t>(i)]));
}

/* What own adds and the committed sum decide together is one observation, of the answer. */
TEST(CounterObservation, IsOfTheAnswerGiven)
{
    const Counter counter(5, "left");
    Tx tx, other;
    add(tx, counter, 2);
    EXPECT_EQ(7, get(tx, counter));
    EXPECT_TRUE(at_least(tx, counter, 7));
    EXPECT_TRUE(try_add(tx, counter, -7, 0, most));
    add(other, counter, 3);
    add(other, counter, -3);
    EXPECT_EQ(TRUCE_OK, truce_commit(other));
    add(TRUCE_ALONE, counter, 1);
    add(TRUCE_ALONE, counter, -1);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(0, sum_of(counter));
}

TEST(CounterObservation, OfASumThatIsAnotherNowIsExplained)
{
    const Counter counter(5, "left");
    Tx tx;
    add(tx, counter, 2);
    EXPECT_EQ(7, get(tx, counter));
    add(TRUCE_ALONE, counter, -4);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    char text[100];
    truce_conflict_text(&conflict, text, sizeof text);
    EXPECT_STREQ("counter \"left\": get saw 7, now it is 3", text);
    EXPECT_EQ(static_cast<truce_counter *>(counter), conflict.object);
}

TEST(CounterObservation, OfAnAnswerThatFlippedIsExplained)
{
    const Counter counter(5, "left");
    Tx tx;
    EXPECT_TRUE(try_add(tx, counter, -5, 0, most));
    add(TRUCE_ALONE, counter, -1);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    EXPECT_STREQ("try_add", conflict.operation);
    EXPECT_EQ(1u, conflict.seen.word);
    EXPECT_EQ(0u, conflict.now.word);
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_FALSE(try_add(tx, counter, -5, 0, most));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(4, sum_of(counter));
}

TEST(CounterObservation, OfWhatNoSumCouldChangeIsNone)
{
    const Counter counter(5);
    Tx tx;
    EXPECT_TRUE(at_least(tx, counter, least));
    EXPECT_TRUE(try_add(tx, counter, 0, least, most));
    EXPECT_FALSE(try_add(tx, counter, 1, 3, 2));
    EXPECT_FALSE(try_add(tx, counter, most, least, -2));
    add(tx, counter, 1);
    add(TRUCE_ALONE, counter, least);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(least + 6, sum_of(counter));
}

/* Adds that cancel out are no change, also to who read before and reads on. */
TEST(CounterObservation, AddsThatCancelOutLeaveNoTrace)
{
    const Counter counter(5), side;
    truce_stats before = TRUCE_STATS_INIT, after = TRUCE_STATS_INIT;
    Tx tx;
    EXPECT_EQ(5, get(tx, counter));
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *other) -> truce_status {
                  add(other, counter, 4);
                  EXPECT_TRUE(try_add(other, counter, -4, 0, most));
                  return TRUCE_OK;
              }));
    truce_stats_thread(&before);
    add(tx, side, 1);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    truce_stats_thread(&after);
    EXPECT_EQ(before.slow_checks, after.slow_checks);
}

TEST(CounterRandom, AnswersAsAPlainNumberDoes)
{
    Random random(seed());
    for (const bool striped : {false, true}) {
        const Counter counter;
        const Var var;
        if (striped) truce_test_spread(counter);
        const Asked asked{counter, var, TRUCE_WORD};
        Plain committed;
        for (uint64_t i = 0; i < scaled(20000); i++) {
            const bool alone = random.one_in(3), aborts = random.one_in(5);
            Plain plain = committed;
            auto body = [&](truce_tx *tx) -> truce_status {
                for (uint64_t left = alone ? 1 : 1 + random.below(6); left > 0; left--) {
                    const uint64_t shift = random.one_in(4) ? 0 : 60;
                    const auto some = [&] { return static_cast<int64_t>(random.next()) >> shift; };
                    const Request request{static_cast<Call>(random.below(9)), some(), some(), some()};
                    Reply told;
                    TRUCE_NEED(ask(tx, asked, request, &told));
                    EXPECT_EQ(text(reply(plain, request)), text(told)) << text(request);
                    change(plain, request, told);
                }
                return aborts && !alone ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
            };
            const truce_status status = alone ? body(TRUCE_ALONE) : run(body);
            if (status == TRUCE_OK) committed = plain;
            ASSERT_EQ(aborts && !alone ? TRUCE_USER_ROLL_BACK : TRUCE_OK, status);
            ASSERT_EQ(committed.sum, static_cast<uint64_t>(sum_of(counter)));
            ASSERT_FALSE(HasFailure());
        }
    }
}

/* ---- memory ---- */

TEST(CounterMemory, WithoutAnyNothingIsMade)
{
    truce_counter *counter = nullptr;
    const truce_counter_options options = counter_options(1, "named");
    for (uint64_t n = 1;; n++) {
        Gate gate(n);
        const truce_status status = truce_counter_new(&options, &counter);
        gate.open();
        if (!gate.refused()) {
            EXPECT_EQ(TRUCE_OK, status);
            EXPECT_GT(n, 2u);
            break;
        }
        EXPECT_EQ(TRUCE_NO_MEMORY, status);
        EXPECT_EQ(nullptr, counter);
    }
    truce_counter_free(counter);
}

TEST(CounterMemory, AnAttemptWithoutAnyChangesNothing)
{
    constexpr size_t many = 600;
    std::vector<Counter> counters(many);
    for (uint64_t n = 1;; n++) {
        Gate gate(n, Gate::from_the_nth_on);
        bool done = false;
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            for (const Counter &counter : counters) TRUCE_TRY(truce_counter_add(tx, counter, 1));
            return truce_counter_try_add(tx, counters[0], 1, 0, most, &done);
        });
        gate.open();
        const int64_t expected = gate.refused() ? 0 : 1;
        ASSERT_EQ(gate.refused() ? TRUCE_NO_MEMORY : TRUCE_OK, status);
        for (size_t i = 1; i < many; i++) ASSERT_EQ(expected, sum_of(counters[i]));
        if (!gate.refused()) break;
    }
}

TEST(CounterMemory, IsOneLine)
{
    Gate gate;
    truce_counter *counter = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_counter_new(nullptr, &counter));
    EXPECT_EQ(64u, gate.bytes());
    truce_counter_free(counter);
}

/* Without memory for stripes it goes on without. */
TEST(CounterMemory, StripesAreLeftOutWhereThereIsNone)
{
    const Counter counter(3);
    {
        Gate gate(1);
        truce_test_spread(counter);
    }
    EXPECT_FALSE(truce_test_has_stripes(counter));
    add(TRUCE_ALONE, counter, 1);
    EXPECT_EQ(4, sum_of(counter));
}

TEST(CounterMemory, ACallThatGetsNoneAnswersNothing)
{
    const Counter counter(5);
    truce_test_spread(counter); /* or get alone needs no transaction */
    int64_t sum = 0;
    bool yes = false;
    refuse_each([&] { return sum = 77, truce_counter_get(TRUCE_ALONE, counter, &sum); }, [&] { EXPECT_EQ(0, sum); });
    refuse_each([&] { return yes = true, truce_counter_at_least(TRUCE_ALONE, counter, 5, &yes); },
                [&] { EXPECT_FALSE(yes); });
    refuse_each([&] { return yes = true, truce_counter_try_add(TRUCE_ALONE, counter, 1, 0, most, &yes); },
                [&] {
                    EXPECT_FALSE(yes);
                    EXPECT_EQ(5, sum_of(counter));
                });
    EXPECT_EQ(6, sum_of(counter));
}

/* ---- misuse ---- */

void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

#define EXPECT_MISUSE(call, regex) EXPECT_DEATH(expect_not_reached(call), "truce: .*(" regex ")")

class CounterMisuse : public testing::Test {
  protected:
    Counter counter;
    int64_t sum = 0;
    bool yes = false;
};

TEST_F(CounterMisuse, NoCounter)
{
    EXPECT_MISUSE(truce_counter_add(TRUCE_ALONE, nullptr, 1), "counter.*NULL");
    EXPECT_MISUSE(truce_counter_get(TRUCE_ALONE, nullptr, &sum), "counter.*NULL");
    Tx tx;
    EXPECT_MISUSE(truce_counter_try_add(tx, nullptr, 1, 0, 1, &yes), "counter.*NULL");
}

TEST_F(CounterMisuse, AnotherKindOfObject)
{
    const Dict dict;
    const Var var;
    truce_counter *const others[] = {reinterpret_cast<truce_counter *>(static_cast<truce_dict *>(dict)),
                                     reinterpret_cast<truce_counter *>(static_cast<truce_var *>(var))};
    for (truce_counter *const other : others) {
        EXPECT_MISUSE(truce_counter_add(TRUCE_ALONE, other, 1), "another kind");
        EXPECT_MISUSE(truce_counter_at_least(TRUCE_ALONE, other, 1, &yes), "another kind");
        EXPECT_DEATH(truce_counter_free(other), "truce: .*another kind");
    }
}

TEST_F(CounterMisuse, NoOutput)
{
    EXPECT_MISUSE(truce_counter_new(nullptr, nullptr), "place for the counter");
    EXPECT_MISUSE(truce_counter_get(TRUCE_ALONE, counter, nullptr), "output.*NULL");
    EXPECT_MISUSE(truce_counter_at_least(TRUCE_ALONE, counter, 1, nullptr), "output.*NULL");
    EXPECT_MISUSE(truce_counter_try_add(TRUCE_ALONE, counter, 1, 0, 1, nullptr), "output.*NULL");
}

TEST_F(CounterMisuse, Options)
{
    truce_counter *out = nullptr;
    truce_counter_options options = counter_options();
    options.size = 0;
    EXPECT_MISUSE(truce_counter_new(&options, &out), "size");
}

TEST_F(CounterMisuse, OfATransaction)
{
    EXPECT_MISUSE(truce_counter_add(nullptr, counter, 1), "transaction.*NULL");
    EXPECT_MISUSE(truce_counter_get(nullptr, counter, &sum), "transaction.*NULL");
    truce_run_options options = run_options();
    options.read_only = true;
    Tx reader(&options), finished;
    EXPECT_EQ(0, get(reader, counter));
    EXPECT_TRUE(at_least(reader, counter, 0));
    EXPECT_MISUSE(truce_counter_add(reader, counter, 1), "read-only");
    EXPECT_MISUSE(truce_counter_try_add(reader, counter, 1, 0, 1, &yes), "read-only");
    EXPECT_EQ(TRUCE_OK, truce_commit(finished));
    EXPECT_MISUSE(truce_counter_add(finished, counter, 1), "finished");
}

TEST_F(CounterMisuse, Freed)
{
    Tx open, reader, writer;
    truce_counter *freed = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_counter_new(nullptr, &freed));
    EXPECT_EQ(0, get(reader, freed));
    EXPECT_EQ(TRUCE_OK, truce_counter_add(reader, counter, 1));
    EXPECT_EQ(TRUCE_OK, truce_counter_add(writer, freed, 1));
    truce_counter_free(freed);
    EXPECT_MISUSE(truce_counter_get(TRUCE_ALONE, freed, &sum), "freed");
    EXPECT_MISUSE(truce_counter_add(open, freed, 1), "freed");
    EXPECT_DEATH(truce_counter_free(freed), "truce: .*freed");
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_MISUSE(truce_commit(writer), "freed");
}

/* Who added up the stripes looks at them again, although nobody added to one. */
TEST_F(CounterMisuse, FreedWithItsStripes)
{
    Tx reader, asker, writer;
    Counter freed;
    truce_test_spread(freed);
    ASSERT_TRUE(truce_test_has_stripes(freed));
    EXPECT_EQ(0, get(reader, freed));
    EXPECT_TRUE(at_least(asker, freed, 0));
    EXPECT_EQ(0, get(writer, freed));
    add(writer, freed, 1);
    for (truce_tx *const tx : {static_cast<truce_tx *>(reader), static_cast<truce_tx *>(asker)}) add(tx, counter, 1);
    truce_counter *const gone = freed;
    freed.free();
    EXPECT_MISUSE(truce_counter_get(TRUCE_ALONE, gone, &sum), "freed");
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_MISUSE(truce_commit(asker), "freed");
    EXPECT_MISUSE(truce_commit(writer), "freed");
}

/* After a failure every call answers it, with its outputs zero, and does nothing. */
TEST(CounterFailure, IsFinal)
{
    const Counter counter(5), side;
    Tx tx;
    EXPECT_EQ(5, get(tx, counter));
    add(TRUCE_ALONE, counter, 1);
    add(TRUCE_ALONE, side, 1);
    int64_t sum = 77;
    bool yes = true;
    ASSERT_EQ(TRUCE_CONFLICT, truce_counter_get(tx, side, &sum));
    EXPECT_EQ(0, sum);
    EXPECT_EQ(TRUCE_CONFLICT, truce_counter_add(tx, side, 1));
    EXPECT_EQ(TRUCE_CONFLICT, truce_counter_at_least(tx, side, 0, &yes));
    EXPECT_FALSE(yes);
    yes = true;
    EXPECT_EQ(TRUCE_CONFLICT, truce_counter_try_add(tx, side, 1, 0, most, &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(1, sum_of(side));
}

} // namespace
