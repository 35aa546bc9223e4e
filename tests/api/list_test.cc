/* Every operation of a list: answers, own work, bytes, tickets, ownership, size, and broken rules. */
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/gate.h"
#include "support/list_model.h"

namespace truce_test {

namespace {

const truce_item none = {0, 0, TRUCE_NONE};

void fill(truce_list *list, const Elements &values)
{
    for (const Word value : values) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(value)));
}

Word word_at(truce_tx *tx, truce_list *list, size_t index)
{
    truce_item value;
    EXPECT_EQ(TRUCE_OK, truce_list_get(tx, list, index, &value));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_WORD), value.kind);
    return value.word;
}

/* ---- answers ---- */

TEST(List, AnEmptyOne)
{
    const List list;
    truce_item value = truce_word(9);
    bool yes = false;
    size_t count = 9;
    EXPECT_EQ(TRUCE_ABSENT, truce_list_get(TRUCE_ALONE, list, 0, &value));
    EXPECT_EQ(none.kind, value.kind);
    EXPECT_EQ(TRUCE_EMPTY, truce_list_last(TRUCE_ALONE, list, &value));
    EXPECT_EQ(TRUCE_EMPTY, truce_list_pop(TRUCE_ALONE, list, &value));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_set(TRUCE_ALONE, list, 0, truce_word(1)));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_add(TRUCE_ALONE, list, 0, 1));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_remove(TRUCE_ALONE, list, 0, nullptr));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_remove(TRUCE_ALONE, list, 0, &value));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_insert(TRUCE_ALONE, list, 1, truce_word(1)));
    EXPECT_EQ(TRUCE_OK, truce_list_len(TRUCE_ALONE, list, &count));
    EXPECT_EQ(0u, count);
    EXPECT_EQ(TRUCE_OK, truce_list_is_empty(TRUCE_ALONE, list, &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_list_clear(TRUCE_ALONE, list));
    EXPECT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, list, nullptr, 0));
    EXPECT_EQ(Elements(), content(list));
}

TEST(List, EveryOperationAlone)
{
    for (const uint32_t values : {TRUCE_WORD, TRUCE_BYTES}) {
        const List list(values);
        Elements model;
        for (Word i = 0; i < 40; ++i) {
            for (int verb = 0; verb <= static_cast<int>(last_list_verb); ++verb) {
                ListOp op{static_cast<ListVerb>(verb), i % 12, i + 1};
                if (op.verb == ListVerb::clear && i != 20) continue;
                if (op.verb == ListVerb::add && values == TRUCE_BYTES) continue;
                const bool hands_out = op.verb == ListVerb::get || op.verb == ListVerb::last ||
                                       op.verb == ListVerb::pop || op.verb == ListVerb::remove ||
                                       op.verb == ListVerb::each || op.verb == ListVerb::each_some;
                if (values == TRUCE_BYTES && hands_out) continue; /* not alone */
                const ListAnswer told = play(TRUCE_ALONE, list, values, op);
                EXPECT_EQ(text(answer(model, op)), text(told)) << text(op);
                if (const auto blind = effect(op, told)) change(model, *blind);
            }
            ASSERT_EQ(model, content(list, values));
        }
    }
}

TEST(List, IndexesFarOut)
{
    const List list;
    fill(list, {1, 2, 3});
    Tx tx;
    truce_item value;
    for (const size_t far : {size_t{4}, size_t{1000000}, SIZE_MAX / 2, SIZE_MAX - 1, SIZE_MAX}) {
        EXPECT_EQ(TRUCE_ABSENT, truce_list_get(TRUCE_ALONE, list, far, &value));
        EXPECT_EQ(TRUCE_ABSENT, truce_list_get(tx, list, far, &value));
        EXPECT_EQ(TRUCE_ABSENT, truce_list_set(tx, list, far, truce_word(1)));
        EXPECT_EQ(TRUCE_ABSENT, truce_list_insert(tx, list, far, truce_word(1)));
        EXPECT_EQ(TRUCE_ABSENT, truce_list_remove(tx, list, far, nullptr));
        bool yes = true;
        EXPECT_EQ(TRUCE_OK, truce_list_len_at_least(tx, list, far, &yes));
        EXPECT_FALSE(yes);
        EXPECT_EQ(TRUCE_OK, truce_list_remove(tx, list, 0, nullptr));
        EXPECT_EQ(TRUCE_OK, truce_list_insert(tx, list, 0, truce_word(1)));
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((Elements{1, 2, 3}), content(list));
}

TEST(List, GrowsAcrossSegmentsAndDirectories)
{
    constexpr Word count = 100000;
    const List list;
    std::vector<truce_item> values;
    for (Word i = 0; i < count; ++i) values.push_back(truce_word(i * 3));
    for (Word i = 0; i < 200; ++i) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, values[i]));
    ASSERT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, list, values.data() + 200, count - 200));
    size_t length = 0;
    ASSERT_EQ(TRUCE_OK, truce_list_len(TRUCE_ALONE, list, &length));
    EXPECT_EQ(count, length);
    for (Word i = 0; i < count; ++i) ASSERT_EQ(i * 3, word_at(TRUCE_ALONE, list, i));
    ASSERT_EQ(TRUCE_OK, truce_list_insert(TRUCE_ALONE, list, 1, truce_word(7)));
    EXPECT_EQ(7u, word_at(TRUCE_ALONE, list, 1));
    EXPECT_EQ((count - 1) * 3, word_at(TRUCE_ALONE, list, count));
    ASSERT_EQ(TRUCE_OK, truce_list_remove(TRUCE_ALONE, list, 0, nullptr));
    EXPECT_EQ((count - 1) * 3, word_at(TRUCE_ALONE, list, count - 1));
}

