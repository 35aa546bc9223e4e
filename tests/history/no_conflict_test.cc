/* Transactions that observe nothing which others change are never run again: counted by the library's statistics and by
 * how often the bodies were started. Under whichever clock is in use. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/collide.h"
#include "support/handles.h"
#include "support/play.h"
#include "support/seed.h"

namespace truce_test {

namespace {

/* One thread's transactions, each of which must be started once. */
class Runs {
  public:
    /* Runs the body as a transaction. */
    template <class Body> void transaction(Body &&body)
    {
        transactions_++;
        const truce_status status = run([&](truce_tx *tx) {
            bodies_++;
            return body(tx);
        });
        EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
    }

    uint64_t again() const { return bodies_ - transactions_; }

  private:
    uint64_t transactions_ = 0;
    uint64_t bodies_ = 0;
};

/* Runs work(runs, thread) in threads and expects that not one body was started twice, and that nobody counted a
 * conflict. Returns how many observations had to be evaluated again because something else in their cell changed. */
template <class Work> uint64_t expect_no_conflict(unsigned threads, Work work)
{
    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    std::atomic<uint64_t> again{0};
    run_threads(threads, [&](unsigned thread) {
        Runs runs;
        work(runs, thread);
        again += runs.again();
    });
    truce_stats_process(&after);
    EXPECT_EQ(0u, again.load());
    EXPECT_EQ(0u, after.conflicts - before.conflicts);
    return after.slow_checks - before.slow_checks;
}

/* ---- independent keys ---- */

constexpr uint64_t keys_in_the_end = 1000000;

/* One thread's keys, which nobody else touches although they lie between those of the others, and what they hold. */
class Owner {
  public:
    Owner(truce_dict *dict, unsigned thread, unsigned threads, uint64_t seed)
        : dict_(dict), thread_(thread), threads_(threads), random_(seed + thread)
    {
    }

    /* Inserts the next key. */
    truce_status insert(truce_tx *tx)
    {
        TRUCE_NEED(set(tx, values_.size(), random_.next()));
        return TRUCE_OK;
    }

    /* Does something to a key that is there, and checks every answer. */
    truce_status use(truce_tx *tx)
    {
        const uint64_t number = random_.below(values_.size());
        const truce_item key = item(number);
        uint64_t &value = values_[number];
        truce_item answer;
        bool yes = false;
        switch (random_.below(8)) {
        case 0:
            TRUCE_NEED(truce_dict_contains(tx, dict_, key, &yes));
            EXPECT_TRUE(yes);
            return TRUCE_OK;
        case 1:
            value += 3;
            return truce_dict_add(tx, dict_, key, 3);
        case 2:
            return set(tx, number, random_.next());
        case 3:
            TRUCE_NEED(truce_dict_swap(tx, dict_, key, truce_word(value + 1), &answer));
            EXPECT_EQ(value, answer.word);
            value++;
            return TRUCE_OK;
        case 4:
            TRUCE_NEED(truce_dict_remove(tx, dict_, key, &yes));
            EXPECT_TRUE(yes);
            return set(tx, number, random_.next());
        case 5:
            EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict_, item(number + keys_in_the_end), &answer));
            return TRUCE_OK;
        default:
            TRUCE_NEED(truce_dict_get(tx, dict_, key, &answer));
            EXPECT_EQ(value, answer.word);
            return TRUCE_OK;
        }
    }

    /* Takes a key away in one transaction and puts it back in the next. */
    truce_status remove(truce_tx *tx, uint64_t number)
    {
        truce_item answer;
        TRUCE_NEED(truce_dict_pop(tx, dict_, item(number), &answer));
        EXPECT_EQ(values_[number], answer.word);
        return TRUCE_OK;
    }

    truce_status put_back(truce_tx *tx, uint64_t number)
    {
        truce_item now;
        bool was_present = true;
        TRUCE_NEED(truce_dict_get_or_set(tx, dict_, item(number), truce_word(values_[number]), &now, &was_present));
        EXPECT_FALSE(was_present);
        return TRUCE_OK;
    }

    uint64_t any_number() { return random_.below(values_.size()); }

    void expect_final_values() const
    {
        for (uint64_t number = 0; number < values_.size(); number++) {
            const auto value = static_cast<int64_t>(values_[number]);
            if (held(dict_, item(number).word) != value) ADD_FAILURE() << "key " << item(number).word;
        }
    }

  private:
    truce_item item(uint64_t number) const { return truce_word(number * threads_ + thread_); }

    truce_status set(truce_tx *tx, uint64_t number, uint64_t value)
    {
        values_.resize(std::max<uint64_t>(values_.size(), number + 1));
        values_[number] = value;
        return truce_dict_set(tx, dict_, item(number), truce_word(value));
    }

    truce_dict *const dict_;
    const unsigned thread_, threads_;
    Random random_;
    std::vector<uint64_t> values_; /* by number */
};

