/* Counters and vars under threads: adds never conflict and none is lost, bounds are kept, a sum is of one instant, and
 * stripes appear where threads meet. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <atomic>
#include <mutex>
#include <set>

#include "history/harness.h"
#include "support/counter_var.h"
#include "support/handles.h"
#include "support/seed.h"
#include "support/stripes.h"

namespace truce_test {

namespace {

constexpr unsigned threads = 8;

/* Runs work(thread) in threads and expects that no attempt ended in a conflict. */
template <class Work> void expect_no_conflict(Work work)
{
    truce_stats before = TRUCE_STATS_INIT;
    truce_stats after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    run_threads(threads, work);
    truce_stats_process(&after);
    EXPECT_EQ(0u, after.conflicts - before.conflicts);
}

template <class Body> void commit(Body &&body)
{
    const truce_status status = run(body);
    EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
}

uint64_t adds_a_thread()
{
    return scaled(long_form() ? 1000000 : 160000) / threads;
}

TEST(CounterThreads, AddsNeverConflictAndNoneIsLost)
{
    const Counter alone, together, both[2];
    const Var var;
    const uint64_t adds = adds_a_thread();
    expect_no_conflict([&](unsigned thread) {
        for (uint64_t i = 0; i < adds; i++) {
            if (i % 2 == 0) {
                EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, alone, 2));
                continue;
            }
            commit([&](truce_tx *tx) -> truce_status {
                TRUCE_NEED(truce_counter_add(tx, together, static_cast<int64_t>(thread)));
                TRUCE_NEED(truce_counter_add(tx, both[i / 2 % 2], 1));
                TRUCE_NEED(truce_counter_add(tx, together, -1));
                TRUCE_NEED(truce_var_add(tx, var, 1));
                return truce_counter_add(tx, both[(i / 2 + 1) % 2], -1);
            });
        }
    });
    const auto half = static_cast<int64_t>(adds / 2);
    EXPECT_EQ(static_cast<int64_t>(threads * ((adds + 1) / 2) * 2), sum_of(alone));
    EXPECT_EQ(half * (28 - static_cast<int64_t>(threads)), sum_of(together)) << "28 is 0 + 1 + ... + 7";
    EXPECT_EQ(0, sum_of(both[0]) + sum_of(both[1]));
    truce_item value;
    EXPECT_EQ(TRUCE_OK, truce_var_get(TRUCE_ALONE, var, &value));
    EXPECT_EQ(half * threads, truce_as_signed(value));
}

TEST(CounterThreads, TakingFromPlentyNeverConflicts)
{
    const uint64_t adds = adds_a_thread() / 2;
    const Counter counter(static_cast<int64_t>(2 * adds * threads)), others;
    expect_no_conflict([&](unsigned) {
        for (uint64_t i = 0; i < adds; i++) {
            commit([&](truce_tx *tx) -> truce_status {
                bool done = false, enough = false;
                TRUCE_NEED(truce_counter_at_least(tx, counter, 1, &enough));
                TRUCE_NEED(truce_counter_try_add(tx, counter, -1, 0, INT64_MAX, &done));
                EXPECT_TRUE(done && enough);
                return truce_counter_add(tx, others, 1);
            });
        }
    });
    EXPECT_EQ(static_cast<int64_t>(adds * threads), sum_of(counter));
    EXPECT_EQ(static_cast<int64_t>(adds * threads), sum_of(others));
}

/* Each takes from what there is until there is nothing left: in the end all of it was taken, by somebody, once. */
TEST(CounterThreads, WhatThereIsIsTakenOnce)
{
    const auto there = static_cast<int64_t>(scaled(20000));
    const Counter left(there);
    std::atomic<int64_t> taken{0};
    run_threads(threads, [&](unsigned thread) {
        int64_t mine = 0;
        for (bool done = true; done;) {
            if (thread % 2 == 0) {
                EXPECT_EQ(TRUCE_OK, truce_counter_try_add(TRUCE_ALONE, left, -1, 0, INT64_MAX, &done));
            } else {
                commit([&](truce_tx *tx) { return truce_counter_try_add(tx, left, -1, 0, INT64_MAX, &done); });
            }
            mine += done;
        }
        taken += mine;
    });
    EXPECT_EQ(there, taken.load());
    EXPECT_EQ(0, sum_of(left));
}

TEST(CounterThreads, BoundsAreKept)
{
    constexpr int64_t min = -3, max = 4;
    const uint64_t rounds = scaled(40000) / threads;
    const Counter counter;
    const uint64_t first_seed = seed();
    std::atomic<int64_t> added{0};
    run_threads(threads, [&](unsigned thread) {
        Random random(first_seed + thread);
        int64_t mine = 0;
        for (uint64_t i = 0; i < rounds; i++) {
            const auto delta = static_cast<int64_t>(random.below(7)) - 3;
            int64_t done_in_all = 0;
            commit([&](truce_tx *tx) -> truce_status {
                bool done = false, again = false;
                int64_t sum = 0;
                TRUCE_NEED(truce_counter_try_add(tx, counter, delta, min, max, &done));
                if (i % 3 == 0) TRUCE_NEED(truce_counter_try_add(tx, counter, -delta, min, max, &again));
                if (i % 5 == 0) {
                    TRUCE_NEED(truce_counter_get(tx, counter, &sum));
                    EXPECT_TRUE(min <= sum && sum <= max) << sum;
                }
                done_in_all = (done ? delta : 0) - (again ? delta : 0);
                return TRUCE_OK;
            });
            mine += done_in_all;
            const int64_t now = sum_of(counter);
            EXPECT_TRUE(min <= now && now <= max) << now;
        }
        added += mine;
    });
    EXPECT_EQ(added.load(), sum_of(counter));
}