/* ---- own work ---- */

/* What own work alone decides observes nothing: whatever somebody else does, the transaction commits. */
TEST(ListOwnWork, ThatDecidesObservesNothing)
{
    const List list, side;
    fill(list, {1, 2, 3});
    Tx tx;
    truce_item value;
    bool yes = true;
    EXPECT_EQ(TRUCE_ABSENT, truce_list_own(tx, list, 0, &value));
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list, truce_word(10)));
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list, truce_word(11)));
    EXPECT_EQ(TRUCE_OK, truce_list_own(tx, list, 1, &value));
    EXPECT_EQ(11u, value.word);
    EXPECT_EQ(TRUCE_OK, truce_list_last(tx, list, &value));
    EXPECT_EQ(11u, value.word);
    EXPECT_EQ(TRUCE_OK, truce_list_pop(tx, list, &value));
    EXPECT_EQ(11u, value.word);
    EXPECT_EQ(TRUCE_OK, truce_list_is_empty(tx, list, &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_OK, truce_list_len_at_least(tx, list, 1, &yes));
    EXPECT_TRUE(yes);
    ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list, 0, truce_word(12)));
    EXPECT_EQ(12u, word_at(tx, list, 0));
    ASSERT_EQ(TRUCE_OK, truce_list_clear(TRUCE_ALONE, list));
    fill(list, {7});
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((Elements{12, 7, 10}), content(list));
}

TEST(ListOwnWork, AfterClearEverythingIsOwn)
{
    const List list;
    fill(list, {1, 2, 3});
    Tx tx;
    truce_item value;
    size_t index = 9, count = 9;
    ASSERT_EQ(TRUCE_OK, truce_list_clear(tx, list));
    EXPECT_EQ(TRUCE_ABSENT, truce_list_get(tx, list, 0, &value));
    EXPECT_EQ(TRUCE_EMPTY, truce_list_pop(tx, list, &value));
    EXPECT_EQ(TRUCE_OK, truce_list_append_at(tx, list, truce_word(5), &index));
    EXPECT_EQ(0u, index);
    EXPECT_EQ(TRUCE_OK, truce_list_len(tx, list, &count));
    EXPECT_EQ(1u, count);
    fill(list, {4});
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(Elements{5}, content(list));
}

TEST(ListOwnWork, ManySetsOfOneIndexAreOne)
{
    const List list;
    fill(list, {1, 2});
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  for (Word i = 0; i < 1000; ++i) {
                      TRUCE_NEED(truce_list_set(tx, list, 0, truce_word(i)));
                      TRUCE_NEED(truce_list_add(tx, list, 1, 2));
                      EXPECT_EQ(i, word_at(tx, list, 0));
                  }
                  EXPECT_EQ(2002u, word_at(tx, list, 1));
                  TRUCE_NEED(truce_list_add(tx, list, 0, 1));
                  return truce_list_set(tx, list, 1, truce_word(8));
              }));
    EXPECT_EQ((Elements{1000, 8}), content(list));
}

struct Growing {
    truce_tx *tx;
    truce_list *list;
    Elements seen;
};

truce_status append_what_is_seen(void *context, truce_item, truce_item value)
{
    Growing &growing = *static_cast<Growing *>(context);
    growing.seen.push_back(value.word);
    TRUCE_NEED(truce_list_set(growing.tx, growing.list, 0, truce_word(70)));
    TRUCE_NEED(truce_list_remove(growing.tx, growing.list, 1, nullptr));
    return truce_list_append(growing.tx, growing.list, value);
}

