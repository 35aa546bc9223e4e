/* Operations alone on lists, vars and counters, beside transactions in other threads: each of them sees, and leaves, one
 * state.
 *
 * A transaction writes the same number to two places, with much to write between them; whoever looks alone at one and
 * then at the other finds no smaller number. What is extended alone stands together, and nobody sees a part of it. */
#include <gtest/gtest.h>
#include <truce/truce.h>

#include <algorithm>
#include <atomic>

#include "history/harness.h"
#include "support/counter_var.h"
#include "support/list_model.h"

namespace truce_test {

namespace {

constexpr unsigned readers = 3;
constexpr size_t many = 200;

void fill(truce_list *list, size_t count)
{
    for (size_t i = 0; i < count; i++) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(0)));
}

truce_status set_all(truce_tx *tx, truce_list *list, Word number)
{
    for (size_t i = 0; i < many; i++) TRUCE_NEED(truce_list_set(tx, list, i, truce_word(number)));
    return TRUCE_OK;
}

Elements each_alone(truce_list *list, size_t from, size_t to)
{
    const ListAnswer told = play(TRUCE_ALONE, list, TRUCE_WORD, {ListVerb::each, from, to});
    EXPECT_EQ(TRUCE_OK, told.status);
    Elements values;
    for (const auto &[index, value] : told.handed) values.push_back(value);
    return values;
}

/* One thread commits write(tx, number) for one number after the other; meanwhile the others look at both places in
 * turn: look(0), look(1), look(0), ... never goes back. */
template <class Write, class Look> void expect_no_way_back(Write write, Look look)
{
    const Word last = scaled(20000);
    std::atomic<bool> writing{true};
    run_threads(1 + readers, [&](unsigned thread) {
        if (thread == 0) {
            for (Word number = 1; number <= last; number++) {
                EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status { return write(tx, number); }));
            }
            writing.store(false);
            return;
        }
        Word newest = 0;
        for (size_t which = 0; writing.load(); which = 1 - which) {
            const Word number = look(which);
            ASSERT_LE(newest, number) << "at place " << which;
            newest = number;
        }
    });
    EXPECT_EQ(last, look(0));
    EXPECT_EQ(last, look(1));
}

TEST(AloneCollections, GetsOfListsDoNotGoBack)
{
    const List lists[2], between;
    for (const List &list : lists) fill(list, 1);
    fill(between, many);
    expect_no_way_back(
        [&](truce_tx *tx, Word number) -> truce_status {
            TRUCE_NEED(truce_list_set(tx, lists[0], 0, truce_word(number)));
            TRUCE_NEED(set_all(tx, between, number));
            return truce_list_set(tx, lists[1], 0, truce_word(number));
        },
        [&](size_t which) {
            truce_item value;
            EXPECT_EQ(TRUCE_OK, truce_list_get(TRUCE_ALONE, lists[which], 0, &value));
            return value.word;
        });
}

TEST(AloneCollections, GetsOfVarsDoNotGoBack)
{
    const Var vars[2];
    const List between;
    for (const Var &var : vars) ASSERT_EQ(TRUCE_OK, truce_var_set(TRUCE_ALONE, var, truce_word(0)));
    fill(between, many);
    expect_no_way_back(
        [&](truce_tx *tx, Word number) -> truce_status {
            TRUCE_NEED(truce_var_set(tx, vars[0], truce_word(number)));
            TRUCE_NEED(set_all(tx, between, number));
            return truce_var_set(tx, vars[1], truce_word(number));
        },
        [&](size_t which) {
            truce_item value;
            EXPECT_EQ(TRUCE_OK, truce_var_get(TRUCE_ALONE, vars[which], &value));
            return value.word;
        });
}

TEST(AloneCollections, GetsOfCountersDoNotGoBack)
{
    const Counter counters[2];
    const List between;
    fill(between, many);
    expect_no_way_back(
        [&](truce_tx *tx, Word number) -> truce_status {
            TRUCE_NEED(truce_counter_add(tx, counters[0], 1));
            TRUCE_NEED(set_all(tx, between, number));
            return truce_counter_add(tx, counters[1], 1);
        },
        [&](size_t which) { return static_cast<Word>(sum_of(counters[which])); });
}

/* All elements are the same at every instant, and so they are for an iteration alone, which takes many lines' time. */
TEST(AloneCollections, EachSeesOneInstant)
{
    const List list;
    fill(list, many);
    const uint64_t looks = scaled(8000);
    std::atomic<unsigned> looking{readers};
    run_threads(1 + readers, [&](unsigned thread) {
        if (thread == 0) {
            for (Word number = 1; looking.load() != 0; number++) {
                ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status { return set_all(tx, list, number); }));
                sched_yield();
            }
            return;
        }
        for (uint64_t i = 0; i < looks; i++) {
            const Elements values = each_alone(list, 0, many);
            const bool same = values == Elements(many, values.front());
            EXPECT_TRUE(same) << text(values);
            if (!same) break;
        }
        looking.fetch_sub(1);
    });
}

TEST(AloneCollections, WhatIsExtendedStandsTogether)
{
    constexpr size_t size = 4;
    constexpr unsigned writers = 3;
    const uint64_t runs = scaled(10000);
    const List list;
    run_threads(writers + 1, [&](unsigned thread) {
        if (thread < writers) {
            for (uint64_t i = 0; i < runs; i++) {
                truce_item values[size];
                std::fill_n(values, size, truce_word(Word{thread} << 32 | i));
                ASSERT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, list, values, size));
            }
            return;
        }
        for (size_t seen = 0; seen < writers * runs * size;) {
            const Elements fresh = each_alone(list, seen, seen + 8 * size);
            ASSERT_EQ(0u, fresh.size() % size) << "a part of a run";
            for (size_t at = 0; at < fresh.size(); at++) ASSERT_EQ(fresh[at - at % size], fresh[at]);
            seen += fresh.size();
        }
    });
}

} // namespace

} // namespace truce_test
