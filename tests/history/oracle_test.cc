/* The oracle on planted errors, without threads; then on what threads recorded.
 *
 * Threads run random transactions over dicts of three kinds, in rounds that begin with empty dicts; what committed is
 * recorded with its commit number and replayed. The environment steers it: see harness.h. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <string>

#include "history/harness.h"
#include "history/oracle.h"
#include "history/random_op.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/play.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr unsigned longest = 12; /* operations of a transaction */

std::vector<Flavor> three_flavors(bool collide)
{
    return {{TRUCE_WORD, TRUCE_WORD, collide}, {TRUCE_BYTES, TRUCE_WORD, collide}, {TRUCE_BYTES, TRUCE_BYTES, collide}};
}

/* ---- without threads ---- */

/* A history as one thread after the other could have made it, with the answers and the numbers of the law. */
History serial_history(Random &random, uint64_t transactions)
{
    const std::vector<Flavor> flavors = three_flavors(false);
    History history;
    history.first.resize(flavors.size());
    history.last.resize(flavors.size());
    uint64_t number = 0;
    for (uint64_t i = 0; i < transactions; i++) {
        Transaction transaction;
        transaction.thread = static_cast<unsigned>(i % 3);
        transaction.index = i / 3;
        transaction.began_ns = 10 * i + 1;
        transaction.ended_ns = 10 * i + 2;
        for (uint64_t left = 1 + random.below(longest); left > 0; left--) {
            const auto dict = static_cast<unsigned>(random.below(flavors.size()));
            State &state = history.last[dict];
            const Op op = random_op(Mix(), flavors[dict], random);
            const Answer told = answer(state, op);
            if (const auto blind = effect(op, told)) change(state, *blind);
            transaction.steps.push_back({dict, op, told});
        }
        if (transaction.writes()) number++;
        transaction.number = number;
        history.transactions.push_back(transaction);
    }
    return history;
}

/* Makes an answer another one, without a difference to what had effects. */
void falsify(const Op &op, Answer &told)
{
    if (op.verb == Verb::contains || op.verb == Verb::is_empty) {
        told.flag = !told.flag;
    } else if (told.value) {
        told.value = *told.value + 1;
    } else {
        told.entries[1000] = std::nullopt;
    }
}

TEST(Oracle, AcceptsWhatTheLawAllows)
{
    Random random(seed());
    for (int i = 0; i < 20; i++) {
        History history = serial_history(random, 200);
        std::shuffle(history.transactions.begin(), history.transactions.end(), std::mt19937_64(random.next()));
        const auto fault = check(history);
        ASSERT_FALSE(fault.has_value()) << fault->text();
    }
}

TEST(Oracle, ReportsEveryFalsifiedAnswer)
{
    Random random(seed());
    for (int i = 0; i < 20; i++) {
        const History history = serial_history(random, 60);
        for (size_t t = 0; t < history.transactions.size(); t++) {
            History planted = history;
            Transaction &transaction = planted.transactions[t];
            const size_t place = random.below(transaction.steps.size());
            Step &step = transaction.steps[place];
            falsify(step.op, step.told);
            const auto fault = check(planted);
            ASSERT_TRUE(fault.has_value()) << text(step.op);
            ASSERT_EQ(transaction.thread, fault->thread) << fault->text();
            ASSERT_EQ(transaction.index, fault->index) << fault->text();
            ASSERT_EQ(place, fault->step) << fault->text();
            ASSERT_EQ(text(step.told), fault->got) << fault->text();
            ASSERT_NE(fault->expected, fault->got) << fault->text();
        }
    }
}

/* One dict in which 1 holds 10 and 2 holds 20, and one thread's transactions on it. The first has the number 1. */
History by_hand(const std::vector<std::vector<Step>> &transactions, const State &last)
{
    History history;
    history.first = {{{1, 10}, {2, 20}}};
    history.last = {last};
    for (const std::vector<Step> &steps : transactions) {
        Transaction transaction;
        transaction.index = history.transactions.size();
        transaction.number = transaction.index + 1;
        transaction.steps = steps;
        history.transactions.push_back(transaction);
    }
    return history;
}

Step get(Word key, Word value)
{
    Answer told;
    told.value = value;
    return {0, Op{Verb::get, key}, told};
}

Step set(Word key, Word value)
{
    return {0, Op{Verb::set, key, value}, Answer()};
}

Step len(Word count)
{
    Answer told;
    told.value = count;
    return {0, Op{Verb::len}, told};
}

Step each(const std::map<Word, std::optional<Word>> &entries)
{
    Answer told;
    told.entries = entries;
    return {0, Op{Verb::each}, told};
}

Step each_stopped(const std::map<Word, std::optional<Word>> &entries)
{
    Answer told;
    told.status = stopped;
    told.entries = entries;
    return {0, Op{Verb::each_some, 0, entries.size()}, told};
}