TEST(ListEach, DoesNotSeeWhatTheVisitorDoes)
{
    const List list;
    fill(list, {1, 2, 3});
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_NEED(truce_list_append(tx, list, truce_word(4)));
                  Growing growing = {tx, list, {}};
                  TRUCE_NEED(truce_list_each(tx, list, 0, SIZE_MAX, append_what_is_seen, &growing));
                  EXPECT_EQ((Elements{1, 2, 3, 4}), growing.seen);
                  return TRUCE_OK;
              }));
    EXPECT_EQ((Elements{70, 2, 3, 4}), content(list));
}

truce_status overwrite_the_third(void *context, truce_item index, truce_item value)
{
    Growing &growing = *static_cast<Growing *>(context);
    growing.seen.push_back(value.word);
    return index.word == 0 ? truce_list_set(growing.tx, growing.list, 2, truce_word(99)) : TRUCE_OK;
}

/* An own value overwritten meanwhile is handed out as it was when the iteration began. */
TEST(ListEach, SeesOwnWorkAsItWasBefore)
{
    const List list;
    fill(list, {1, 2, 3});
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  TRUCE_NEED(truce_list_set(tx, list, 2, truce_word(50)));
                  Growing growing = {tx, list, {}};
                  TRUCE_NEED(truce_list_each(tx, list, 0, SIZE_MAX, overwrite_the_third, &growing));
                  EXPECT_EQ((Elements{1, 2, 50}), growing.seen);
                  return TRUCE_OK;
              }));
    EXPECT_EQ((Elements{1, 2, 99}), content(list));
}

/* ---- bytes ---- */

TEST(ListBytes, StayReadableUntilTheAttemptEnds)
{
    const List list(TRUCE_BYTES);
    ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_text("one")));
    Tx tx;
    truce_item one, two;
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list, &one));
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list, truce_text("two")));
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list, &two));
    ASSERT_EQ(TRUCE_OK, truce_list_clear(TRUCE_ALONE, list));
    truce_collect();
    EXPECT_STREQ("one", static_cast<const char *>(truce_as_bytes(one)));
    EXPECT_STREQ("two", static_cast<const char *>(truce_as_bytes(two)));
    EXPECT_EQ(0u, one.word % 16);
}

TEST(ListBytes, AreCopiedAsFarAsTheyFit)
{
    const List list(TRUCE_BYTES);
    ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_text("abcdef")));
    Tx tx;
    for (truce_tx *const who : {TRUCE_ALONE, static_cast<truce_tx *>(tx)}) {
        char buffer[4] = "...";
        size_t size = 0;
        EXPECT_EQ(TRUCE_OK, truce_list_copy(who, list, 0, buffer, 2, &size));
        EXPECT_EQ(6u, size);
        EXPECT_STREQ("ab.", buffer);
    }
}

TEST(ListBytes, TooLarge)
{
    const List list(TRUCE_BYTES);
    const truce_item large = truce_bytes("", SIZE_MAX);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_list_append(TRUCE_ALONE, list, large));
    Tx tx;
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_list_insert(tx, list, 0, large));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ(Elements(), content(list, TRUCE_BYTES));
}

/* ---- tickets ---- */

TEST(ListTickets, BecomeTheIndex)
{
    const List list, log;
    fill(list, {1, 2});
    truce_item ticket, read;
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list, truce_word(10)));
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(11), &ticket));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_TICKET), ticket.kind);
    const truce_item pair[] = {truce_word(5), ticket};
    ASSERT_EQ(TRUCE_OK, truce_list_extend(tx, log, pair, 2));
    ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list, 0, ticket));
    ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, log, 0, ticket));
    ASSERT_EQ(TRUCE_OK, truce_list_get(tx, list, 0, &read));
    EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
    ASSERT_EQ(TRUCE_OK, truce_list_last(tx, log, &read));
    EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
    fill(list, {3, 4}); /* somebody else's come before */
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((Elements{5, 2, 3, 4, 10, 11}), content(list));
    EXPECT_EQ((Elements{5, 5, 5}), content(log));
}