class IndependentKeys : public testing::TestWithParam<unsigned> {};

TEST_P(IndependentKeys, NeverConflictWhileTheDictGrows)
{
    const unsigned threads = GetParam();
    const uint64_t first_seed = seed();
    const uint64_t keys = scaled(keys_in_the_end) / threads;
    const uint64_t transactions_a_key = long_form() ? 10 : 1;
    const Dict dict;
    expect_no_conflict(threads, [&](Runs &runs, unsigned thread) {
        Owner owner(dict, thread, threads, first_seed);
        for (uint64_t i = 0; i < keys; i++) {
            runs.transaction([&](truce_tx *tx) {
                TRUCE_TRY(owner.insert(tx));
                TRUCE_TRY(owner.use(tx));
                return owner.use(tx);
            });
            for (uint64_t more = 1; more < transactions_a_key; more++) {
                runs.transaction([&](truce_tx *tx) {
                    TRUCE_TRY(owner.use(tx));
                    return owner.use(tx);
                });
            }
            if (i % 16 != 0) continue;
            const uint64_t number = owner.any_number();
            runs.transaction([&](truce_tx *tx) { return owner.remove(tx, number); });
            runs.transaction([&](truce_tx *tx) { return owner.put_back(tx, number); });
        }
        owner.expect_final_values();
    });
    EXPECT_EQ(keys * threads, length(dict));
}

INSTANTIATE_TEST_SUITE_P(With, IndependentKeys, testing::Values(2, 4, 8), testing::PrintToStringParamName());

/* ---- shared keys of which nothing is observed that changes ---- */

constexpr unsigned threads_of_shared = 4;

uint64_t rounds()
{
    return scaled(40000);
}

/* Somebody else's turn, now and then. */
void breathe(uint64_t i)
{
    if (i % 32 == 0) sched_yield();
}

/* A key that only this thread uses, beside the shared ones with small numbers. */
truce_item private_key(unsigned thread)
{
    return truce_word(100 + thread);
}

/* A dict in which all keys are neighbours. */
Dict colliding_dict()
{
    Dict dict;
    truce_test_collide(dict);
    return dict;
}

/* Runs a blind operation on key 0 in every thread. Each transaction also observes and changes a private key, so that it
 * has something to lose. */
template <class Blind> void expect_blind(truce_dict *dict, Blind blind)
{
    const uint64_t slow_checks = expect_no_conflict(threads_of_shared, [&](Runs &runs, unsigned thread) {
        for (uint64_t i = 0; i < rounds(); i++) {
            runs.transaction([&](truce_tx *tx) {
                truce_item mine;
                TRUCE_TRY(truce_dict_get(tx, dict, private_key(thread), &mine));
                TRUCE_NEED(blind(tx, thread, i));
                breathe(i);
                return truce_dict_set(tx, dict, private_key(thread), truce_word(mine.word + 1));
            });
        }
    });
    EXPECT_GT(slow_checks, 0u) << "nobody came between";
    for (unsigned thread = 0; thread < threads_of_shared; thread++) {
        EXPECT_EQ(static_cast<int64_t>(rounds()), held(dict, private_key(thread).word));
    }
}

/* A number that grows with i and that no other thread has. */
int64_t number_of(unsigned thread, uint64_t i)
{
    return static_cast<int64_t>(i * threads_of_shared + thread);
}

