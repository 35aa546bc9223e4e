/* Transactions in one thread: running them, running them again, failures, limits, reports, and several open at once. */
#include <chrono>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/actor.h"
#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD}, k2 = {2, 0, TRUCE_WORD};

/* What no dict accepts: the simplest way to make a transaction fail. */
const truce_item too_large = truce_bytes("", SIZE_MAX);

class TxTest : public testing::Test {
  protected:
    /* Makes the attempt of `tx` observe something and stops it being true. */
    void doom(truce_tx *tx)
    {
        truce_item value;
        const truce_status status = truce_dict_get(tx, dict, k1, &value);
        EXPECT_TRUE(status == TRUCE_OK || status == TRUCE_ABSENT);
        EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k2, truce_word(1)));
        put(dict, 1, ++last);
    }

    Dict dict, texts{TRUCE_BYTES, TRUCE_BYTES};
    int64_t last = 0;
};

using Running = TxTest;
using Parts = TxTest;
using Failures = TxTest;
using Limits = TxTest;
using SeveralOpen = TxTest;
using Numbers = TxTest;

TEST_F(Running, CommitsWhatTheBodyDid)
{
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) { return truce_dict_set(tx, dict, k1, truce_word(5)); }));
    EXPECT_EQ(5, held(dict, 1));
}

TEST_F(Running, AnswersAreCommittedAndHandedThrough)
{
    for (const truce_status answer : {0, +TRUCE_ABSENT, +TRUCE_EMPTY, 17, +TRUCE_USER_COMMIT, 1234567}) {
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(static_cast<uint64_t>(answer) + 1)));
            return answer;
        });
        EXPECT_EQ(answer, status);
        EXPECT_EQ(answer + 1, held(dict, 1));
    }
}

TEST_F(Running, FailuresAreRolledBackAndHandedThrough)
{
    for (const truce_status answer :
         {+TRUCE_CANCELLED, +TRUCE_UNEXPECTED, +TRUCE_NO_MEMORY, +TRUCE_USER_ROLL_BACK, -1234567}) {
        int calls = 0;
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            ++calls;
            TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(1)));
            return answer;
        });
        EXPECT_EQ(answer, status);
        EXPECT_EQ(1, calls);
        EXPECT_EQ(-1, held(dict, 1));
    }
}

TEST_F(Running, AFailureMetInsideWinsOverTheAnswer)
{
    for (const truce_status answer : {+TRUCE_OK, +TRUCE_USER_COMMIT, +TRUCE_USER_ROLL_BACK, +TRUCE_CONFLICT}) {
        int calls = 0;
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            ++calls;
            EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(1)));
            EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, truce_text("")));
            return answer;
        });
        EXPECT_EQ(TRUCE_TOO_LARGE, status);
        EXPECT_EQ(1, calls);
        EXPECT_EQ(-1, held(dict, 1));
    }
}

TEST_F(Running, NeedTurnsAnAnswerIntoUnexpectedAndTryHandsItOn)
{
    truce_item value;
    EXPECT_EQ(TRUCE_UNEXPECTED, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_NEED(truce_dict_get(tx, dict, k1, &value));
                  return TRUCE_OK;
              }));
    EXPECT_EQ(TRUCE_USER_COMMIT, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_TRY(truce_dict_get(tx, dict, k1, &value));
                  return TRUCE_USER_COMMIT;
              }));
    EXPECT_EQ(TRUCE_TOO_LARGE, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_TRY(truce_dict_get(tx, texts, too_large, &value));
                  return TRUCE_USER_COMMIT;
              }));
}

TEST_F(Running, RunsAgainAfterAConflict)
{
    int calls = 0;
    const truce_status status = run([&](truce_tx *tx) -> truce_status {
        if (++calls <= 5) doom(tx);
        return truce_dict_add(tx, dict, truce_word(3), 1);
    });
    EXPECT_EQ(TRUCE_OK, status);
    EXPECT_EQ(6, calls);
    EXPECT_EQ(1, held(dict, 3));
    EXPECT_EQ(-1, held(dict, 2)) << "the last attempt didn't set it";
}