TEST(ListTickets, FollowTheOwnEffects)
{
    const List list, log;
    fill(list, {1, 2});
    truce_item moved, gone, back, out;
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(10), &moved));
    ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list, 0, truce_word(0)));
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(11), &gone));
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list, &out));
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(12), &back));
    ASSERT_EQ(TRUCE_OK, truce_list_remove(tx, list, 1, nullptr));
    for (const truce_item &ticket : {moved, gone, back}) ASSERT_EQ(TRUCE_OK, truce_list_append(tx, log, ticket));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ((Elements{0, 2, 10, 12}), content(list));
    EXPECT_EQ((Elements{2, UINT64_MAX, 3}), content(log));
}

TEST(ListTickets, MayBeAddedToBlindly)
{
    const List list;
    fill(list, {1, 2});
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  truce_item ticket;
                  TRUCE_NEED(truce_list_append_ticket(tx, list, truce_word(10), &ticket));
                  TRUCE_NEED(truce_list_set(tx, list, 0, ticket));
                  return truce_list_add(tx, list, 0, 40);
              }));
    EXPECT_EQ((Elements{42, 2, 10}), content(list));
}

TEST(ListTickets, InADict)
{
    const List list;
    const Dict dict;
    put(dict, 2, 5);
    fill(list, {1, 2});
    truce_item ticket, read, old;
    EXPECT_EQ(TRUCE_OK, run([&](truce_tx *tx) -> truce_status {
                  bool was_present = true;
                  TRUCE_NEED(truce_list_append_ticket(tx, list, truce_word(10), &ticket));
                  TRUCE_NEED(truce_dict_set(tx, dict, truce_word(1), ticket));
                  TRUCE_NEED(truce_dict_swap(tx, dict, truce_word(2), ticket, &old));
                  EXPECT_EQ(5u, old.word);
                  TRUCE_NEED(truce_dict_get_or_set(tx, dict, truce_word(3), ticket, &read, &was_present));
                  EXPECT_FALSE(was_present);
                  EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
                  TRUCE_NEED(truce_dict_set(tx, dict, truce_word(4), ticket));
                  TRUCE_NEED(truce_dict_set(tx, dict, truce_word(4), truce_word(9)));
                  TRUCE_NEED(truce_dict_get(tx, dict, truce_word(1), &read));
                  EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
                  TRUCE_NEED(truce_dict_pop(tx, dict, truce_word(3), &read));
                  EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
                  TRUCE_NEED(truce_dict_get_or_set(tx, dict, truce_word(3), ticket, &read, &was_present));
                  return TRUCE_OK;
              }));
    EXPECT_EQ(2, held(dict, 1));
    EXPECT_EQ(2, held(dict, 2));
    EXPECT_EQ(2, held(dict, 3));
    EXPECT_EQ(9, held(dict, 4));
}

/* ---- ownership ---- */

std::map<Word, int> released_;

void count_release(void *pointer, void *context)
{
    EXPECT_EQ(&released_, context);
    released_[reinterpret_cast<uintptr_t>(pointer)]++;
}

class ListRelease : public testing::Test {
  protected:
    ListRelease() : list_(options()) { released_.clear(); }

    static truce_list_options options()
    {
        truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
        options.release = count_release;
        options.release_context = &released_;
        return options;
    }

    using Released = std::map<Word, int>;

    static Released released()
    {
        for (int i = 0; i < 4; ++i) truce_collect();
        return released_;
    }

    List list_;
};

TEST_F(ListRelease, WhatIsOverwrittenRemovedOrCleared)
{
    fill(list_, {1, 2, 3, 4});
    ASSERT_EQ(TRUCE_OK, truce_list_set(TRUCE_ALONE, list_, 0, truce_word(5)));
    EXPECT_EQ((Released{{1, 1}}), released());
    ASSERT_EQ(TRUCE_OK, truce_list_set(TRUCE_ALONE, list_, 0, truce_word(5)));
    EXPECT_EQ((Released{{1, 1}}), released()) << "the same word over itself";
    ASSERT_EQ(TRUCE_OK, truce_list_remove(TRUCE_ALONE, list_, 1, nullptr));
    EXPECT_EQ((Released{{1, 1}, {2, 1}}), released());
    ASSERT_EQ(TRUCE_OK, truce_list_clear(TRUCE_ALONE, list_));
    EXPECT_EQ((Released{{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}}), released());
}

TEST_F(ListRelease, WhatIsFreedWithTheList)
{
    fill(list_, {1, 2, 3});
    list_.free();
    EXPECT_EQ((Released{{1, 1}, {2, 1}, {3, 1}}), released());
}

