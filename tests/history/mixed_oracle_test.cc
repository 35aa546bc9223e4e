/* The oracle over collections of every kind: on planted errors, without threads; then on what threads recorded.
 *
 * Threads run random transactions over dicts, lists, queues, counters and vars, tickets and own work included, in
 * rounds that begin with empty collections; what committed is recorded with its commit number and replayed. The
 * environment steers it: see harness.h. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <random>
#include <string>

#include "history/harness.h"
#include "history/mixed_op.h"
#include "history/mixed_oracle.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr unsigned longest = 8; /* operations of a transaction */

/* ---- without threads ---- */

/* A history as one thread after the other could have made it. */
MixedHistory serial_history(Random &random, uint64_t transactions)
{
    const Shape shape = some_of_every_kind();
    MixedHistory history = {{}, World(shape)};
    for (uint64_t i = 0; i < transactions; i++) {
        MixedTransaction transaction;
        transaction.number = i + 1;
        transaction.thread = static_cast<unsigned>(i % 3);
        transaction.index = i / 3;
        transaction.began_ns = 10 * i + 1;
        transaction.ended_ns = 10 * i + 2;
        PlainTx plain(history.last);
        for (uint64_t left = 1 + random.below(longest); left > 0; left--) {
            const MixedCall call = random_call(shape, random);
            transaction.steps.push_back({call, plain.answer(call)});
            EXPECT_TRUE(plain.take(transaction.steps.back())) << text(call);
        }
        plain.commit();
        history.transactions.push_back(std::move(transaction));
    }
    return history;
}

/* Makes an answer another one. */
void falsify(MixedAnswer &told)
{
    if (auto *const of_dict = std::get_if<Answer>(&told)) {
        of_dict->entries[1000] = std::nullopt;
    } else if (auto *const of_list = std::get_if<ListAnswer>(&told)) {
        of_list->value = of_list->value.value_or(0) + 1;
    } else if (auto *const of_queue = std::get_if<QueueAnswer>(&told)) {
        if (of_queue->items.empty()) {
            of_queue->number++;
        } else {
            of_queue->items[0]++;
        }
    } else if (auto *const of_number = std::get_if<NumberAnswer>(&told)) {
        of_number->reply = of_number->reply.value_or(0) + 1;
    } else {
        auto &value = std::get<PlaceAnswer>(told).value;
        value = value.value_or(0) + 1;
    }
}

TEST(MixedOracle, AcceptsWhatTheLawAllows)
{
    Random random(seed());
    for (int i = 0; i < 20; i++) {
        MixedHistory history = serial_history(random, 200);
        std::shuffle(history.transactions.begin(), history.transactions.end(), std::mt19937_64(random.next()));
        const auto fault = check(some_of_every_kind(), history);
        ASSERT_FALSE(fault.has_value()) << fault->text();
    }
}

TEST(MixedOracle, ReportsEveryFalsifiedAnswer)
{
    Random random(seed());
    for (int i = 0; i < 10; i++) {
        const MixedHistory history = serial_history(random, 60);
        for (size_t t = 0; t < history.transactions.size(); t++) {
            MixedHistory planted = history;
            MixedTransaction &transaction = planted.transactions[t];
            const size_t place = random.below(transaction.steps.size());
            falsify(transaction.steps[place].told);
            const auto fault = check(some_of_every_kind(), planted);
            ASSERT_TRUE(fault.has_value()) << text(transaction.steps[place].call);
            ASSERT_EQ(transaction.thread, fault->thread) << fault->text();
            ASSERT_EQ(transaction.index, fault->index) << fault->text();
            ASSERT_EQ(place, fault->step) << fault->text();
            ASSERT_NE(fault->expected, fault->got) << fault->text();
        }
    }
}

TEST(MixedOracle, ReportsALostTransaction)
{
    Random random(seed());
    for (int i = 0; i < 10; i++) {
        MixedHistory history = serial_history(random, 60);
        MixedTransaction &last = history.transactions.back();
        last.steps = {{{0, QueueOp{QueueVerb::push, 7}}, QueueAnswer()}};
        const auto fault = check(some_of_every_kind(), history);
        ASSERT_TRUE(fault.has_value());
        EXPECT_TRUE(fault->final) << fault->text();
    }
}

/* ---- by hand ---- */

MixedStep of_dict(Verb verb, Word key, Word value)
{
    const Op op = {verb, key, value};
    Answer told;
    if (verb == Verb::get) told.value = value;
    return {{0, op}, told};
}

MixedStep of_list(ListVerb verb, Word index, Word value, std::optional<Word> told)
{
    ListAnswer answer;
    answer.value = told;
    return {{0, ListOp{verb, index, value}}, answer};
}

MixedStep push(Word value)
{
    return {{1, QueueOp{QueueVerb::push, value}}, QueueAnswer()};
}