TEST(OneHotKey, AddsAddUp)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t) {
        return truce_dict_add(tx, dict, truce_word(0), thread + 1);
    });
    EXPECT_EQ(static_cast<int64_t>(rounds()) * (1 + 2 + 3 + 4), held(dict, 0));
}

TEST(OneHotKey, MaxKeepsTheLargest)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t i) {
        return truce_dict_max(tx, dict, truce_word(0), number_of(thread, i));
    });
    EXPECT_EQ(number_of(threads_of_shared - 1, rounds() - 1), held(dict, 0));
}

TEST(OneHotKey, MinKeepsTheSmallest)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t i) {
        return truce_dict_min(tx, dict, truce_word(0), -number_of(thread, i));
    });
    EXPECT_EQ(-number_of(threads_of_shared - 1, rounds() - 1), held(dict, 0));
}

TEST(OneHotKey, OrCollectsEveryBit)
{
    const Dict dict = colliding_dict();
    uint64_t all = 0;
    for (uint64_t i = 0; i < rounds(); i++) all |= uint64_t{1} << (i % 40);
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t i) {
        return truce_dict_or(tx, dict, truce_word(0), static_cast<int64_t>(uint64_t{1} << (i % 40) | uint64_t{1} << (40 + thread)));
    });
    EXPECT_EQ(static_cast<int64_t>(all | uint64_t{15} << 40), held(dict, 0));
}

TEST(OneHotKey, AndKeepsWhatAllHave)
{
    const Dict dict = colliding_dict();
    put(dict, 0, -1);
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t) {
        return truce_dict_and(tx, dict, truce_word(0), static_cast<int64_t>(~(uint64_t{1} << thread)));
    });
    EXPECT_EQ(~int64_t{15}, held(dict, 0));
}

truce_item add_in_another_way(truce_item now, truce_item operand)
{
    return truce_word((now.kind == TRUCE_NONE ? 7 : now.word) + operand.word);
}

TEST(OneHotKey, ApplyIsAppliedOnceForEachCommit)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned, uint64_t) {
        return truce_dict_apply(tx, dict, truce_word(0), add_in_another_way, truce_word(2));
    });
    EXPECT_EQ(7 + 2 * static_cast<int64_t>(rounds()) * threads_of_shared, held(dict, 0));
}

TEST(OneHotKey, TheLastSetStays)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t i) {
        return truce_dict_set(tx, dict, truce_word(0), truce_signed(number_of(thread, i)));
    });
    std::vector<int64_t> last;
    for (unsigned thread = 0; thread < threads_of_shared; thread++) last.push_back(number_of(thread, rounds() - 1));
    EXPECT_TRUE(std::count(last.begin(), last.end(), held(dict, 0)) == 1) << held(dict, 0);
}

TEST(OneHotKey, BlindSetsAndRemoves)
{
    const Dict dict = colliding_dict();
    expect_blind(dict, [&](truce_tx *tx, unsigned thread, uint64_t i) {
        const bool sets = i % 3 == 0 && i + 1 < rounds();
        return sets ? truce_dict_set(tx, dict, truce_word(0), truce_word(thread))
                    : truce_dict_remove(tx, dict, truce_word(0), nullptr);
    });
    EXPECT_EQ(-1, held(dict, 0)) << "every thread ended with a remove";
}

/* Even threads change the dict with `change`; odd ones observe it with `observe`, and have a change of their own. None
 * may be run again. Returns the number of slow checks. */
using Part = std::function<truce_status(truce_tx *, truce_dict *, unsigned thread, uint64_t i)>;

uint64_t expect_undisturbed(truce_dict *dict, const Part &change, const Part &observe)
{
    const uint64_t slow_checks = expect_no_conflict(threads_of_shared, [&](Runs &runs, unsigned thread) {
        for (uint64_t i = 0; i < rounds(); i++) {
            runs.transaction([&](truce_tx *tx) {
                if (thread % 2 == 0) return change(tx, dict, thread, i);
                TRUCE_TRY(observe(tx, dict, thread, i));
                breathe(i);
                return truce_dict_add(tx, dict, private_key(thread), 1);
            });
        }
    });
    EXPECT_EQ(static_cast<int64_t>(rounds()), held(dict, private_key(1).word));
    return slow_checks;
}