/* Expects the fault in that transaction and operation, with both answers as get and len have them. */
void expect_fault(const History &history, uint64_t transaction, size_t step, Word expected, Word got)
{
    const auto fault = check(history);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(transaction, fault->index) << fault->text();
    EXPECT_EQ(step, fault->step) << fault->text();
    EXPECT_EQ("TRUCE_OK " + std::to_string(expected) + " no", fault->expected) << fault->text();
    EXPECT_EQ("TRUCE_OK " + std::to_string(got) + " no", fault->got) << fault->text();
}

TEST(Oracle, ReportsSwappedAnswers)
{
    const State last = {{1, 10}, {2, 20}};
    EXPECT_FALSE(check(by_hand({{get(1, 10), get(2, 20)}}, last)).has_value());
    expect_fault(by_hand({{get(1, 20), get(2, 10)}}, last), 0, 0, 10, 20);
}

TEST(Oracle, ReportsALostUpdate)
{
    expect_fault(by_hand({{get(1, 10), set(1, 11)}, {get(1, 10), set(1, 11)}}, {{1, 11}, {2, 20}}), 1, 0, 11, 10);
}

TEST(Oracle, ReportsAStaleRead)
{
    expect_fault(by_hand({{set(1, 12), set(2, 22)}, {get(1, 12), get(2, 20)}}, {{1, 12}, {2, 22}}), 1, 1, 22, 20);
}

TEST(Oracle, ReportsAWrongLen)
{
    const State last = {{1, 10}, {2, 20}, {3, 30}};
    EXPECT_FALSE(check(by_hand({{len(2), set(3, 30), len(3)}}, last)).has_value());
    expect_fault(by_hand({{len(2), set(3, 30)}, {len(2)}}, last), 1, 0, 3, 2);
}

TEST(Oracle, ReportsAWrongCommitNumber)
{
    History history = by_hand({{get(1, 10), set(1, 12)}, {get(1, 12), set(1, 13)}}, {{1, 13}, {2, 20}});
    EXPECT_FALSE(check(history).has_value());
    std::swap(history.transactions[0].number, history.transactions[1].number);
    expect_fault(history, 1, 0, 10, 12);
}

TEST(Oracle, ReportsANumberThatTwoWritersShare)
{
    History history = by_hand({{set(1, 12)}, {set(2, 22)}}, {{1, 12}, {2, 22}});
    history.transactions[1].number = 1;
    const auto fault = check(history);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ("a commit number of its own", fault->expected);
    EXPECT_EQ("1", fault->got);
    EXPECT_EQ(Fault::none, fault->step);
}

TEST(Oracle, ReportsANumberBelowThatOfOneWhoHadEnded)
{
    History history = by_hand({{set(1, 12)}, {get(2, 20)}}, {{1, 12}, {2, 20}});
    history.transactions[1].number = 0;
    EXPECT_FALSE(check(history).has_value()) << "two that overlap may have any order";
    history.transactions[0].ended_ns = 5;
    history.transactions[1].began_ns = 6;
    history.transactions[1].ended_ns = 7;
    const auto fault = check(history);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(1u, fault->index);
    EXPECT_EQ(Fault::none, fault->step);
    EXPECT_EQ("0", fault->got);
}

TEST(Oracle, ReportsALostFinalContent)
{
    const auto fault = check(by_hand({{set(1, 12)}}, {{1, 10}, {2, 20}}));
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ("final content of 1 in dict 0: expected 12, got 10", fault->text());
}

TEST(Oracle, ReportsAnIterationThatMissesOrInvents)
{
    const State last = {{1, 10}, {2, 20}};
    EXPECT_FALSE(check(by_hand({{each({{1, 10}, {2, 20}}), each_stopped({{2, 20}})}}, last)).has_value());
    const std::vector<Step> wrong = {each({{1, 10}}), each({{1, 10}, {2, 21}}), each_stopped({{2, 21}}),
                                     each_stopped({{1, 10}, {3, 30}})};
    for (const Step &step : wrong) {
        const auto fault = check(by_hand({{step}}, last));
        ASSERT_TRUE(fault.has_value()) << text(step.told);
        EXPECT_EQ(0u, fault->step);
        EXPECT_EQ(text(step.told), fault->got);
    }
}

/* ---- with threads ---- */

enum Kind { hot, colliding, growing };

struct Setting {
    Kind kind;
    unsigned threads;
};

std::string name_of(const testing::TestParamInfo<Setting> &info)
{
    const char *const kinds[] = {"Hot", "Colliding", "Growing"};
    return std::string(kinds[info.param.kind]) + "With" + std::to_string(info.param.threads);
}

Mix mix_of(Kind kind)
{
    Mix mix;
    if (kind == colliding) mix.keys = 20;
    if (kind == growing) mix = {8000, 1000, false};
    return mix;
}

struct Stage {
    Mix mix;
    std::vector<Flavor> flavors;
    std::vector<Dict> dicts;
};