MixedStep taken(QueueVerb verb, Word value)
{
    QueueAnswer told;
    told.items = {value};
    return {{1, QueueOp{verb}}, told};
}

MixedStep add(int64_t delta)
{
    return {{0, Request{Call::add, delta}}, NumberAnswer()};
}

MixedStep at_least(int64_t n, bool yes)
{
    return {{0, Request{Call::at_least, n}}, NumberAnswer{TRUCE_OK, yes}};
}

MixedStep file(Word key, Word value)
{
    return {{0, PlaceOp{PlaceVerb::file, key, value}}, PlaceAnswer()};
}

MixedStep find(Word key, Word value, bool ticket)
{
    return {{0, PlaceOp{PlaceVerb::find, key}}, PlaceAnswer{TRUCE_OK, value, ticket}};
}

/* One thread's transactions, with the numbers from 1 on; what is left in the end is what they leave. */
class ByHand : public testing::Test {
  protected:
    using Steps = std::vector<MixedStep>;

    std::optional<Fault> check(const std::vector<Steps> &transactions)
    {
        MixedHistory history = {{}, last_};
        for (const Steps &steps : transactions) {
            MixedTransaction transaction;
            transaction.index = history.transactions.size();
            transaction.number = numbers_.empty() ? transaction.index + 1 : numbers_[transaction.index];
            transaction.steps = steps;
            history.transactions.push_back(transaction);
        }
        return truce_test::check(some_of_every_kind(), history);
    }

    void passes(const std::vector<Steps> &transactions)
    {
        const auto fault = check(transactions);
        EXPECT_FALSE(fault.has_value()) << fault->text();
    }

    void fails(uint64_t transaction, size_t step, const std::vector<Steps> &transactions)
    {
        const auto fault = check(transactions);
        ASSERT_TRUE(fault.has_value());
        EXPECT_EQ(transaction, fault->index) << fault->text();
        EXPECT_EQ(step, fault->step) << fault->text();
    }

    World last_{some_of_every_kind()};
    std::vector<uint64_t> numbers_; /* others than 1, 2, ... */
};

TEST_F(ByHand, WriteSkewBetweenDictAndList)
{
    last_.dicts[0] = {{1, 10}};
    last_.lists[0] = {20};
    const Steps to_list = {of_dict(Verb::get, 1, 10), of_list(ListVerb::append, 0, 20, {})};
    const Steps to_dict = {of_list(ListVerb::len, 0, 0, 0), of_dict(Verb::set, 1, 10)};
    passes({to_dict, to_list});
    const Steps from_empty = {{{0, Op{Verb::contains, 1}}, Answer()}, of_list(ListVerb::append, 0, 20, {})};
    passes({from_empty, {of_list(ListVerb::len, 0, 0, 1), of_dict(Verb::set, 1, 10)}});
    fails(1, 0, {from_empty, to_dict});
}

TEST_F(ByHand, AnItemTakenTwice)
{
    last_.queues[1] = {{0, 6}};
    passes({{push(5), push(6)}, {taken(QueueVerb::pop, 5)}});
    passes({{push(6), push(5)}, {taken(QueueVerb::pop_any, 5)}});
    last_.queues[1] = {};
    passes({{push(5), push(6)}, {taken(QueueVerb::pop_any, 6)}, {taken(QueueVerb::pop, 5)}});
    fails(2, 0, {{push(5), push(6)}, {taken(QueueVerb::pop_any, 5)}, {taken(QueueVerb::pop, 5)}});
    fails(2, 0, {{push(5), push(6)}, {taken(QueueVerb::pop, 5)}, {taken(QueueVerb::pop_any, 5)}});
    fails(1, 0, {{push(5), push(6)}, {taken(QueueVerb::pop, 6)}});
}

TEST_F(ByHand, TicketsAreSettledAtTheEnd)
{
    last_.lists[0] = {7, 8};
    last_.places = {{1, 1}};
    const Steps two = {of_list(ListVerb::append, 0, 7, {}), file(1, 8), find(1, 0, true)};
    passes({two, {find(1, 1, false)}});
    fails(1, 0, {two, {find(1, 0, false)}});
    fails(1, 0, {two, {find(1, 0, true)}});
    passes({{file(1, 8), of_list(ListVerb::insert, 0, 7, {})}});
    last_.places = {{1, 0}};
    const auto fault = check({two});
    ASSERT_TRUE(fault.has_value());
    EXPECT_TRUE(fault->final);
    last_.lists[0] = {7};
    last_.places = {{1, ~Word{0}}};
    passes({{of_list(ListVerb::append, 0, 7, {}), file(1, 8), of_list(ListVerb::pop, 0, 0, 8)}});
}