/* Key 0 to 3 are there, 4 to 7 are not; the private keys of all threads are there. */
Dict neighbours()
{
    Dict dict = colliding_dict();
    for (uint64_t key = 0; key < 4; key++) put(dict, key, 1);
    for (unsigned thread = 0; thread < threads_of_shared; thread++) put(dict, private_key(thread).word, 0);
    return dict;
}

truce_status come_and_go(truce_tx *tx, truce_dict *dict, unsigned thread, uint64_t i)
{
    const truce_item key = truce_word(200 + 2 * thread + i / 2 % 2);
    return i % 2 == 0 ? truce_dict_set(tx, dict, key, truce_word(i)) : truce_dict_remove(tx, dict, key, nullptr);
}

TEST(Undisturbed, OtherKeysOfTheBucket)
{
    const Dict dict = neighbours();
    const auto observe = [](truce_tx *tx, truce_dict *d, unsigned, uint64_t i) -> truce_status {
        bool present = false;
        truce_item value;
        TRUCE_NEED(truce_dict_contains(tx, d, truce_word(i % 4), &present));
        EXPECT_TRUE(present);
        TRUCE_NEED(truce_dict_contains(tx, d, truce_word(4 + i % 4), &present));
        EXPECT_FALSE(present);
        TRUCE_NEED(truce_dict_get(tx, d, truce_word((i + 1) % 4), &value));
        EXPECT_EQ(1u, value.word);
        EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, d, truce_word(4 + (i + 1) % 4), &value));
        return TRUCE_OK;
    };
    EXPECT_GT(expect_undisturbed(dict, come_and_go, observe), 0u) << "nobody came between";
}

TEST(Undisturbed, PredicatesThatStayTrue)
{
    const Dict dict = neighbours();
    const auto observe = [](truce_tx *tx, truce_dict *d, unsigned, uint64_t) -> truce_status {
        bool enough = false, many = true, empty = true;
        TRUCE_NEED(truce_dict_len_at_least(tx, d, 8, &enough));
        TRUCE_NEED(truce_dict_len_at_least(tx, d, 1000, &many));
        TRUCE_NEED(truce_dict_is_empty(tx, d, &empty));
        EXPECT_TRUE(enough && !many && !empty);
        return TRUCE_OK;
    };
    EXPECT_GT(expect_undisturbed(dict, come_and_go, observe), 0u) << "nobody came between";
}

TEST(Undisturbed, ContainsAndTheKeySetByOtherValues)
{
    const Dict dict = neighbours();
    const auto overwrite = [](truce_tx *tx, truce_dict *d, unsigned thread, uint64_t i) {
        TRUCE_NEED(truce_dict_add(tx, d, truce_word(0), 1));
        return truce_dict_set(tx, d, truce_word(i % 4), truce_signed(number_of(thread, i)));
    };
    const auto observe = [](truce_tx *tx, truce_dict *d, unsigned, uint64_t i) -> truce_status {
        bool present = false;
        size_t count = 0;
        TRUCE_NEED(truce_dict_contains(tx, d, truce_word(i % 4), &present));
        EXPECT_TRUE(present);
        const auto visit = [](void *context, truce_item, truce_item) -> truce_status {
            ++*static_cast<size_t *>(context);
            return TRUCE_OK;
        };
        TRUCE_NEED(truce_dict_each_key(tx, d, visit, &count));
        EXPECT_EQ(4u + threads_of_shared, count);
        return TRUCE_OK;
    };
    EXPECT_GT(expect_undisturbed(dict, overwrite, observe), 0u) << "nobody came between";
}