TEST_F(ListRelease, NotWhatIsHandedOutOrRefused)
{
    fill(list_, {1, 2, 3});
    truce_item out;
    ASSERT_EQ(TRUCE_OK, truce_list_pop(TRUCE_ALONE, list_, &out));
    ASSERT_EQ(TRUCE_OK, truce_list_remove(TRUCE_ALONE, list_, 0, &out));
    EXPECT_EQ(1u, out.word);
    ASSERT_EQ(TRUCE_ABSENT, truce_list_set(TRUCE_ALONE, list_, 7, truce_word(9)));
    ASSERT_EQ(TRUCE_ABSENT, truce_list_insert(TRUCE_ALONE, list_, 7, truce_word(9)));
    EXPECT_EQ(Released(), released());
}

TEST_F(ListRelease, NotWhatAnAbortedAttemptGave)
{
    fill(list_, {1});
    {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(2)));
        ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(3)));
        ASSERT_EQ(TRUCE_OK, truce_list_remove(tx, list_, 0, nullptr));
    }
    EXPECT_EQ(Released(), released());
}

TEST_F(ListRelease, OnceWhatATransactionGivesAndTakesBack)
{
    fill(list_, {1, 2});
    truce_item out;
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(10)));
    ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(11)));
    ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(10))); /* given again: kept */
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(12)));
    ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(13)));
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list_, &out)); /* 13: the caller's again */
    ASSERT_EQ(TRUCE_OK, truce_list_remove(tx, list_, 2, nullptr));
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list_, &out)); /* 2, and put back */
    ASSERT_EQ(2u, out.word);
    ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list_, 0, out));
    EXPECT_EQ(Released(), released());
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    tx.end();
    EXPECT_EQ((Released{{1, 1}, {11, 1}, {12, 1}}), released());
}

/* A word is the same wherever it stands: what a transaction moves, in whatever order it says so, stays the list's. */
TEST_F(ListRelease, NotWhatOnlyMoves)
{
    const auto set = [this](truce_tx *tx, size_t index, Word word) {
        ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, index, truce_word(word)));
    };
    fill(list_, {1, 2, 3});
    {
        Tx tx;
        set(tx, 0, 2); /* a plain exchange */
        set(tx, 1, 1);
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    {
        Tx tx; /* 2 1 3: the last to the front, put there first */
        ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list_, 0, truce_word(3)));
        ASSERT_EQ(TRUCE_OK, truce_list_remove(tx, list_, 3, nullptr));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    {
        Tx tx; /* 3 2 1: taken out first */
        ASSERT_EQ(TRUCE_OK, truce_list_remove(tx, list_, 2, nullptr));
        ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list_, 1, truce_word(1)));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    {
        Tx tx; /* 3 1 2: to the end, and another in its place */
        ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(3)));
        set(tx, 0, 4);
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    EXPECT_EQ(Released(), released());
    {
        Tx tx; /* 4 1 2 3: the same with elements that move */
        ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(4)));
        set(tx, 0, 5);
        ASSERT_EQ(TRUCE_OK, truce_list_insert(tx, list_, 2, truce_word(6)));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    EXPECT_EQ(Released(), released());
    list_.free();
    EXPECT_EQ((Released{{1, 1}, {2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}}), released());
}

/* Handed out is the caller's, also if it stood somewhere else as well. */
TEST_F(ListRelease, NotWhatWasHandedOut)
{
    fill(list_, {1});
    truce_item out;
    {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(1)));
        ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list_, &out));
        ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(3)));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    EXPECT_EQ(Released(), released());
    {
        Tx tx;
        ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list_, 0, truce_word(2)));
        ASSERT_EQ(TRUCE_OK, truce_list_append(tx, list_, truce_word(3)));
        ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list_, &out));
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    }
    EXPECT_EQ(Released(), released());
}

TEST_F(ListRelease, NotWhileSomebodyMaySeeIt)
{
    fill(list_, {1});
    Tx reader;
    truce_item value;
    ASSERT_EQ(TRUCE_OK, truce_list_get(reader, list_, 0, &value));
    ASSERT_EQ(TRUCE_OK, truce_list_set(TRUCE_ALONE, list_, 0, truce_word(2)));
    EXPECT_EQ(Released(), released());
    reader.end();
    EXPECT_EQ((Released{{1, 1}}), released());
}

/* ---- size and memory ---- */

TEST(ListMemory, AnEmptyOneIsSmall)
{
    const Gate gate;
    const List list;
    EXPECT_LE(gate.bytes(), 128u);
}

