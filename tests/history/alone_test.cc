/* Operations alone, and transactions beside them: some order that keeps real time explains every answer.
 *
 * The search is tried first on histories made by hand. Then threads run short rounds on few keys of one dict, each
 * operation alone or in a transaction, under whichever clock is in use. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <atomic>
#include <iterator>
#include <string>

#include "history/harness.h"
#include "history/random_op.h"
#include "history/search.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/play.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr size_t states_max = 100000;

/* ---- by hand: key 1 of one dict, which is absent at first ---- */

struct Made {
    unsigned thread;
    uint64_t began_ns;
    uint64_t ended_ns;
    std::vector<Step> steps;
};

Step get(std::optional<Word> value)
{
    Answer told;
    told.status = value ? TRUCE_OK : TRUCE_ABSENT;
    told.value = value;
    return {0, Op{Verb::get, 1}, told};
}

Step set(Word value)
{
    return {0, Op{Verb::set, 1, value}, Answer()};
}

History history_of(const std::vector<Made> &all, Word last)
{
    History history;
    history.first.resize(1);
    history.last = {{{1, last}}};
    for (const Made &made : all) {
        Transaction transaction;
        transaction.thread = made.thread;
        transaction.index = history.transactions.size();
        transaction.began_ns = made.began_ns;
        transaction.ended_ns = made.ended_ns;
        transaction.steps = made.steps;
        history.transactions.push_back(transaction);
    }
    return history;
}

TEST(Search, PlacesASetBetweenTwoGets)
{
    const History history = history_of({{0, 1, 10, {set(5)}}, {1, 2, 3, {get({})}}, {1, 4, 5, {get(5)}}}, 5);
    EXPECT_EQ(Order::found, find_order(history, states_max));
}

TEST(Search, OrdersSetsByWhatWasReadLater)
{
    const std::vector<Made> sets = {{0, 1, 4, {set(5)}}, {1, 2, 3, {set(6)}}};
    EXPECT_EQ(Order::found, find_order(history_of(sets, 5), states_max));
    EXPECT_EQ(Order::found, find_order(history_of(sets, 6), states_max));
    EXPECT_EQ(Order::none, find_order(history_of(sets, 7), states_max));
}

TEST(Search, RefusesAStaleGet)
{
    const History after = history_of({{0, 1, 2, {set(5)}}, {1, 3, 4, {get({})}}}, 5);
    EXPECT_EQ(Order::none, find_order(after, states_max));
    const History beside = history_of({{0, 1, 3, {set(5)}}, {1, 2, 4, {get({})}}}, 5);
    EXPECT_EQ(Order::found, find_order(beside, states_max));
}

TEST(Search, RefusesANewValueThatIsOldAgain)
{
    const History history = history_of({{0, 1, 10, {set(5)}}, {1, 2, 3, {get(5)}}, {1, 4, 5, {get({})}}}, 5);
    EXPECT_EQ(Order::none, find_order(history, states_max));
}

TEST(Search, RefusesALostUpdate)
{
    const History history = history_of({{0, 1, 9, {get({}), set(5)}}, {1, 1, 9, {get({}), set(6)}}}, 6);
    EXPECT_EQ(Order::none, find_order(history, states_max));
}

TEST(Search, GivesUpAtItsBound)
{
    std::vector<Made> all;
    for (unsigned thread = 0; thread < 8; thread++) all.push_back({thread, 1, 2, {set(thread)}});
    EXPECT_EQ(Order::none, find_order(history_of(all, 9), states_max));
    EXPECT_EQ(Order::unknown, find_order(history_of(all, 9), 3));
}

/* ---- with threads ---- */

struct Setting {
    const char *name;
    unsigned threads;
    Word keys;
    bool collide;
};

/* What one thread is at. */
struct Work {
    const Setting *setting;
    const Flavor *flavor;
    truce_dict *dict;
    uint64_t seed;
    std::vector<Step> steps;

    Op op(Random &random) const { return random_op({setting->keys, 1, true, 2}, *flavor, random); }
};

truce_status random_body(truce_tx *tx, void *arg)
{
    Work *const work = static_cast<Work *>(arg);
    Random random(work->seed);
    work->steps.clear();
    for (uint64_t left = 1 + random.below(4); left > 0; left--) {
        const Op op = work->op(random);
        const Answer told = play(tx, work->dict, *work->flavor, op);
        TRUCE_TRY(told.status);
        work->steps.push_back({0, op, told});
        if (random.one_in(4)) sched_yield();
    }
    return random.one_in(16) ? TRUCE_USER_ROLL_BACK : TRUCE_OK;
}

truce_status do_alone(Work &work)
{
    Random random(work.seed);
    Op op = work.op(random);
    while (!may_be_alone(*work.flavor, op.verb)) op = work.op(random);
    const Answer told = play(TRUCE_ALONE, work.dict, *work.flavor, op);
    work.steps = {{0, op, told}};
    return told.status < 0 ? told.status : TRUCE_OK;
}