TEST(Undisturbed, LenByTransactionsThatKeepIt)
{
    const Dict dict = neighbours();
    for (unsigned thread = 0; thread < threads_of_shared; thread += 2) put(dict, 200 + 2 * thread, 1);
    const size_t len = length(dict);
    const auto replace_one = [](truce_tx *tx, truce_dict *d, unsigned thread, uint64_t i) {
        const uint64_t first = 200 + 2 * thread;
        TRUCE_NEED(truce_dict_remove(tx, d, truce_word(first + i % 2), nullptr));
        return truce_dict_set(tx, d, truce_word(first + (i + 1) % 2), truce_word(1));
    };
    const auto observe = [len](truce_tx *tx, truce_dict *d, unsigned, uint64_t) -> truce_status {
        size_t now = 0;
        TRUCE_NEED(truce_dict_len(tx, d, &now));
        EXPECT_EQ(len, now);
        return TRUCE_OK;
    };
    expect_undisturbed(dict, replace_one, observe);
}

TEST(Undisturbed, ValuesByEqualOnes)
{
    const Dict dict = neighbours();
    const auto change_nothing = [](truce_tx *tx, truce_dict *d, unsigned, uint64_t i) -> truce_status {
        TRUCE_NEED(truce_dict_set(tx, d, truce_word(1), truce_word(9)));
        TRUCE_NEED(truce_dict_set(tx, d, truce_word(1), truce_word(1)));
        TRUCE_NEED(truce_dict_max(tx, d, truce_word(2), -1));
        TRUCE_NEED(truce_dict_add(tx, d, truce_word(3), 0));
        return truce_dict_remove(tx, d, truce_word(4 + i % 4), nullptr);
    };
    const auto observe = [](truce_tx *tx, truce_dict *d, unsigned, uint64_t i) -> truce_status {
        truce_item value;
        TRUCE_NEED(truce_dict_get(tx, d, truce_word(i % 4), &value));
        EXPECT_EQ(1u, value.word);
        EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, d, truce_word(4 + i % 4), &value));
        bool replaced = false;
        TRUCE_NEED(truce_dict_replace(tx, d, truce_word(i % 4), truce_word(2), truce_word(3), &replaced));
        EXPECT_FALSE(replaced);
        return TRUCE_OK;
    };
    expect_undisturbed(dict, change_nothing, observe);
}

/* ---- one observation ---- */

constexpr Word keys_of_one = 24;

truce_status observe_once(truce_tx *tx, truce_dict *dict, Verb verb, Word key)
{
    if (verb != Verb::get_many) {
        const truce_status status = play(tx, dict, Flavor(), Op{verb, key, keys_of_one / 4}).status;
        return status < 0 ? status : TRUCE_OK;
    }
    truce_item keys[keys_of_one], values[keys_of_one];
    for (Word k = 0; k < keys_of_one; k++) keys[k] = truce_word(k);
    return truce_dict_get_many(tx, dict, keys, keys_of_one, values);
}

class OneObservation : public testing::TestWithParam<Verb> {};

/* An operation that hasn't answered has observed nothing: it starts over, not the transaction. So a transaction that
 * asks only one thing is never run again, whatever others change meanwhile. */
TEST_P(OneObservation, IsNeverRunAgain)
{
    const uint64_t first_seed = seed();
    for (const bool collide : {false, true}) {
        const Dict dict;
        if (collide) truce_test_collide(dict);
        expect_no_conflict(threads_of_shared, [&](Runs &runs, unsigned thread) {
            Random random(first_seed + thread);
            for (uint64_t i = 0; i < rounds(); i++) {
                const Word key = random.below(keys_of_one);
                if (thread % 2 == 1) {
                    runs.transaction([&](truce_tx *tx) { return observe_once(tx, dict, GetParam(), key); });
                } else if (random.one_in(2)) {
                    put(dict, key, static_cast<int64_t>(i));
                } else {
                    drop(dict, key);
                }
            }
        });
    }
}

std::string name_of(const testing::TestParamInfo<Verb> &info)
{
    const bool some = info.param == Verb::each_some || info.param == Verb::each_key_some;
    return std::string(name(info.param)) + (some ? "_stopped" : "");
}

INSTANTIATE_TEST_SUITE_P(Of, OneObservation,
                         testing::Values(Verb::get, Verb::get_many, Verb::copy, Verb::contains, Verb::len,
                                         Verb::len_at_least, Verb::is_empty, Verb::each, Verb::each_some,
                                         Verb::each_key, Verb::each_key_some),
                         name_of);

} // namespace

} // namespace truce_test