/* An operation that meets the conflict says so at once, and a body that does not hand it on is run again all the same.
 */
TEST_F(Running, RunsAgainThoughTheBodyIgnoredTheConflict)
{
    int calls = 0;
    put(dict, 3, 1);
    const truce_status status = run([&](truce_tx *tx) -> truce_status {
        truce_item value;
        if (++calls == 1) {
            doom(tx);
            put(dict, 3, 2);
            EXPECT_EQ(TRUCE_CONFLICT, truce_dict_get(tx, dict, truce_word(3), &value));
        }
        return TRUCE_USER_COMMIT;
    });
    EXPECT_EQ(TRUCE_USER_COMMIT, status);
    EXPECT_EQ(2, calls);
}

TEST_F(Running, RunsAgainWhenTheBodyAsksForIt)
{
    for (const truce_status again : {TRUCE_CONFLICT, TRUCE_WAIT}) {
        int calls = 0;
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            TRUCE_NEED(truce_dict_add(tx, dict, k1, 1));
            return ++calls < 4 ? again : TRUCE_OK;
        });
        EXPECT_EQ(TRUCE_OK, status);
        EXPECT_EQ(4, calls);
    }
    EXPECT_EQ(2, held(dict, 1));
}

TEST_F(Running, InsideABodyIsAnIndependentTransaction)
{
    const truce_status status = run([&](truce_tx *tx) -> truce_status {
        TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(1)));
        EXPECT_EQ(TRUCE_OK, run([&](truce_tx *inner) -> truce_status {
                      truce_item value;
                      EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(inner, dict, k1, &value));
                      return truce_dict_set(inner, dict, k2, truce_word(2));
                  }));
        EXPECT_EQ(2, held(dict, 2));
        return TRUCE_USER_ROLL_BACK;
    });
    EXPECT_EQ(TRUCE_USER_ROLL_BACK, status);
    EXPECT_EQ(-1, held(dict, 1));
    EXPECT_EQ(2, held(dict, 2));
}

TEST_F(Running, AnInnerTransactionMayFalsifyTheOuterOne)
{
    int calls = 0;
    const truce_status status = run([&](truce_tx *tx) -> truce_status {
        truce_item value;
        const truce_status found = truce_dict_get(tx, dict, k1, &value);
        EXPECT_EQ(++calls == 1 ? TRUCE_ABSENT : TRUCE_OK, found);
        if (calls == 1) {
            EXPECT_EQ(TRUCE_OK, run([&](truce_tx *inner) { return truce_dict_set(inner, dict, k1, truce_word(1)); }));
        }
        return truce_dict_add(tx, dict, k1, 1);
    });
    EXPECT_EQ(TRUCE_OK, status);
    EXPECT_EQ(2, calls);
    EXPECT_EQ(2, held(dict, 1));
}

TEST_F(Running, AnExceptionAbortsAndGoesOn)
{
    int aborted = 0;
    for (int i = 0; i < 3; ++i) {
        EXPECT_THROW(EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                                   TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(1)));
                                   TRUCE_NEED(truce_on_abort(
                                       tx, [](void *count) { ++*static_cast<int *>(count); }, &aborted));
                                   throw std::runtime_error("from the body");
                               })),
                     std::runtime_error);
    }
    EXPECT_EQ(3, aborted);
    EXPECT_EQ(-1, held(dict, 1));
    put(dict, 1, 7);
    EXPECT_EQ(7, held(dict, 1));
}

TEST_F(Parts, BeginCommitEnd)
{
    truce_tx *tx = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    ASSERT_NE(nullptr, tx);
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(1)));
    EXPECT_EQ(-1, held(dict, 1));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(1, held(dict, 1));
    truce_end(tx);
}

TEST_F(Parts, EndAbortsWhatIsOpen)
{
    truce_tx *tx = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(1)));
    truce_end(tx);
    EXPECT_EQ(-1, held(dict, 1));
}