TEST(ListMemory, AMillionWordsAreTwelveBytesEach)
{
    constexpr size_t million = 1000000, run = 16;
    const std::vector<truce_item> values(run, truce_word(1));
    const List other;
    ASSERT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, other, values.data(), run)); /* the thread has its memory now */
    const Gate gate;
    const List list;
    double worst = 0;
    for (size_t count = run; count <= million; count += run) {
        ASSERT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, list, values.data(), run));
        if (count >= 5000) worst = std::max(worst, static_cast<double>(gate.bytes()) / static_cast<double>(count));
    }
    const double bytes_each = static_cast<double>(gate.bytes()) / million;
    std::printf("a million words: %.2f bytes each; at worst %.2f from 5000 on\n", bytes_each, worst);
    EXPECT_LE(bytes_each, 12);
    EXPECT_LE(worst, 13);
    EXPECT_GE(bytes_each, 8) << "the measure is wrong";
}

truce_status append_ticket_of(truce_tx *tx, truce_list *list, uint32_t values)
{
    std::string storage;
    truce_item ticket = truce_word(9);
    const truce_status status = truce_list_append_ticket(tx, list, encode(90, values, storage), &ticket);
    EXPECT_EQ(status == TRUCE_OK, ticket.kind == TRUCE_TICKET);
    EXPECT_EQ(status != TRUCE_OK, memcmp(&none, &ticket, sizeof none) == 0);
    return status;
}

/* Every allocation fails once: the transaction is whole or not there. */
TEST(ListMemory, RunsOutAtEveryPlace)
{
    for (const uint32_t values : {TRUCE_WORD, TRUCE_BYTES}) {
        for (uint64_t nth = 1;; ++nth) {
            const List list(values);
            Elements before;
            for (Word i = 0; i < 6; ++i) {
                before.push_back(i);
                play(TRUCE_ALONE, list, values, {ListVerb::append, 0, i});
            }
            bool refused = false;
            truce_status status;
            {
                Tx tx;
                Gate gate(nth);
                status = TRUCE_OK;
                for (const ListOp &op :
                     {ListOp{ListVerb::extend, 0, 50}, ListOp{ListVerb::insert, 2, 60}, ListOp{ListVerb::set, 4, 70},
                      ListOp{ListVerb::len, 0, 0}, ListOp{ListVerb::last, 0, 0}, ListOp{ListVerb::pop, 0, 0},
                      ListOp{ListVerb::remove_blind, 0, 0}, ListOp{ListVerb::each, 0, SIZE_MAX}}) {
                    if (status == TRUCE_OK) status = play(tx, list, values, op).status;
                }
                for (Word i = 0; i < 60 && status == TRUCE_OK; ++i) {
                    status = play(tx, list, values, {ListVerb::append, 0, i}).status;
                }
                for (Word i = 0; i < 20 && status == TRUCE_OK; ++i) {
                    status = play(tx, list, values, {ListVerb::set, 10 + i, 80 + i}).status;
                }
                if (status == TRUCE_OK) status = append_ticket_of(tx, list, values);
                if (status == TRUCE_OK && values == TRUCE_WORD) {
                    status = play(tx, list, values, {ListVerb::add, 0, 1000}).status;
                }
                if (status == TRUCE_OK) status = truce_commit(tx);
                refused = gate.refused();
            }
            EXPECT_EQ(refused ? TRUCE_NO_MEMORY : TRUCE_OK, status) << nth;
            Elements after = {values == TRUCE_WORD ? 1001u : 1u, 60, 2, 70, 4, 5, 50};
            for (Word i = 0; i < 60; ++i) after.push_back(i);
            for (Word i = 0; i < 20; ++i) after[10 + i] = 80 + i;
            after.push_back(90);
            ASSERT_EQ(refused ? before : after, content(list, values)) << nth;
            if (!refused) break;
            ASSERT_LT(nth, 1000u);
        }
    }
}

/* What can't commit alone hands nothing out. Everything behind the first element is to be moved: the commit needs memory
 * when the answer is known already. */
TEST(ListMemory, RunsOutAlone)
{
    constexpr size_t count = 5000;
    const std::vector<truce_item> values(count, truce_word(7));
    uint64_t nth = 1;
    for (bool refused = true; refused; ++nth) {
        const List list;
        ASSERT_EQ(TRUCE_OK, truce_list_extend(TRUCE_ALONE, list, values.data(), count));
        truce_item out = truce_word(9);
        Gate gate(nth, Gate::from_the_nth_on);
        const truce_status status = truce_list_remove(TRUCE_ALONE, list, 0, &out);
        gate.open();
        refused = gate.refused();
        ASSERT_EQ(refused ? TRUCE_NO_MEMORY : TRUCE_OK, status) << nth;
        EXPECT_EQ(refused ? 0u : 7u, out.word) << nth;
        EXPECT_EQ(refused, out.kind == TRUCE_NONE) << nth;
        EXPECT_EQ(refused ? count : count - 1, content(list).size()) << nth;
        ASSERT_LT(nth, 1000u);
    }
    EXPECT_GT(nth, 2u) << "nothing was refused";
}

