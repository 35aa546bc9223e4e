/* What a transaction leaves to be done: delayed actions, retired memory, and what the statistics count. */
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/actor.h"
#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD}, k2 = {2, 0, TRUCE_WORD};
const truce_item too_large = truce_bytes("", SIZE_MAX);

/* An action that writes its name down. */
struct Named {
    std::string *log;
    char name;
};

void write_down(void *context)
{
    const Named &named = *static_cast<Named *>(context);
    *named.log += named.name;
}

class Actions : public testing::Test {
  protected:
    void on_commit(truce_tx *tx, Named &named) { EXPECT_EQ(TRUCE_OK, truce_on_commit(tx, write_down, &named)); }
    void on_abort(truce_tx *tx, Named &named) { EXPECT_EQ(TRUCE_OK, truce_on_abort(tx, write_down, &named)); }

    void register_all(truce_tx *tx)
    {
        on_commit(tx, a);
        on_abort(tx, x);
        on_commit(tx, b);
        on_abort(tx, y);
        on_commit(tx, c);
        on_abort(tx, z);
    }

    Dict dict, texts{TRUCE_BYTES, TRUCE_BYTES};
    std::string log;
    Named a{&log, 'a'}, b{&log, 'b'}, c{&log, 'c'}, x{&log, 'x'}, y{&log, 'y'}, z{&log, 'z'};
};

TEST_F(Actions, OnCommitInOrder)
{
    Tx tx;
    register_all(tx);
    EXPECT_EQ("", log);
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, k1));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ("abc", log);
    tx.end();
    EXPECT_EQ("abc", log);
}

TEST_F(Actions, OnCommitWithoutEffectsToo)
{
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  register_all(tx);
                  return TRUCE_OK;
              }));
    EXPECT_EQ("abc", log);
}

TEST_F(Actions, OnAbortInReverseOrderHoweverItEnds)
{
    Tx tx;
    register_all(tx);
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ("zyx", log);
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ("zyx", log);

    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    register_all(tx);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, too_large));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ("zyxzyx", log);

    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    register_all(tx);
    tx.end();
    EXPECT_EQ("zyxzyxzyx", log);

    EXPECT_EQ(TRUCE_USER_ROLL_BACK, run([&](truce_tx *inside) -> truce_status {
                  register_all(inside);
                  return TRUCE_USER_ROLL_BACK;
              }));
    EXPECT_EQ("zyxzyxzyxzyx", log);
}

TEST_F(Actions, AreOfOneAttempt)
{
    int calls = 0;
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  truce_item value;
                  if (++calls == 1) {
                      register_all(tx);
                      EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, k1, &value));
                      put(dict, 1, 5);
                      return truce_dict_set(tx, dict, k2, k2);
                  }
                  EXPECT_EQ("zyx", log);
                  on_commit(tx, b);
                  return TRUCE_OK;
              }));
    EXPECT_EQ("zyxb", log);
}

/* They run after the commit and outside locks: its effects are there, and may be changed. */
TEST_F(Actions, MayRunTransactions)
{
    struct Context {
        truce_dict *dict;
        int64_t found;
    } context{dict, 0};
    const auto look_and_add = [](void *given) {
        Context &ctx = *static_cast<Context *>(given);
        ctx.found = held(ctx.dict, 1);
        EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_add(tx, ctx.dict, k1, 1); }));
    };
    Tx tx;
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(10)));
    EXPECT_EQ(TRUCE_OK, truce_on_commit(tx, look_and_add, &context));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(10, context.found);
    EXPECT_EQ(11, held(dict, 1));

    Tx undone;
    EXPECT_EQ(TRUCE_OK, truce_dict_set(undone, dict, k1, truce_word(99)));
    EXPECT_EQ(TRUCE_OK, truce_on_abort(undone, look_and_add, &context));
    EXPECT_EQ(TRUCE_OK, truce_abort(undone));
    EXPECT_EQ(11, context.found);
    EXPECT_EQ(12, held(dict, 1));
}

