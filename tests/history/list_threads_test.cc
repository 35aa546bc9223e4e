/* Threads on lists: who appends, and who writes other indexes, never conflicts; the elements of a transaction stand
 * together, in its order, in commit order; whatever was answered is what a vector answers in commit order. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/list_model.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr unsigned threads = 8;

/* How many transactions a thread runs, none of which conflicts; in the long form a million by all. */
uint64_t transactions_each(uint64_t quick)
{
    return long_form() ? 1000000 / threads : scaled(quick);
}

/* An element of a run: who wrote it, in which transaction, the how many-th of how many. */
Word element(unsigned thread, uint64_t transaction, uint64_t place, uint64_t size)
{
    return (((Word{thread} << 32 | transaction) << 4 | place) << 4) | size;
}

struct Committed {
    Word first;
    uint64_t number; /* of the commit */
};

/* Runs the body to its commit; expects that it took one attempt. Returns the commit number. */
template <class Body> uint64_t run_once(Body body)
{
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = run_options();
    options.report = &report;
    EXPECT_EQ(TRUCE_OK, run(&options, body));
    EXPECT_EQ(1u, report.attempts);
    EXPECT_EQ(0u, report.conflicts);
    return report.commit_number;
}

/* The elements of a list that nobody changes any more, each got alone: one transaction that met them all would look
 * through what it observed each time it comes to a later commit. */
Elements settled(truce_list *list)
{
    size_t length = 0;
    EXPECT_EQ(TRUCE_OK, truce_list_len(TRUCE_ALONE, list, &length));
    Elements all;
    for (size_t i = 0; i < length; i++) {
        truce_item value;
        EXPECT_EQ(TRUCE_OK, truce_list_get(TRUCE_ALONE, list, i, &value));
        all.push_back(value.word);
    }
    return all;
}

TEST(ListThreads, WhoAppendsNeverConflicts)
{
    const uint64_t transactions = transactions_each(3000);
    const List list, other;
    std::vector<std::vector<Committed>> runs(threads);
    run_threads(threads, [&](unsigned thread) {
        Random random(thread);
        for (uint64_t i = 0; i < transactions; i++) {
            const uint64_t size = 1 + random.below(4);
            const uint64_t number = run_once([&](truce_tx *tx) -> truce_status {
                for (uint64_t place = 0; place < size; place++) {
                    TRUCE_NEED(truce_list_append(tx, list, truce_word(element(thread, i, place, size))));
                    if (random.one_in(64)) sched_yield();
                }
                return i % 2 == 0 ? truce_list_append(tx, other, truce_word(i)) : static_cast<truce_status>(TRUCE_OK);
            });
            runs[thread].push_back({element(thread, i, 0, size), number});
        }
    });
    const Elements all = settled(list);
    std::vector<uint64_t> next(threads, 0);
    uint64_t last_number = 0;
    for (size_t at = 0; at < all.size();) {
        const auto thread = static_cast<unsigned>(all[at] >> 40);
        ASSERT_LT(thread, threads);
        const uint64_t size = all[at] & 15, transaction = next[thread]++;
        for (uint64_t place = 0; place < size; place++, at++) {
            ASSERT_LT(at, all.size());
            ASSERT_EQ(element(thread, transaction, place, size), all[at]) << "at " << at;
        }
        const Committed &own = runs[thread][transaction];
        EXPECT_EQ(element(thread, transaction, 0, size), own.first);
        ASSERT_LT(last_number, own.number) << "commit order is list order";
        last_number = own.number;
    }
    for (const uint64_t count : next) EXPECT_EQ(transactions, count);
}