TEST_F(Parts, AbortIsOkMoreThanOnceAndAfterAFailure)
{
    Tx tx;
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(1)));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, truce_text("")));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(-1, held(dict, 1));
}

TEST_F(Parts, AgainBeginsTheNextAttemptWithNothingOfTheLast)
{
    Tx tx;
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(1)));
    EXPECT_EQ(TRUCE_OK, truce_again(tx)) << "aborts an open one";
    truce_item value;
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, k1, &value));
    doom(tx);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(TRUCE_CONFLICT, truce_dict_get(tx, dict, k1, &value));
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, k1, &value));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, truce_text("")));
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(9)));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(9, held(dict, 1));
}

TEST_F(Parts, ATransactionWithNothingInItCommits)
{
    Tx tx;
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(TRUCE_OK, run([](truce_tx *) -> truce_status { return TRUCE_OK; }));
}

TEST_F(Parts, ManyOfThemOneAfterTheOther)
{
    for (int i = 0; i < 100000; ++i) {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k1, 1));
        ASSERT_EQ(TRUCE_OK, i % 2 == 0 ? truce_commit(tx) : truce_abort(tx));
    }
    EXPECT_EQ(50000, held(dict, 1));
}

TEST_F(Failures, AreFinalAndSetOutputsToZero)
{
    put(dict, 1, 5);
    Tx tx;
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, truce_text("")));
    truce_item value = {7, 7, 7};
    size_t count = 7;
    bool yes = true;
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_get(tx, dict, k1, &value));
    EXPECT_EQ(0u, value.kind + value.size + value.word);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_len(tx, dict, &count));
    EXPECT_EQ(0u, count);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_contains(tx, dict, k1, &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, dict, k1, k1));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_clear(tx, dict));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_on_commit(
                                   tx, [](void *) {}, nullptr));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_retire(
                                   tx, &count, [](void *, void *) {}, nullptr));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ(5, held(dict, 1));
}

TEST_F(Failures, OnlyAConflictHasAnExplanation)
{
    Tx tx;
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    EXPECT_EQ(TRUCE_ABSENT, truce_explain(tx, &conflict));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(tx, texts, too_large, truce_text("")));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ(TRUCE_ABSENT, truce_explain(tx, &conflict));
    EXPECT_EQ(nullptr, conflict.object);
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    doom(tx);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    EXPECT_EQ(static_cast<truce_dict *>(dict), conflict.object);
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_ABSENT, truce_explain(tx, &conflict));
}

TEST_F(Failures, TheSentenceOfAConflict)
{
    Dict stock(TRUCE_BYTES, TRUCE_WORD, "stock");
    EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, stock, truce_text("bolts"), truce_word(41)));
    Tx tx;
    truce_item value;
    EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, stock, truce_text("bolts"), &value));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, stock, truce_text("nuts"), value));
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(TRUCE_ALONE, stock, truce_text("bolts"), nullptr));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    char text[300] = "";
    const size_t length = truce_conflict_text(&conflict, text, sizeof text);
    EXPECT_EQ(strlen(text), length);
    for (const char *const word : {"dict", "stock", "get", "bolts", "41", "absent"}) {
        EXPECT_NE(nullptr, strstr(text, word)) << word << " is not in: " << text;
    }
    char cut[10];
    EXPECT_EQ(length, truce_conflict_text(&conflict, cut, sizeof cut));
    EXPECT_EQ(std::string(text, 9), cut);
    EXPECT_EQ(length, truce_conflict_text(&conflict, nullptr, 0));
}

TEST_F(Limits, Attempts)
{
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = run_options();
    options.attempts = 3;
    options.report = &report;
    int calls = 0;
    EXPECT_EQ(TRUCE_TOO_MANY_ATTEMPTS, run(&options, [&](truce_tx *tx) -> truce_status {
                  ++calls;
                  doom(tx);
                  return TRUCE_OK;
              }));
    EXPECT_EQ(3, calls);
    EXPECT_EQ(3u, report.attempts);
    EXPECT_EQ(3u, report.conflicts);
    EXPECT_EQ(0u, report.commit_number);
    EXPECT_EQ(static_cast<truce_dict *>(dict), report.conflict.object);
    EXPECT_EQ(-1, held(dict, 2));
}