TEST_F(Actions, ThousandsOfThem)
{
    std::vector<int> called;
    struct Numbered {
        std::vector<int> *called;
        int number;
    };
    std::vector<Numbered> contexts;
    for (int i = 0; i < 5000; ++i) contexts.push_back({&called, i});
    Tx tx;
    for (Numbered &numbered : contexts) {
        const auto action = [](void *given) {
            Numbered &n = *static_cast<Numbered *>(given);
            n.called->push_back(n.number);
        };
        EXPECT_EQ(TRUCE_OK, truce_on_commit(tx, action, &numbered));
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    ASSERT_EQ(5000u, called.size());
    for (int i = 0; i < 5000; ++i) EXPECT_EQ(i, called[static_cast<size_t>(i)]);
}

TEST_F(Actions, Alone)
{
    on_commit(TRUCE_ALONE, a);
    EXPECT_EQ("a", log);
    on_abort(TRUCE_ALONE, x);
    EXPECT_EQ("a", log);
}

TEST_F(Actions, OfAnInnerTransactionDontWaitForTheOuterOne)
{
    EXPECT_EQ(TRUCE_USER_ROLL_BACK, run([&](truce_tx *outer) -> truce_status {
                  on_commit(outer, a);
                  on_abort(outer, x);
                  EXPECT_EQ(TRUCE_OK, run([&](truce_tx *inner) -> truce_status {
                                on_commit(inner, b);
                                on_abort(inner, y);
                                return TRUCE_OK;
                            }));
                  EXPECT_EQ("b", log);
                  return TRUCE_USER_ROLL_BACK;
              }));
    EXPECT_EQ("bx", log);
}

class Retired : public testing::Test {
  protected:
    static void count(void *pointer, void *context)
    {
        EXPECT_EQ(pointer, context);
        ++*static_cast<int *>(pointer);
    }
    void retire(truce_tx *tx) { EXPECT_EQ(TRUCE_OK, truce_retire(tx, &released, count, &released)); }

    Dict dict;
    int released = 0;
};

TEST_F(Retired, AfterTheCommitOnceNobodyElseIsOpen)
{
    Tx tx;
    retire(tx);
    truce_collect();
    EXPECT_EQ(0, released);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    tx.end();
    truce_collect();
    EXPECT_EQ(1, released);
    truce_collect();
    EXPECT_EQ(1, released);
}

TEST_F(Retired, NotBeforeEveryTransactionOpenAtTheCommitHasEnded)
{
    Actor reader(dict);
    EXPECT_EQ(absent, reader.get(1));
    std::vector<Tx> idle(3);
    Tx tx;
    retire(tx);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    tx.end();
    Tx later;
    for (Tx &one : idle) {
        truce_collect();
        EXPECT_EQ(0, released);
        one.end();
    }
    for (int i = 0; i < 1000; ++i) put(dict, 5, i);
    truce_collect();
    EXPECT_EQ(0, released);
    EXPECT_EQ(TRUCE_OK, reader.commit());
    EXPECT_EQ(TRUCE_OK, truce_abort(later));
    truce_collect();
    EXPECT_EQ(1, released);
}

TEST_F(Retired, NotWhenTheAttemptAborts)
{
    {
        Tx tx;
        retire(tx);
        EXPECT_EQ(TRUCE_OK, truce_again(tx));
        retire(tx);
        EXPECT_EQ(TRUCE_OK, truce_abort(tx));
        EXPECT_EQ(TRUCE_OK, truce_again(tx));
        EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    }
    truce_collect();
    EXPECT_EQ(0, released);
}

TEST_F(Retired, Alone)
{
    {
        Tx open;
        retire(TRUCE_ALONE);
        truce_collect();
        EXPECT_EQ(0, released);
    }
    truce_collect();
    EXPECT_EQ(1, released);
}

TEST_F(Retired, ThousandsAreReleasedWithoutBeingAskedFor)
{
    for (int i = 0; i < 100000; ++i) {
        Tx tx;
        retire(tx);
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    EXPECT_GT(released, 90000);
    truce_collect();
    EXPECT_EQ(100000, released);
}

class Stats : public testing::Test {
  protected:
    static truce_stats now()
    {
        truce_stats stats = TRUCE_STATS_INIT;
        truce_stats_thread(&stats);
        return stats;
    }

    Dict dict, texts{TRUCE_BYTES, TRUCE_BYTES};
};

TEST_F(Stats, AttemptsAndHowTheyEnd)
{
    const truce_stats before = now();
    for (int i = 0; i < 7; ++i) {
        EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_add(tx, dict, k1, 1); }));
    }
    int calls = 0;
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  truce_item value;
                  TRUCE_NEED(truce_dict_get(tx, dict, k1, &value));
                  if (++calls <= 4) {
                      TRUCE_NEED(run([&](truce_tx *inner) { return truce_dict_add(inner, dict, k1, 1); }));
                  }
                  return truce_dict_set(tx, dict, k2, value);
              }));
    EXPECT_EQ(TRUCE_USER_ROLL_BACK, run([](truce_tx *) -> truce_status { return TRUCE_USER_ROLL_BACK; }));
    {
        Tx aborted, ended, failed;
        EXPECT_EQ(TRUCE_OK, truce_abort(aborted));
        EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(failed, texts, too_large, too_large));
    }
    const truce_stats after = now();
    EXPECT_EQ(7u + 1 + 4, after.commits - before.commits);
    EXPECT_EQ(4u, after.conflicts - before.conflicts);
    EXPECT_EQ(3u, after.user_aborts - before.user_aborts);
    EXPECT_EQ(1u, after.other_aborts - before.other_aborts);
    EXPECT_EQ(0u, after.memory_aborts - before.memory_aborts);
    EXPECT_EQ(7u + 5 + 4 + 1 + 3, after.attempts - before.attempts);
}