/* ---- broken rules ---- */

void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

#define EXPECT_MISUSE(call, regex) EXPECT_DEATH(expect_not_reached(call), "truce: .*(" regex ")")

truce_status ignore(void *, truce_item, truce_item)
{
    return TRUCE_OK;
}

TEST(ListMisuse, OfTheList)
{
    const Dict dict;
    truce_item out;
    Tx tx;
    EXPECT_MISUSE(truce_list_get(tx, nullptr, 0, &out), "list.*NULL");
    EXPECT_MISUSE(truce_list_append(TRUCE_ALONE, nullptr, truce_word(1)), "list.*NULL");
    truce_list *const other = reinterpret_cast<truce_list *>(static_cast<truce_dict *>(dict));
    EXPECT_MISUSE(truce_list_get(tx, other, 0, &out), "another kind");
    truce_list *freed = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_list_new(nullptr, &freed));
    fill(freed, {1});
    truce_list_free(freed);
    EXPECT_MISUSE(truce_list_get(tx, freed, 0, &out), "freed");
    EXPECT_MISUSE(truce_list_pop(tx, freed, &out), "freed");
    EXPECT_DEATH(truce_list_free(freed), "freed");
}

TEST(ListMisuse, OfOptions)
{
    truce_list *list;
    truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
    EXPECT_MISUSE(truce_list_new(&options, nullptr), "place");
    options.values = 17;
    EXPECT_MISUSE(truce_list_new(&options, &list), "TRUCE_WORD");
    options.values = TRUCE_BYTES;
    options.release = count_release;
    EXPECT_MISUSE(truce_list_new(&options, &list), "release");
    options.size = 0;
    EXPECT_MISUSE(truce_list_new(&options, &list), "size");
}

TEST(ListMisuse, OfAListFreedMeanwhile)
{
    Tx reader, writer;
    const List side;
    truce_list *freed = nullptr;
    truce_item out;
    ASSERT_EQ(TRUCE_OK, truce_list_new(nullptr, &freed));
    fill(freed, {1});
    ASSERT_EQ(TRUCE_OK, truce_list_get(reader, freed, 0, &out));
    ASSERT_EQ(TRUCE_OK, truce_list_append(reader, side, truce_word(1)));
    ASSERT_EQ(TRUCE_OK, truce_list_append(writer, freed, truce_word(1)));
    truce_list_free(freed);
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_MISUSE(truce_commit(writer), "freed");
}

TEST(ListMisuse, OfValuesAndOutputs)
{
    const List words, texts(TRUCE_BYTES);
    Tx tx;
    EXPECT_MISUSE(truce_list_append(tx, words, truce_text("a")), "words");
    EXPECT_MISUSE(truce_list_append(tx, words, none), "words");
    EXPECT_MISUSE(truce_list_set(tx, texts, 0, truce_word(1)), "bytes");
    EXPECT_MISUSE(truce_list_insert(TRUCE_ALONE, texts, 0, truce_bytes(nullptr, 3)), "NULL");
    EXPECT_MISUSE(truce_list_add(tx, texts, 0, 1), "words");
    EXPECT_MISUSE(truce_list_get(tx, words, 0, nullptr), "NULL");
    EXPECT_MISUSE(truce_list_pop(tx, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_list_len(tx, words, nullptr), "NULL");
    EXPECT_MISUSE(truce_list_each(tx, words, 0, 1, nullptr, nullptr), "NULL");
    EXPECT_MISUSE(truce_list_extend(tx, words, nullptr, 1), "NULL");
    EXPECT_MISUSE(truce_list_get(nullptr, words, 0, nullptr), "NULL");
    EXPECT_MISUSE(truce_list_new(nullptr, nullptr), "place");
}

TEST(ListMisuse, OfHandingOutAlone)
{
    const List texts(TRUCE_BYTES);
    truce_item out;
    ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, texts, truce_text("a")));
    EXPECT_MISUSE(truce_list_get(TRUCE_ALONE, texts, 0, &out), "alone");
    EXPECT_MISUSE(truce_list_last(TRUCE_ALONE, texts, &out), "alone");
    EXPECT_MISUSE(truce_list_pop(TRUCE_ALONE, texts, &out), "alone");
    EXPECT_MISUSE(truce_list_each(TRUCE_ALONE, texts, 0, 1, ignore, nullptr), "alone");
    EXPECT_MISUSE(truce_list_append_ticket(TRUCE_ALONE, texts, truce_text("a"), &out), "ticket");
}