TEST_F(Limits, AttemptsByHand)
{
    truce_run_options options = run_options();
    options.attempts = 2;
    Tx tx(&options);
    doom(tx);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(TRUCE_TOO_MANY_ATTEMPTS, truce_again(tx));
    truce_item value;
    EXPECT_EQ(TRUCE_TOO_MANY_ATTEMPTS, truce_dict_get(tx, dict, k1, &value));
    EXPECT_EQ(TRUCE_TOO_MANY_ATTEMPTS, truce_commit(tx));
    EXPECT_EQ(TRUCE_TOO_MANY_ATTEMPTS, truce_again(tx));
}

TEST_F(Limits, Deadline)
{
    using clock = std::chrono::steady_clock;
    truce_run_options options = run_options();
    options.timeout_ns = 100'000'000;
    const auto start = clock::now();
    for (const truce_status again : {TRUCE_CONFLICT, TRUCE_WAIT}) {
        int calls = 0;
        EXPECT_EQ(TRUCE_TIMED_OUT, run(&options, [&](truce_tx *tx) -> truce_status {
                      ++calls;
                      TRUCE_NEED(truce_dict_set(tx, dict, k1, truce_word(1)));
                      return again;
                  }));
        EXPECT_GE(calls, 2);
    }
    const auto took = clock::now() - start;
    EXPECT_GE(took, std::chrono::nanoseconds(2 * options.timeout_ns));
    EXPECT_LT(took, std::chrono::seconds(5));
    EXPECT_EQ(-1, held(dict, 1));
}

TEST_F(Limits, ADeadlineIsSeenByAnOperationThatHasToStartOver)
{
    put(dict, 2, 1);
    truce_run_options options = run_options();
    options.timeout_ns = 1'000'000;
    Tx late(&options), again(&options);
    truce_item value;
    ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(late, dict, k1, &value));
    put(dict, 2, 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_dict_get(late, dict, k2, &value));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), value.kind);
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_commit(late));
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_again(again));
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_commit(again));
}

TEST_F(Limits, ADeadlineThatIsFarOffChangesNothing)
{
    truce_run_options options = run_options();
    options.timeout_ns = UINT64_MAX;
    int calls = 0;
    EXPECT_EQ(TRUCE_OK, run(&options, [&](truce_tx *tx) -> truce_status {
                  if (++calls < 3) doom(tx);
                  return truce_dict_set(tx, dict, k2, truce_word(5));
              }));
    EXPECT_EQ(3, calls);
    EXPECT_EQ(5, held(dict, 2));
}

TEST_F(Limits, ReadOnlyReads)
{
    put(dict, 1, 5);
    truce_run_options options = run_options();
    options.read_only = true;
    EXPECT_EQ(TRUCE_USER_COMMIT, run(&options, [&](truce_tx *tx) -> truce_status {
                  truce_item value;
                  size_t count = 0;
                  TRUCE_NEED(truce_dict_get(tx, dict, k1, &value));
                  EXPECT_EQ(5u, value.word);
                  TRUCE_NEED(truce_dict_len(tx, dict, &count));
                  return TRUCE_USER_COMMIT;
              }));
}

TEST_F(Limits, AReportOfARunWithoutConflict)
{
    truce_report report = TRUCE_REPORT_INIT;
    report.attempts = 99;
    report.conflict.object = &report;
    truce_run_options options = run_options();
    options.site = "here";
    options.report = &report;
    EXPECT_EQ(TRUCE_OK, run(&options, [&](truce_tx *tx) { return truce_dict_set(tx, dict, k1, k1); }));
    EXPECT_EQ(1u, report.attempts);
    EXPECT_EQ(0u, report.conflicts);
    EXPECT_GT(report.commit_number, 0u);
    EXPECT_EQ(nullptr, report.conflict.object);
}