TEST_F(Stats, WhatAConflictFreeCrowdCosts)
{
    for (uint64_t key = 0; key < 100; ++key) put(dict, key, 0);
    const truce_stats before = now();
    for (uint64_t key = 0; key < 100; ++key) {
        EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_add(tx, dict, truce_word(key), 1); }));
    }
    const truce_stats after = now();
    EXPECT_EQ(0u, after.conflicts - before.conflicts);
    EXPECT_EQ(0u, after.lock_waits - before.lock_waits);
    EXPECT_EQ(0u, after.commit_restarts - before.commit_restarts);
    EXPECT_EQ(0u, after.slow_checks - before.slow_checks);
    EXPECT_EQ(0u, after.extensions - before.extensions);
}

/* A change that changes nothing makes no new version: whoever observed the key isn't even asked to look again. */
TEST_F(Stats, AnEqualValueIsNoChange)
{
    Dict elsewhere;
    put(dict, 1, 5);
    EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, texts, truce_text("key"), truce_text("value")));
    Actor t0(dict);
    truce_item value;
    EXPECT_EQ(5, t0.get(1));
    EXPECT_FALSE(t0.contains(2));
    EXPECT_EQ(TRUCE_OK, truce_dict_get(t0.tx(), texts, truce_text("key"), &value));
    t0.on(elsewhere);
    t0.set(1, 1);
    const truce_stats before = now();
    put(dict, 1, 5);
    drop(dict, 2);
    EXPECT_EQ(TRUCE_OK, truce_dict_add(TRUCE_ALONE, dict, k1, 0));
    EXPECT_EQ(TRUCE_OK, truce_dict_max(TRUCE_ALONE, dict, k1, 3));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, texts, truce_text("key"), truce_text("value")));
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(6)));
                  TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(5)));
                  TRUCE_NEED(truce_dict_set(tx, dict, k2, k2));
                  TRUCE_NEED(truce_dict_remove(tx, dict, k2, nullptr));
                  return truce_dict_set(tx, texts, truce_text("key"), truce_text("value"));
              }));
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(before.slow_checks, now().slow_checks);
    EXPECT_EQ(before.conflicts, now().conflicts);
}

TEST_F(Stats, SlowChecksExtensionsAndGrowth)
{
    put(dict, 1, 1);
    const truce_stats before = now();
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(1));
    put(dict, 1, 2);
    put(dict, 1, 1);
    put(dict, 2, 2);
    EXPECT_EQ(2, t0.get(2));
    t0.set(3, 3);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    for (uint64_t key = 0; key < 1000; ++key) put(dict, key, 1);
    for (uint64_t key = 0; key < 1000; ++key) drop(dict, key);
    EXPECT_EQ(TRUCE_OK, truce_retire(
                            TRUCE_ALONE, &dict, [](void *, void *) {}, nullptr));
    truce_collect();
    const truce_stats after = now();
    EXPECT_GT(after.slow_checks, before.slow_checks);
    EXPECT_GT(after.extensions, before.extensions);
    EXPECT_GT(after.clock_moves, before.clock_moves);
    EXPECT_GT(after.growth_steps, before.growth_steps + 50);
    EXPECT_GT(after.retired, before.retired);
    EXPECT_EQ(after.retired, after.released);
}

TEST_F(Stats, AShorterStructGetsItsPartOnly)
{
    truce_stats stats = TRUCE_STATS_INIT;
    stats.size = offsetof(truce_stats, commits);
    stats.commits = 12345;
    truce_stats_process(&stats);
    EXPECT_GT(stats.attempts, 0u);
    EXPECT_EQ(12345u, stats.commits);
    EXPECT_EQ(offsetof(truce_stats, commits), stats.size);
}

TEST_F(Stats, TheProcessHasAtLeastTheThreads)
{
    put(dict, 1, 1);
    truce_stats process = TRUCE_STATS_INIT;
    const truce_stats thread = now();
    truce_stats_process(&process);
    EXPECT_GE(process.attempts, thread.attempts);
    EXPECT_GE(process.commits, thread.commits);
    EXPECT_GE(process.retired, thread.retired);
}

} // namespace