TEST_F(ByHand, ACounterBesideADict)
{
    last_.dicts[0] = {{1, 1}};
    last_.numbers[0].sum = 2;
    passes({{at_least(1, false), of_dict(Verb::set, 1, 1)}, {add(2)}});
    fails(1, 0, {{add(2)}, {at_least(1, false), of_dict(Verb::set, 1, 1)}});
}

/* What cancelled out has no number of its own, and comes after the writer of its number. */
TEST_F(ByHand, NumbersThatAreShared)
{
    last_.numbers[0].sum = 2;
    numbers_ = {1, 1};
    passes({{add(2)}, {add(1), at_least(3, true), add(-1)}});
    passes({{add(1), at_least(3, true), add(-1)}, {add(2)}});
    fails(1, Fault::none, {{add(1)}, {add(1)}});
    numbers_ = {1, 2};
    fails(0, 1, {{add(1), at_least(3, true), add(-1)}, {add(2)}});
}

/* ---- with threads ---- */

/* One thread's part of a round. */
struct Recorder {
    const Stock *stock;
    uint64_t seed; /* of the transaction at hand: each attempt makes the same choices */
    MixedTransaction now;
    std::vector<MixedTransaction> committed;
    uint64_t conflicts;
    truce_status unexpected;
};

truce_status random_body(truce_tx *tx, void *arg)
{
    Recorder *const recorder = static_cast<Recorder *>(arg);
    Random random(recorder->seed);
    LibraryTx attempt(tx, *recorder->stock);
    recorder->now.steps.clear();
    for (uint64_t left = 1 + random.below(longest); left > 0; left--) {
        const MixedCall call = random_call(recorder->stock->shape(), random);
        MixedAnswer told = attempt.play(call);
        TRUCE_TRY(status_of(told));
        recorder->now.steps.push_back({call, std::move(told)});
        if (random.one_in(8)) sched_yield();
    }
    return random.one_in(16) ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
}

truce_status run_at_once(Recorder &recorder)
{
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = run_options();
    options.report = &report;
    const truce_status status = truce_run(&options, random_body, &recorder);
    recorder.now.number = report.commit_number;
    recorder.conflicts += report.conflicts;
    return status;
}

void record(Recorder &recorder, unsigned thread, uint64_t transactions, uint64_t seed)
{
    Random random(seed);
    for (uint64_t i = 0; i < transactions; i++) {
        recorder.seed = random.next();
        recorder.now = MixedTransaction();
        recorder.now.thread = thread;
        recorder.now.index = i;
        recorder.now.began_ns = now_ns();
        const truce_status status = run_at_once(recorder);
        recorder.now.ended_ns = now_ns();
        if (status == TRUCE_OK) recorder.committed.push_back(std::move(recorder.now));
        if (status != TRUCE_OK && status != TRUCE_USER_ROLL_BACK) recorder.unexpected = status;
    }
}

/* Runs one round and checks it. Returns how many conflicts it had. */
uint64_t check_round(const Shape &shape, unsigned threads, uint64_t seed)
{
    const Stock stock(shape);
    const uint64_t transactions = scaled(2000) / threads;
    std::vector<Recorder> recorders(threads, Recorder{&stock, 0, {}, {}, 0, TRUCE_OK});
    run_threads(threads, [&](unsigned thread) { record(recorders[thread], thread, transactions, seed + thread); });
    MixedHistory history = {{}, stock.content()};
    uint64_t conflicts = 0;
    for (Recorder &recorder : recorders) {
        EXPECT_EQ(TRUCE_OK, recorder.unexpected) << truce_status_name(recorder.unexpected);
        conflicts += recorder.conflicts;
        std::move(recorder.committed.begin(), recorder.committed.end(), std::back_inserter(history.transactions));
    }
    const auto fault = check(shape, history);
    EXPECT_FALSE(fault.has_value()) << fault->text();
    return conflicts;
}

class MixedOracleWithThreads : public testing::TestWithParam<unsigned> {};

TEST_P(MixedOracleWithThreads, FindsNoFault)
{
    ASSERT_EQ(TRUCE_OK, truce_set_clock(TRUCE_CLOCK_COUNTER));
    Random random(seed());
    const uint64_t end_ns = end_of_part_ns(4, long_form() ? 60 : 3);
    uint64_t conflicts = 0;
    do {
        conflicts += check_round(some_of_every_kind(), GetParam(), random.next());
        conflicts += check_round(one_of_every_kind(random), GetParam(), random.next());
    } while (!HasFailure() && now_ns() < end_ns);
    std::printf("[ RECORDED ] %llu conflicts\n", static_cast<unsigned long long>(conflicts));
    EXPECT_GT(conflicts, 0u) << "a history without a conflict shows little";
}

INSTANTIATE_TEST_SUITE_P(With, MixedOracleWithThreads, testing::Values(2, 3, 4, 8), testing::PrintToStringParamName());

} // namespace

} // namespace truce_test