/* Alone, pop and remove make such a word the caller's; what only reads it has nobody to keep it alive. */
TEST(ListMisuse, OfHandingOutAloneWhatTheListOwns)
{
    truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
    options.release = count_release;
    options.release_context = &released_;
    const List owning(options);
    truce_item out;
    fill(owning, {1});
    EXPECT_MISUSE(truce_list_get(TRUCE_ALONE, owning, 0, &out), "alone");
    EXPECT_MISUSE(truce_list_last(TRUCE_ALONE, owning, &out), "alone");
    EXPECT_MISUSE(truce_list_each(TRUCE_ALONE, owning, 0, 1, ignore, nullptr), "alone");
    EXPECT_EQ(TRUCE_OK, truce_list_pop(TRUCE_ALONE, owning, &out));
}

TEST(ListMisuse, OfAReadOnlyTransaction)
{
    const List list;
    truce_run_options options = run_options();
    options.read_only = true;
    Tx tx(&options);
    for (int verb = 0; verb <= static_cast<int>(last_list_verb); ++verb) {
        const ListOp op{static_cast<ListVerb>(verb), 0, 1};
        if (may_change(op.verb)) {
            EXPECT_MISUSE(play(tx, list, TRUCE_WORD, op).status, "read-only") << text(op);
        } else {
            EXPECT_LE(TRUCE_OK, play(tx, list, TRUCE_WORD, op).status) << text(op);
        }
    }
    truce_item out;
    EXPECT_MISUSE(truce_list_append_ticket(tx, list, truce_word(1), &out), "read-only");
    EXPECT_EQ(TRUCE_ABSENT, truce_list_own(tx, list, 0, &out));
}

truce_item operand_itself(truce_item, truce_item operand)
{
    return operand;
}

TEST(ListMisuse, OfTickets)
{
    const List list, texts(TRUCE_BYTES);
    const Dict dict, of_texts(TRUCE_WORD, TRUCE_BYTES);
    truce_item ticket, other;
    bool yes = false;
    char buffer[8];
    size_t size = 0;
    Tx tx, another;
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(1), &ticket));
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(another, list, truce_word(1), &other));
    EXPECT_MISUSE(truce_list_append(another, list, ticket), "ticket");
    EXPECT_MISUSE(truce_list_append(TRUCE_ALONE, list, ticket), "ticket");
    EXPECT_MISUSE(truce_list_append(tx, texts, ticket), "bytes");
    EXPECT_MISUSE(truce_dict_set(another, dict, truce_word(1), ticket), "ticket");
    EXPECT_MISUSE(truce_dict_set(tx, dict, ticket, truce_word(1)), "words");
    EXPECT_MISUSE(truce_dict_set(tx, of_texts, truce_word(1), ticket), "bytes");
    EXPECT_MISUSE(truce_dict_apply(tx, dict, truce_word(1), operand_itself, ticket), "operand");
    EXPECT_MISUSE(truce_dict_replace(tx, dict, truce_word(1), ticket, truce_word(1), &yes), "words|ticket");
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(1), ticket));
    EXPECT_MISUSE(truce_dict_add(tx, dict, truce_word(1), 1), "ticket");
    EXPECT_MISUSE(truce_dict_copy(tx, dict, truce_word(1), buffer, sizeof buffer, &size), "ticket");
    EXPECT_MISUSE(truce_dict_replace(tx, dict, truce_word(1), truce_word(1), truce_word(1), &yes), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(0)));
    ASSERT_EQ(TRUCE_OK, truce_list_set(tx, list, 0, ticket));
    EXPECT_MISUSE(truce_list_copy(tx, list, 0, buffer, sizeof buffer, &size), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_list_add(tx, list, 0, 1));
    EXPECT_MISUSE(truce_list_get(tx, list, 0, &other), "ticket");
    truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
    options.release = count_release;
    options.release_context = &released_;
    const List owning(options);
    EXPECT_MISUSE(truce_list_append(tx, owning, ticket), "words");
    ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    ASSERT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_MISUSE(truce_list_append(tx, list, ticket), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(1), &other));
    EXPECT_MISUSE(truce_list_append(tx, list, ticket), "ticket") << "of an attempt that is over";
    EXPECT_EQ(TRUCE_OK, truce_list_append(tx, list, other));
}

} // namespace

} // namespace truce_test