Stage stage_of(Kind kind)
{
    Stage stage = {mix_of(kind), three_flavors(kind == colliding), {}};
    for (const Flavor &flavor : stage.flavors) {
        stage.dicts.emplace_back(flavor.keys, flavor.values);
        if (flavor.collide) truce_test_collide(stage.dicts.back());
    }
    return stage;
}

/* One thread's part of a round. */
struct Recorder {
    const Stage *stage;
    uint64_t seed; /* of the transaction at hand: each attempt makes the same choices */
    Transaction now;
    std::vector<Transaction> committed;
    uint64_t conflicts;
    truce_status unexpected;
};

truce_status random_body(truce_tx *tx, void *arg)
{
    Recorder *const recorder = static_cast<Recorder *>(arg);
    const Stage &stage = *recorder->stage;
    Random random(recorder->seed);
    recorder->now.steps.clear();
    for (uint64_t left = 1 + random.below(longest); left > 0; left--) {
        const auto dict = static_cast<unsigned>(random.below(stage.dicts.size()));
        const Op op = random_op(stage.mix, stage.flavors[dict], random);
        const Answer told = play(tx, stage.dicts[dict], stage.flavors[dict], op);
        TRUCE_TRY(told.status);
        recorder->now.steps.push_back({dict, op, told});
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

truce_status run_in_parts(Recorder &recorder)
{
    truce_tx *tx = nullptr;
    truce_status status = truce_begin(nullptr, &tx);
    while (status == TRUCE_OK) {
        status = random_body(tx, &recorder);
        if (status == TRUCE_OK) status = truce_commit(tx);
        if (status != TRUCE_CONFLICT) break;
        recorder.conflicts++;
        status = truce_again(tx);
    }
    recorder.now.number = truce_commit_number(tx);
    truce_end(tx);
    return status;
}

void record(Recorder &recorder, unsigned thread, uint64_t transactions, uint64_t seed)
{
    Random random(seed);
    for (uint64_t i = 0; i < transactions; i++) {
        recorder.seed = random.next();
        recorder.now = Transaction();
        recorder.now.thread = thread;
        recorder.now.index = i;
        recorder.now.began_ns = now_ns();
        const truce_status status = random.one_in(4) ? run_in_parts(recorder) : run_at_once(recorder);
        recorder.now.ended_ns = now_ns();
        if (status == TRUCE_OK) recorder.committed.push_back(std::move(recorder.now));
        if (status != TRUCE_OK && status != TRUCE_USER_ROLL_BACK) recorder.unexpected = status;
    }
}

/* Runs one round and checks it. Returns how many conflicts it had. */
uint64_t check_round(const Setting &setting, uint64_t seed)
{
    const Stage stage = stage_of(setting.kind);
    const uint64_t transactions = scaled(setting.kind == growing ? 16000 : 8000) / setting.threads;
    std::vector<Recorder> recorders(setting.threads, Recorder{&stage, 0, {}, {}, 0, TRUCE_OK});
    run_threads(setting.threads,
                [&](unsigned thread) { record(recorders[thread], thread, transactions, seed + thread); });
    History history;
    history.first.resize(stage.dicts.size());
    for (size_t i = 0; i < stage.dicts.size(); i++) {
        history.last.push_back(content(stage.dicts[i], stage.flavors[i]));
    }
    uint64_t conflicts = 0;
    for (Recorder &recorder : recorders) {
        EXPECT_EQ(TRUCE_OK, recorder.unexpected) << truce_status_name(recorder.unexpected);
        conflicts += recorder.conflicts;
        std::move(recorder.committed.begin(), recorder.committed.end(), std::back_inserter(history.transactions));
    }
    const auto fault = check(history);
    EXPECT_FALSE(fault.has_value()) << fault->text();
    return conflicts;
}

class OracleWithThreads : public testing::TestWithParam<Setting> {};

TEST_P(OracleWithThreads, FindsNoFault)
{
    ASSERT_EQ(TRUCE_OK, truce_set_clock(TRUCE_CLOCK_COUNTER));
    Random random(seed());
    const uint64_t end_ns = end_of_part_ns(9, 5);
    uint64_t conflicts = 0;
    do {
        conflicts += check_round(GetParam(), random.next());
    } while (!HasFailure() && now_ns() < end_ns);
    if (GetParam().kind == hot) {
        EXPECT_GT(conflicts, 0u) << "a history without a conflict shows little";
    }
}

INSTANTIATE_TEST_SUITE_P(Threads, OracleWithThreads,
                         testing::Values(Setting{hot, 2}, Setting{hot, 4}, Setting{hot, 8}, Setting{colliding, 2},
                                         Setting{colliding, 4}, Setting{colliding, 8}, Setting{growing, 2},
                                         Setting{growing, 4}, Setting{growing, 8}),
                         name_of);

} // namespace

} // namespace truce_test
