/* Mistakes that other transactional stores shipped, each as a schedule that shows it. */
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "support/actor.h"
#include "support/collide.h"

using namespace truce_test;

namespace {

enum : uint64_t { a = 1, b = 2, c = 3, z = 26 };

class Field : public testing::Test {
  protected:
    Dict dict, second;
};

TEST_F(Field, ADeletionOfAKeyThatWasReadIsNoticed)
{
    put(dict, a, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(a));
    t0.set(z, 1);
    drop(dict, a);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("get 1", t0.lost_by());
}

TEST_F(Field, ASizeOfZeroOfADictNeverWrittenIsAnObservation)
{
    Actor counted(dict), asked(dict), listed(dict);
    EXPECT_EQ(0u, counted.len());
    EXPECT_TRUE(asked.is_empty());
    const auto never = [](void *, truce_item, truce_item) -> truce_status { return TRUCE_USER_COMMIT; };
    EXPECT_EQ(TRUCE_OK, truce_dict_each(listed.tx(), dict, never, nullptr));
    for (Actor *const actor : {&counted, &asked, &listed}) {
        actor->on(second);
        actor->set(z, 1);
    }
    put(dict, a, 1);
    EXPECT_EQ(TRUCE_CONFLICT, counted.commit());
    EXPECT_EQ(TRUCE_CONFLICT, asked.commit());
    EXPECT_EQ(TRUCE_CONFLICT, listed.commit());
    EXPECT_EQ("len", counted.lost_by());
    EXPECT_EQ("is_empty", asked.lost_by());
    EXPECT_EQ("each 1", listed.lost_by());
    EXPECT_EQ(0u, length(second));
}

TEST_F(Field, ADictThatWasOnlyReadIsCheckedToo)
{
    Actor t0(dict), t1(second);
    EXPECT_FALSE(t0.contains(a));
    EXPECT_FALSE(t1.contains(a));
    t0.on(second);
    t1.on(dict);
    t0.set(a, 1);
    t1.set(a, 1);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ(0u, length(second));
}

TEST_F(Field, WriteSkewInOneDict)
{
    put(dict, a, 1);
    put(dict, b, 1);
    Actor t0(dict), t1(dict);
    for (Actor *const actor : {&t0, &t1}) EXPECT_EQ(2, actor->get(a) + actor->get(b));
    t0.set(a, 0);
    t1.set(b, 0);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(TRUCE_CONFLICT, t1.commit());
    EXPECT_EQ("get 1", t1.lost_by());
}

TEST_F(Field, ClearIsNoticedByWhoeverObservedAKeyAndByNobodyElse)
{
    put(dict, a, 1);
    Actor value(dict), presence(dict), count(dict), popper(dict), absence(dict);
    EXPECT_EQ(1, value.get(a));
    EXPECT_TRUE(presence.contains(a));
    EXPECT_EQ(1u, count.len());
    EXPECT_EQ(1, popper.pop(a));
    EXPECT_EQ(absent, absence.get(b));
    for (Actor *const actor : {&value, &presence, &count, &popper, &absence}) {
        actor->on(second);
        actor->add(z, 1);
    }
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    EXPECT_EQ(TRUCE_CONFLICT, value.commit());
    EXPECT_EQ(TRUCE_CONFLICT, presence.commit());
    EXPECT_EQ(TRUCE_CONFLICT, count.commit());
    EXPECT_EQ(TRUCE_CONFLICT, popper.commit());
    EXPECT_EQ(TRUCE_OK, absence.commit());
    EXPECT_EQ("contains 1", presence.lost_by());
    EXPECT_EQ("pop 1", popper.lost_by());
}

TEST_F(Field, ClearItselfIsDisturbedByNobody)
{
    put(dict, a, 1);
    Actor t0(dict);
    t0.clear();
    put(dict, a, 2);
    put(dict, b, 2);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(0u, length(dict));
}

TEST_F(Field, EqualHashesAreNotEqualKeys)
{
    truce_test_collide(dict);
    Actor t0(dict);
    for (uint64_t key = 0; key < 50; ++key) put(dict, key, static_cast<int64_t>(key));
    for (uint64_t key = 0; key < 60; key += 2) {
        EXPECT_EQ(key < 50 ? static_cast<int64_t>(key) : absent, t0.get(key));
    }
    t0.set(100, 1);
    for (uint64_t key = 1; key < 60; key += 2) put(dict, key, -5);
    for (uint64_t key = 1; key < 60; key += 4) drop(dict, key);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    for (uint64_t key = 0; key < 50; key += 2) EXPECT_EQ(static_cast<int64_t>(key), held(dict, key));
}

TEST_F(Field, ALostCommitLeavesNothingBehind)
{
    for (uint64_t key = 0; key < 100; ++key) put(dict, key, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(50));
    for (uint64_t key = 0; key < 100; ++key) {
        if (key % 2 == 0) t0.set(key, 2);
        if (key % 2 != 0) t0.remove(key);
    }
    for (uint64_t key = 1000; key < 1100; ++key) t0.add(key, 1);
    put(dict, 50, 3);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ(100u, length(dict));
    for (uint64_t key = 0; key < 100; ++key) EXPECT_EQ(key == 50 ? 3 : 1, held(dict, key));
    for (uint64_t key = 1000; key < 1100; ++key) EXPECT_EQ(-1, held(dict, key));
    for (uint64_t key = 0; key < 100; ++key) put(dict, key, 4);
    Actor t1(dict);
    for (uint64_t key = 0; key < 100; ++key) EXPECT_EQ(4, t1.get(key));
    t1.clear();
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(0u, length(dict));
}

TEST_F(Field, SetAfterAddAndAddAfterSet)
{
    put(dict, a, 10);
    put(dict, b, 10);
    Actor t0(dict);
    t0.add(a, 1);
    t0.set(a, 3);
    t0.set(b, 3);
    t0.add(b, 1);
    t0.remove(c);
    t0.add(c, 1);
    put(dict, a, 20);
    put(dict, b, 20);
    put(dict, c, 20);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(3, held(dict, a));
    EXPECT_EQ(4, held(dict, b));
    EXPECT_EQ(1, held(dict, c));
}

TEST_F(Field, TransactionsThatOnlyChangeNeverConflict)
{
    std::vector<std::unique_ptr<Actor>> actors;
    for (int i = 0; i < 12; ++i) {
        actors.push_back(std::make_unique<Actor>(dict));
        Actor &actor = *actors.back();
        if (i % 6 == 5) actor.clear();
        actor.set(a, i);
        actor.add(b, i);
        if (i % 2 == 0) actor.remove(c);
        if (i % 2 != 0) actor.set(c, i);
    }
    for (size_t i = 12; i-- > 0;) EXPECT_EQ(TRUCE_OK, actors[i]->commit());
    EXPECT_EQ(0, held(dict, a));
    EXPECT_EQ(0 + 1 + 2 + 3 + 4 + 5, held(dict, b));
    EXPECT_EQ(-1, held(dict, c));
}

TEST_F(Field, SymmetricTransactionsGetThrough)
{
    put(dict, a, 0);
    put(dict, b, 0);
    for (int round = 0; round < 20; ++round) {
        Actor older(dict), younger(dict);
        Actor &first = round % 2 == 0 ? older : younger, &later = round % 2 == 0 ? younger : older;
        first.set(b, first.get(a) + 1);
        later.set(a, later.get(b) + 1);
        ASSERT_EQ(TRUCE_OK, first.commit());
        ASSERT_EQ(TRUCE_CONFLICT, later.commit());
        ASSERT_EQ(TRUCE_OK, truce_again(later.tx()));
        later.set(a, later.get(b) + 1);
        ASSERT_EQ(TRUCE_OK, later.commit());
        EXPECT_EQ(2 * (round + 1), held(dict, a));
    }
}

/* The conflict names who observed: its object, its operation, its key, and both values. */
TEST_F(Field, TheExplanationNamesTheObservation)
{
    Dict named(TRUCE_WORD, TRUCE_WORD, "stock");
    put(named, a, 7);
    Actor t0(named);
    EXPECT_EQ(7, t0.get(a));
    t0.set(b, 1);
    put(named, a, 8);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(t0.tx(), &conflict));
    EXPECT_EQ(static_cast<truce_dict *>(named), conflict.object);
    EXPECT_STREQ("stock", conflict.object_name);
    EXPECT_STREQ("dict", conflict.object_kind);
    EXPECT_STREQ("get", conflict.operation);
    EXPECT_EQ(a, conflict.key.word);
    EXPECT_EQ(7u, conflict.seen.word);
    EXPECT_EQ(8u, conflict.now.word);
}

/* Single operations are transactions among the others: they see what is committed only, and falsify what they change.
 */
TEST_F(Field, OperationsAloneAreTransactions)
{
    Actor t0(dict);
    t0.set(a, 1);
    EXPECT_EQ(-1, held(dict, a));
    EXPECT_EQ(0u, length(dict));
    truce_item old;
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_swap(TRUCE_ALONE, dict, truce_word(a), truce_word(2), &old));
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(TRUCE_OK, truce_dict_pop(TRUCE_ALONE, dict, truce_word(a), &old));
    EXPECT_EQ(1u, old.word);
    bool replaced = true;
    EXPECT_EQ(TRUCE_OK, truce_dict_replace(TRUCE_ALONE, dict, truce_word(a), truce_word(1), truce_word(2), &replaced));
    EXPECT_FALSE(replaced);
}

} // namespace