/* What is taken from one is put into the other: every body, also of an attempt that won't commit, sees all of it. */
void expect_one_instant(bool striped)
{
    constexpr int64_t all = 1000;
    const uint64_t rounds = scaled(long_form() ? 2400000 : 120000) / threads;
    const Counter from(all), to, checks;
    const Var last(var_options(TRUCE_WORD, truce_signed(all)));
    if (striped) {
        truce_test_spread(from);
        truce_test_spread(to);
    }
    run_threads(threads, [&](unsigned thread) {
        for (uint64_t i = 0; i < rounds; i++) {
            commit([&](truce_tx *tx) -> truce_status {
                const auto amount = static_cast<int64_t>(i % 7);
                int64_t a = 0, b = 0;
                truce_item held;
                if (thread % 2 == 0) {
                    TRUCE_NEED(truce_counter_add(tx, from, -amount));
                    TRUCE_NEED(truce_var_add(tx, last, -amount));
                    return truce_counter_add(tx, to, amount);
                }
                TRUCE_NEED(truce_counter_get(tx, from, &a));
                if (i % 4 == 0) sched_yield();
                TRUCE_NEED(truce_counter_get(tx, to, &b));
                EXPECT_EQ(all, a + b);
                TRUCE_NEED(truce_var_get(tx, last, &held));
                EXPECT_EQ(a, truce_as_signed(held));
                return i % 2 == 0 ? truce_counter_add(tx, checks, 1) : TRUCE_OK;
            });
            EXPECT_LE(sum_of(from), all);
        }
    });
    EXPECT_EQ(all, sum_of(from) + sum_of(to));
    EXPECT_EQ(static_cast<int64_t>(threads / 2 * ((rounds + 1) / 2)), sum_of(checks));
}

TEST(CounterThreads, ASumIsOfOneInstant)
{
    expect_one_instant(false);
}

TEST(CounterThreads, ASumOfStripesIsOfOneInstant)
{
    expect_one_instant(true);
}

/* An operation alone sees everything that was added before it began. */
TEST(CounterThreads, AloneASumNeverGoesBack)
{
    const uint64_t rounds = scaled(40000) / threads;
    const Counter counter;
    truce_test_spread(counter);
    run_threads(threads, [&](unsigned thread) {
        int64_t before = 0;
        for (uint64_t i = 0; i < rounds; i++) {
            if (thread % 2 == 0) {
                EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter, 1));
                continue;
            }
            const int64_t now = sum_of(counter);
            EXPECT_LE(before, now);
            before = now;
        }
    });
    EXPECT_EQ(static_cast<int64_t>(rounds * threads / 2), sum_of(counter));
}

/* ---- stripes ---- */

/* Of eight numbers of threads, with at most one left out between them, four are different modulo four stripes. */
TEST(CounterStripes, AreOfDifferentThreadsAndOnLinesOfTheirOwn)
{
    const Counter counter;
    std::mutex turns;
    std::set<uintptr_t> parts;
    std::atomic<unsigned> begun{0}, done{0};
    run_threads(threads, [&](unsigned number) {
        EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter, 1)); /* the library knows the thread */
        for (++begun; begun < threads;) sched_yield();
        if (number == 0) truce_test_spread(counter);
        while (!truce_test_has_stripes(counter)) sched_yield();
        {
            const std::lock_guard<std::mutex> turn(turns);
            parts.insert(truce_test_part_of(counter));
        }
        for (++done; done < threads;) sched_yield(); /* nobody gets the number of one that ended */
    });
    EXPECT_EQ(0u, parts.count(0));
    EXPECT_EQ(static_cast<size_t>(threads), parts.size());
    uintptr_t before = 0;
    for (const uintptr_t part : parts) {
        EXPECT_GE(part - before, 128u);
        before = part;
    }
}

TEST(CounterStripes, DontAppearWhereThreadsDontMeet)
{
    const uint64_t rounds = scaled(20000) / threads;
    const Counter counter;
    std::mutex turns;
    run_threads(threads, [&](unsigned) {
        for (uint64_t i = 0; i < rounds; i++) {
            const std::lock_guard<std::mutex> turn(turns);
            EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter, 1));
        }
    });
    EXPECT_FALSE(truce_test_has_stripes(counter));
    EXPECT_EQ(static_cast<int64_t>(rounds * threads), sum_of(counter));
}

TEST(CounterStripes, AppearWhereTheyDo)
{
    const Counter counter;
    std::atomic<int64_t> added{0};
    const uint64_t end_ns = now_ns() + uint64_t{20} * 1000000000;
    run_threads(threads, [&](unsigned) {
        int64_t mine = 0;
        while (!truce_test_has_stripes(counter) && now_ns() < end_ns) {
            for (int i = 0; i < 1000; i++) EXPECT_EQ(TRUCE_OK, truce_counter_add(TRUCE_ALONE, counter, 1));
            mine += 1000;
        }
        added += mine;
    });
    EXPECT_TRUE(truce_test_has_stripes(counter));
    EXPECT_EQ(added.load(), sum_of(counter));
}

} // namespace

} // namespace truce_test
