/* Threads and transactions: threads that come and go, that end in the middle of a transaction, and that are stopped. */
#include <pthread.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD};

void count_up(void *counter)
{
    ++*static_cast<std::atomic<int> *>(counter);
}

/* Runs in a thread of its own that may be left by pthread_exit; cancelled as soon as `cancel` is true, if given. */
void in_a_thread(std::function<void()> body, const std::atomic<bool> *cancel = nullptr)
{
    pthread_t thread;
    const auto start = [](void *given) -> void * {
        (*static_cast<std::function<void()> *>(given))();
        return nullptr;
    };
    ASSERT_EQ(0, pthread_create(&thread, nullptr, start, &body));
    if (cancel != nullptr) {
        while (!*cancel) std::this_thread::yield();
        ASSERT_EQ(0, pthread_cancel(thread));
    }
    void *result = nullptr;
    ASSERT_EQ(0, pthread_join(thread, &result));
    EXPECT_EQ(cancel != nullptr, result == PTHREAD_CANCELED);
}

class Threads : public testing::Test {
  protected:
    truce_status change_and(truce_tx *tx, const std::function<void()> &then)
    {
        TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(99)));
        TRUCE_NEED(truce_on_abort(tx, count_up, &aborted));
        TRUCE_NEED(truce_on_commit(tx, count_up, &committed));
        then();
        return TRUCE_OK;
    }

    /* Nothing is left of the attempt: no effect, no lock, nothing that keeps memory from being released. */
    void expect_clean(int aborts)
    {
        EXPECT_EQ(aborts, aborted);
        EXPECT_EQ(0, committed);
        EXPECT_EQ(-1, held(dict, 1));
        put(dict, 1, 5);
        EXPECT_EQ(5, held(dict, 1));
        int released = 0;
        const auto release = [](void *pointer, void *) { ++*static_cast<int *>(pointer); };
        EXPECT_EQ(TRUCE_OK, truce_retire(TRUCE_ALONE, &released, release, nullptr));
        truce_collect();
        EXPECT_EQ(1, released);
    }

    Dict dict;
    std::atomic<int> aborted{0}, committed{0};
};

TEST_F(Threads, ThatEndsWithTransactionsOpenAbortsThem)
{
    in_a_thread([&] {
        for (int i = 0; i < 3; ++i) {
            truce_tx *tx = nullptr;
            EXPECT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
            EXPECT_EQ(TRUCE_OK, change_and(tx, [] {}));
        }
    });
    expect_clean(3);
}

TEST_F(Threads, ThatExitsInABody)
{
    in_a_thread([&] {
        (void)run([&](truce_tx *tx) -> truce_status { return change_and(tx, [] { pthread_exit(nullptr); }); });
        ADD_FAILURE() << "pthread_exit returned";
    });
    expect_clean(1);
}

TEST_F(Threads, ThatIsCancelledInABody)
{
    std::atomic<bool> inside{false};
    in_a_thread(
        [&] {
            (void)run([&](truce_tx *tx) -> truce_status {
                return change_and(tx, [&] {
                    inside = true;
                    for (;;) pthread_testcancel();
                });
            });
        },
        &inside);
    expect_clean(1);
}

TEST_F(Threads, ThatThrowsThroughTwoBodies)
{
    in_a_thread([&] {
        EXPECT_THROW((void)run([&](truce_tx *tx) -> truce_status {
                         return change_and(tx, [&] {
                             (void)run([&](truce_tx *inner) -> truce_status {
                                 return change_and(inner, [] { throw std::runtime_error("inside"); });
                             });
                         });
                     }),
                     std::runtime_error);
    });
    expect_clean(2);
}

TEST_F(Threads, ComeAndGo)
{
    constexpr int threads = 300, each = 20;
    for (int i = 0; i < threads / 3; ++i) {
        std::thread some[3];
        for (std::thread &thread : some) {
            thread = std::thread([&] {
                for (int n = 0; n < each; ++n) {
                    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_add(tx, dict, k1, 1); }));
                }
            });
        }
        for (std::thread &thread : some) thread.join();
    }
    EXPECT_EQ(threads * each, held(dict, 1));
}

TEST_F(Threads, WhatOneRetiredIsReleasedAfterItHasEnded)
{
    std::atomic<int> released{0};
    Tx open;
    in_a_thread([&] {
        for (int i = 0; i < 10; ++i) {
            const auto release = [](void *pointer, void *) { count_up(pointer); };
            EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_retire(tx, &released, release, nullptr); }));
        }
    });
    truce_collect();
    EXPECT_EQ(0, released);
    open.end();
    truce_collect();
    EXPECT_EQ(10, released);
}

TEST_F(Threads, ATransactionElsewhereKeepsWhatItMaySee)
{
    std::atomic<int> step{0};
    std::thread reader([&] {
        Tx open;
        step = 1;
        while (step != 2) std::this_thread::yield();
        open.end();
        step = 3;
    });
    while (step != 1) std::this_thread::yield();
    int released = 0;
    const auto release = [](void *pointer, void *) { ++*static_cast<int *>(pointer); };
    EXPECT_EQ(TRUCE_OK, truce_retire(TRUCE_ALONE, &released, release, nullptr));
    truce_collect();
    EXPECT_EQ(0, released);
    step = 2;
    while (step != 3) std::this_thread::yield();
    truce_collect();
    EXPECT_EQ(1, released);
    reader.join();
}

TEST_F(Threads, StatisticsOfAThreadAreItsOwnAndStayInTheProcess)
{
    truce_stats before = TRUCE_STATS_INIT, inside = TRUCE_STATS_INIT, after = TRUCE_STATS_INIT;
    truce_stats_process(&before);
    for (int i = 0; i < 2; ++i) {
        in_a_thread([&] {
            for (int n = 0; n < 50; ++n) {
                EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_add(tx, dict, k1, 1); }));
            }
            truce_stats_thread(&inside);
        });
        EXPECT_EQ(50u, inside.commits);
        EXPECT_EQ(50u, inside.attempts);
    }
    truce_stats_process(&after);
    EXPECT_EQ(100u, after.commits - before.commits);
}

} // namespace