/* A ticket is the index that its element has, whoever else appends. */
TEST(ListThreads, TicketsAreIndexes)
{
    const uint64_t transactions = transactions_each(2000);
    const List list, log;
    const Dict dict;
    run_threads(threads, [&](unsigned thread) {
        for (uint64_t i = 0; i < transactions; i++) {
            const Word word = element(thread, i, 0, 1);
            run_once([&](truce_tx *tx) -> truce_status {
                truce_item ticket;
                TRUCE_NEED(truce_dict_set(tx, dict, truce_word(word), truce_word(0)));
                TRUCE_NEED(truce_list_append_ticket(tx, list, truce_word(word), &ticket));
                TRUCE_NEED(truce_dict_set(tx, dict, truce_word(word), ticket));
                const truce_item pair[] = {truce_word(word), ticket};
                return truce_list_extend(tx, log, pair, 2);
            });
        }
    });
    const Elements all = settled(list), pairs = settled(log);
    ASSERT_EQ(2 * all.size(), pairs.size());
    for (size_t i = 0; i < pairs.size(); i += 2) {
        ASSERT_LT(pairs[i + 1], all.size());
        ASSERT_EQ(pairs[i], all[pairs[i + 1]]);
        ASSERT_EQ(static_cast<int64_t>(pairs[i + 1]), held(dict, pairs[i]));
    }
}

TEST(ListThreads, WhoWritesOtherIndexesNeverConflicts)
{
    const uint64_t transactions = transactions_each(10000);
    const List list;
    for (unsigned i = 0; i < threads; i++) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(0)));
    run_threads(threads, [&](unsigned thread) {
        for (uint64_t i = 0; i < transactions; i++) {
            run_once([&](truce_tx *tx) -> truce_status {
                truce_item value;
                TRUCE_NEED(truce_list_get(tx, list, thread, &value));
                EXPECT_EQ(2 * i, value.word);
                TRUCE_NEED(truce_list_set(tx, list, thread, truce_word(value.word + 1)));
                TRUCE_NEED(truce_list_add(tx, list, thread, 1));
                return i % 16 == 0 ? truce_list_append(tx, list, truce_word(1)) : static_cast<truce_status>(TRUCE_OK);
            });
        }
    });
    const Elements all = settled(list);
    for (unsigned i = 0; i < threads; i++) EXPECT_EQ(2 * transactions, all[i]);
}

TEST(ListThreads, AddsAndReadersOfLengthsThatHoldDoNotConflict)
{
    const uint64_t transactions = transactions_each(5000);
    const List list;
    ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(0)));
    run_threads(threads, [&](unsigned thread) {
        for (uint64_t i = 0; i < transactions; i++) {
            run_once([&](truce_tx *tx) -> truce_status {
                bool yes = false;
                TRUCE_NEED(truce_list_len_at_least(tx, list, 1, &yes));
                EXPECT_TRUE(yes);
                TRUCE_NEED(truce_list_add(tx, list, 0, 1));
                return thread % 2 == 0 ? truce_list_append(tx, list, truce_word(1))
                                       : static_cast<truce_status>(TRUCE_OK);
            });
        }
    });
    EXPECT_EQ(threads * transactions, settled(list)[0]);
}

/* Elements move between two lists; whoever looks finds all of them, in attempts that will not commit as well. */
TEST(ListThreads, EveryAttemptSeesOneState)
{
    constexpr size_t elements = 20;
    const uint64_t transactions = scaled(3000);
    const List a, b;
    for (Word i = 0; i < elements; i++) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, a, truce_word(i)));
    run_threads(threads, [&](unsigned thread) {
        Random random(thread);
        for (uint64_t i = 0; i < transactions; i++) {
            truce_list *const from = random.one_in(2) ? a : b;
            truce_list *const to = from == a ? b : a;
            if (thread % 2 == 0) {
                EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                              truce_item value;
                              const truce_status status = i % 3 == 0 ? truce_list_remove(tx, from, 0, &value)
                                                                     : truce_list_pop(tx, from, &value);
                              if (status > 0) return TRUCE_OK;
                              TRUCE_TRY(status);
                              return i % 5 == 0 ? truce_list_insert(tx, to, 0, value)
                                                : truce_list_append(tx, to, value);
                          }));
                continue;
            }
            EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                          Elements all;
                          size_t length = 0;
                          for (truce_list *const list : {from, to}) {
                              const ListAnswer told = play(tx, list, TRUCE_WORD, {ListVerb::each, 0, SIZE_MAX});
                              TRUCE_TRY(told.status);
                              for (const auto &[index, value] : told.handed) all.push_back(value);
                              TRUCE_NEED(truce_list_len(tx, list, &length));
                              EXPECT_EQ(told.handed.size(), length);
                          }
                          std::sort(all.begin(), all.end());
                          EXPECT_EQ(elements, all.size());
                          EXPECT_EQ(all.end(), std::unique(all.begin(), all.end()));
                          return TRUCE_OK;
                      }));
        }
    });
    EXPECT_EQ(elements, content(a).size() + content(b).size());
}