TEST_F(SeveralOpen, EndInAnyOrder)
{
    std::vector<Tx> open;
    for (uint64_t i = 0; i < 10; ++i) {
        open.emplace_back();
        ASSERT_EQ(TRUCE_OK, truce_dict_set(open.back(), dict, truce_word(i), truce_word(i)));
    }
    for (const size_t i : {4u, 9u, 0u, 5u}) EXPECT_EQ(TRUCE_OK, truce_commit(open[i]));
    for (const size_t i : {9u, 3u, 0u}) open[i].end();
    for (const size_t i : {7u, 1u}) EXPECT_EQ(TRUCE_OK, truce_abort(open[i]));
    for (const size_t i : {8u, 2u}) EXPECT_EQ(TRUCE_OK, truce_commit(open[i]));
    open.clear();
    for (const uint64_t i : {4u, 9u, 0u, 5u, 8u, 2u}) EXPECT_EQ(static_cast<int64_t>(i), held(dict, i));
    EXPECT_EQ(6u, length(dict));
}

TEST_F(SeveralOpen, EachKeepsItsOwnView)
{
    put(dict, 1, 1);
    Actor early(dict);
    EXPECT_EQ(1, early.get(1));
    put(dict, 1, 2);
    Actor late(dict);
    EXPECT_EQ(2, late.get(1));
    late.set(1, 3);
    EXPECT_EQ(3, late.get(1));
    EXPECT_EQ(2, held(dict, 1));
    EXPECT_EQ(TRUCE_OK, late.commit());
    EXPECT_EQ(TRUCE_OK, early.commit()) << "without effects it is before the others";
    EXPECT_EQ(3, held(dict, 1));
}

/* A thousand at once: more than any table inside holds without growing. */
TEST_F(SeveralOpen, AThousand)
{
    std::vector<std::unique_ptr<Actor>> actors;
    for (uint64_t i = 0; i < 1000; ++i) {
        actors.push_back(std::make_unique<Actor>(dict));
        actors.back()->add(i % 7, 1);
        EXPECT_EQ(absent, actors.back()->get(1000 + i));
    }
    for (size_t i = 0; i < actors.size(); i += 2) EXPECT_EQ(TRUCE_OK, actors[i]->commit());
    actors.clear();
    int64_t sum = 0;
    for (uint64_t key = 0; key < 7; ++key) sum += held(dict, key);
    EXPECT_EQ(500, sum);
}

TEST_F(Numbers, TellTheOrderOfCommits)
{
    const bool counter = truce_clock() == TRUCE_CLOCK_COUNTER;
    uint64_t last_number = 0;
    for (int i = 0; i < 20; ++i) {
        Tx tx;
        EXPECT_EQ(0u, truce_commit_number(tx));
        ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(static_cast<uint64_t>(i))));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
        EXPECT_GT(truce_commit_number(tx), last_number) << "it overwrites what the last one wrote";
        last_number = truce_commit_number(tx);
    }
    Tx reader, writer;
    truce_item value;
    ASSERT_EQ(TRUCE_OK, truce_dict_get(reader, dict, k1, &value));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(writer, dict, k2, k2));
    ASSERT_EQ(TRUCE_OK, truce_commit(writer));
    ASSERT_EQ(TRUCE_OK, truce_commit(reader));
    EXPECT_GE(truce_commit_number(writer), last_number);
    if (counter) {
        EXPECT_EQ(last_number, truce_commit_number(reader)) << "the last writer whose state it saw";
        EXPECT_GT(truce_commit_number(writer), last_number);
    }
    Tx undone;
    ASSERT_EQ(TRUCE_OK, truce_dict_set(undone, dict, k1, k1));
    ASSERT_EQ(TRUCE_OK, truce_abort(undone));
    EXPECT_EQ(0u, truce_commit_number(undone));
}

} // namespace