std::vector<Transaction> record(Work work, unsigned thread)
{
    constexpr uint64_t transactions = 30;
    Random random(work.seed + thread);
    std::vector<Transaction> recorded;
    for (uint64_t i = 0; i < transactions; i++) {
        work.seed = random.next();
        const bool alone = random.below(3) != 0;
        Transaction transaction;
        transaction.thread = thread;
        transaction.index = i;
        transaction.began_ns = now_ns();
        const truce_status status = alone ? do_alone(work) : truce_run(nullptr, random_body, &work);
        transaction.ended_ns = now_ns();
        transaction.steps = work.steps;
        EXPECT_TRUE(status == TRUCE_OK || (status == TRUCE_USER_ROLL_BACK && !alone)) << truce_status_name(status);
        if (status == TRUCE_OK) recorded.push_back(transaction);
    }
    return recorded;
}

Order order_of_round(const Setting &setting, const Flavor &flavor, uint64_t seed)
{
    const Dict dict(flavor.keys, flavor.values);
    if (flavor.collide) truce_test_collide(dict);
    std::vector<std::vector<Transaction>> recorded(setting.threads);
    run_threads(setting.threads, [&](unsigned thread) {
        recorded[thread] = record({&setting, &flavor, dict, seed, {}}, thread);
    });
    History history;
    history.first.resize(1);
    history.last = {content(dict, flavor)};
    for (const std::vector<Transaction> &some : recorded) {
        std::copy(some.begin(), some.end(), std::back_inserter(history.transactions));
    }
    return find_order(history, states_max);
}

std::string name_of(const testing::TestParamInfo<Setting> &info)
{
    return info.param.name;
}

class AloneWithThreads : public testing::TestWithParam<Setting> {};

TEST_P(AloneWithThreads, HasAnOrder)
{
    const Setting setting = GetParam();
    const std::vector<Flavor> flavors = {{TRUCE_WORD, TRUCE_WORD, setting.collide},
                                         {TRUCE_BYTES, TRUCE_WORD, setting.collide},
                                         {TRUCE_BYTES, TRUCE_BYTES, setting.collide}};
    Random random(seed());
    const uint64_t end_ns = end_of_part_ns(7, 3.5);
    uint64_t rounds = 0;
    uint64_t unknown = 0;
    do {
        const Flavor &flavor = flavors[rounds % flavors.size()];
        const Order order = order_of_round(setting, flavor, random.next());
        ASSERT_NE(Order::none, order) << "round " << rounds << ", " << text(flavor);
        rounds++;
        if (order == Order::unknown) unknown++;
    } while (!HasFailure() && now_ns() < end_ns);
    EXPECT_LE(unknown * 20, rounds) << "the search gave up too often to show anything";
}

INSTANTIATE_TEST_SUITE_P(Threads, AloneWithThreads,
                         testing::Values(Setting{"HotWith2", 2, 3, false}, Setting{"HotWith3", 3, 3, false},
                                         Setting{"HotWith4", 4, 3, false}, Setting{"GrowingWith2", 2, 60, false},
                                         Setting{"GrowingWith3", 3, 60, false}, Setting{"CollidingWith3", 3, 12, true}),
                         name_of);

/* ---- while the dict grows ---- */

/* Whether a key that is there is found, alone or in a transaction of its own. Little else is done between two looks, so
 * that a thread which is stopped is likely stopped within one. */
bool is_found(truce_dict *dict, Word key, uint64_t how)
{
    truce_item value = truce_word(0);
    bool present = true;
    truce_status status = TRUCE_OK;
    switch (how % 8) {
    case 0:
        status = run([&](truce_tx *tx) { return truce_dict_get(tx, dict, truce_word(key), &value); });
        return status == TRUCE_OK && value.word == key;
    case 1:
        status = run([&](truce_tx *tx) { return truce_dict_contains(tx, dict, truce_word(key), &present); });
        return status == TRUCE_OK && present;
    case 2:
        status = truce_dict_contains(TRUCE_ALONE, dict, truce_word(key), &present);
        return status == TRUCE_OK && present;
    default:
        status = truce_dict_get(TRUCE_ALONE, dict, truce_word(key), &value);
        return status == TRUCE_OK && value.word == key;
    }
}

/* Keys that are there are found, also while their buckets are split. More threads than cores, so that some stop at the
 * worst places. */
TEST(Growth, HidesNothingThatIsThere)
{
    constexpr unsigned threads = 5;
    const Word keys = scaled(30000);
    const uint64_t first_seed = seed();
    const uint64_t end_ns = end_of_part_ns(7, 3.5);
    do {
        const Dict dict;
        std::atomic<Word> there{1};
        put(dict, 0, 0);
        run_threads(threads, [&](unsigned thread) {
            Random random(first_seed + thread);
            if (thread == 0) {
                for (Word key = 1; key < keys; key++) {
                    put(dict, key, static_cast<int64_t>(key));
                    there = key + 1;
                }
            } else {
                while (there != keys && !HasFailure()) EXPECT_TRUE(is_found(dict, random.below(there), random.next()));
            }
        });
    } while (!HasFailure() && now_ns() < end_ns);
}

} // namespace

} // namespace truce_test