/* ---- the oracle ---- */

struct Step {
    ListOp op;
    ListAnswer told;
};

struct Transaction {
    uint64_t number = 0;
    bool writes = false;
    std::vector<Step> steps;
};

ListOp random_op(Random &random, uint32_t values)
{
    static const ListVerb often[] = {ListVerb::get, ListVerb::set, ListVerb::append, ListVerb::pop, ListVerb::last};
    ListOp op;
    op.verb = random.one_in(2) ? often[random.below(5)]
                               : static_cast<ListVerb>(random.below(static_cast<uint64_t>(last_list_verb) + 1));
    if (op.verb == ListVerb::clear && !random.one_in(20)) op.verb = ListVerb::append_at;
    if (op.verb == ListVerb::add && values != TRUCE_WORD) op.verb = ListVerb::get;
    op.index = random.below(18);
    op.value = random.below(20);
    return op;
}

Transaction random_transaction(truce_list *list, uint32_t values, uint64_t choices)
{
    Transaction done;
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = run_options();
    options.report = &report;
    EXPECT_EQ(TRUCE_OK, run(&options, [&](truce_tx *tx) -> truce_status {
                  Random random(choices);
                  done = Transaction();
                  for (uint64_t left = 1 + random.below(6); left > 0; left--) {
                      const ListOp op = random_op(random, values);
                      const ListAnswer told = play(tx, list, values, op);
                      TRUCE_TRY(told.status);
                      done.writes = done.writes || effect(op, told).has_value();
                      done.steps.push_back({op, told});
                      if (random.one_in(8)) sched_yield();
                  }
                  return TRUCE_OK;
              }));
    done.number = report.commit_number;
    return done;
}

class ListOracle : public testing::TestWithParam<uint32_t> {};

TEST_P(ListOracle, CommitOrderExplainsEveryAnswer)
{
    if (truce_clock() != TRUCE_CLOCK_COUNTER) GTEST_SKIP() << "transactions share numbers";
    const uint64_t rounds = 20, transactions = scaled(300), start = seed();
    for (uint64_t round = 0; round < rounds; round++) {
        const List list(GetParam());
        std::vector<Transaction> history;
        std::mutex mutex;
        run_threads(4, [&](unsigned thread) {
            Random random(start + round * 100 + thread);
            std::vector<Transaction> own;
            for (uint64_t i = 0; i < transactions; i++) {
                own.push_back(random_transaction(list, GetParam(), random.next()));
            }
            const std::lock_guard<std::mutex> guard(mutex);
            history.insert(history.end(), own.begin(), own.end());
        });
        std::stable_sort(history.begin(), history.end(), [](const Transaction &x, const Transaction &y) {
            return x.number != y.number ? x.number < y.number : x.writes && !y.writes;
        });
        Elements model;
        for (const Transaction &transaction : history) {
            for (const Step &step : transaction.steps) {
                const ListAnswer expected = answer(model, step.op);
                ASSERT_EQ(text(expected), text(step.told))
                    << text(step.op) << " on " << text(model) << ", number " << transaction.number;
                if (const auto blind = effect(step.op, step.told)) change(model, *blind);
            }
        }
        ASSERT_EQ(model, content(list, GetParam()));
    }
}

INSTANTIATE_TEST_SUITE_P(List, ListOracle, testing::Values(TRUCE_WORD, TRUCE_BYTES),
                         [](const auto &values) { return values.param == TRUCE_WORD ? "words" : "bytes"; });

} // namespace

} // namespace truce_test
