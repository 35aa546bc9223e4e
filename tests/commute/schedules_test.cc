/* Schedules of several transactions in one thread, written out with their verdicts: what changed and changed back, what
 * several cells answer together, what own work leaves of an observation. */
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "support/actor.h"

using namespace truce_test;

namespace {

enum : uint64_t { a = 1, b = 2, c = 3, d = 4, z = 26 };

class Schedules : public testing::Test {
  protected:
    Dict dict;
};

using ChangedAndChangedBack = Schedules;
using SeveralCells = Schedules;
using OwnWork = Schedules;
using NoConflict = Schedules;

TEST_F(ChangedAndChangedBack, TheLengthIsTheSameAgain)
{
    put(dict, a, 1);
    put(dict, b, 1);
    Actor t0(dict);
    EXPECT_EQ(2u, t0.len());
    t0.set(a, 9);
    drop(dict, b);
    put(dict, c, 1);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(9, held(dict, a));
}

TEST_F(ChangedAndChangedBack, TheLengthIsAnotherInBetweenOnly)
{
    Actor t0(dict);
    EXPECT_EQ(0u, t0.len());
    put(dict, a, 1);
    drop(dict, a);
    t0.set(z, 3);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(ChangedAndChangedBack, TheValue)
{
    put(dict, a, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(a));
    t0.set(z, 1);
    put(dict, a, 2);
    put(dict, a, 1);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(ChangedAndChangedBack, AKeyThatWasAbsent)
{
    Actor t0(dict);
    EXPECT_EQ(absent, t0.get(a));
    EXPECT_FALSE(t0.contains(b));
    t0.set(z, 1);
    put(dict, a, 5);
    put(dict, b, 5);
    drop(dict, a);
    drop(dict, b);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(ChangedAndChangedBack, AbsentCreatedDeletedAndCreatedAgain)
{
    Actor t0(dict);
    EXPECT_EQ(absent, t0.get(a));
    t0.set(z, 1);
    put(dict, a, 5);
    drop(dict, a);
    truce_collect();
    put(dict, a, 5);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("get 1", t0.lost_by());
    EXPECT_EQ(-1, held(dict, z));
}

TEST_F(ChangedAndChangedBack, RemovedAndCreatedAgain)
{
    put(dict, a, 5);
    put(dict, b, 5);
    Actor same(dict), other(dict);
    EXPECT_EQ(5, same.get(a));
    EXPECT_EQ(5, other.get(b));
    same.set(z, 1);
    other.set(z, 2);
    drop(dict, a);
    drop(dict, b);
    put(dict, a, 5);
    put(dict, b, 6);
    EXPECT_EQ(TRUCE_OK, same.commit());
    EXPECT_EQ(TRUCE_CONFLICT, other.commit());
    EXPECT_EQ("get 2", other.lost_by());
}

/* One key is changed and changed back, and with the second change another one is changed for good: whoever takes the
 * first for unchanged must see that the second isn't. */
TEST_F(ChangedAndChangedBack, AnotherKeyBehindIt)
{
    put(dict, a, 1);
    put(dict, c, 1);
    Actor t0(dict), t1(dict), t2(dict);
    EXPECT_EQ(1, t0.get(c));
    EXPECT_EQ(1, t0.get(a));
    t0.set(z, 1);
    t1.set(a, 2);
    t2.set(a, 1);
    t2.set(c, 3);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t2.commit());
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("get 3", t0.lost_by());
}

/* The same while the transaction goes on reading: it can't see the new value of z together with the old one of c. */
TEST_F(ChangedAndChangedBack, AnotherKeyBehindItWhileReading)
{
    put(dict, a, 1);
    put(dict, c, 1);
    put(dict, z, 1);
    Actor t0(dict), t1(dict), t2(dict);
    EXPECT_EQ(1, t0.get(c));
    EXPECT_EQ(1, t0.get(a));
    t1.set(a, 2);
    t1.set(z, 2);
    t2.set(a, 1);
    t2.set(c, 3);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t2.commit());
    truce_item value;
    EXPECT_EQ(TRUCE_CONFLICT, truce_dict_get(t0.tx(), dict, truce_word(z), &value));
    EXPECT_EQ("get 3", t0.lost_by());
}

TEST_F(ChangedAndChangedBack, ReadingGoesOnWhenEverythingSeenIsTrueAgain)
{
    put(dict, a, 1);
    put(dict, z, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(a));
    put(dict, a, 2);
    put(dict, z, 2);
    put(dict, a, 1);
    EXPECT_EQ(2, t0.get(z));
    t0.set(b, 1);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

/* The length goes 2, 1, 2, 1 and is never 0, whatever order its parts are summed in. */
TEST_F(SeveralCells, NeverEmpty)
{
    put(dict, a, 1);
    put(dict, c, 1);
    Actor t0(dict), t1(dict), t2(dict), t3(dict);
    EXPECT_FALSE(t0.is_empty());
    t0.set(a, 1);
    t1.remove(c);
    t2.set(b, 1);
    t3.remove(a);
    EXPECT_EQ(TRUCE_OK, t3.commit());
    EXPECT_EQ(TRUCE_OK, t2.commit());
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(2u, length(dict));
}

TEST_F(SeveralCells, TheLengthOfAnotherInstant)
{
    Actor t0(dict), t2(dict);
    t0.add(a, 1);
    EXPECT_EQ(0u, t2.len());
    t2.set(z, 3);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    Actor t1(dict);
    EXPECT_TRUE(t1.contains(a));
    t1.remove(a);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t2.commit());
}

/* Before len answers, the blind set it looks at has observed nothing: what commits until then is simply seen. */
TEST_F(SeveralCells, AnOperationThatHasNotAnsweredHasObservedNothing)
{
    Actor t0(dict), t1(dict);
    t0.add(a, 1);
    t0.set(b, 2);
    t1.set(a, 3);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(2u, t1.len());
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(3, held(dict, a));
    EXPECT_EQ(2u, length(dict));
}

TEST_F(SeveralCells, KeysOfOneGetMany)
{
    put(dict, a, 1);
    put(dict, b, 2);
    Actor t0(dict);
    const truce_item keys[] = {truce_word(b), truce_word(c), truce_word(a)};
    truce_item values[3];
    ASSERT_EQ(TRUCE_OK, truce_dict_get_many(t0.tx(), dict, keys, 3, values));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), values[1].kind);
    t0.set(z, 1);
    put(dict, c, 3);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("get_many 3", t0.lost_by());
}

TEST_F(OwnWork, AnEmptyDictThatIsNotEmptyAnyMore)
{
    put(dict, a, 1);
    put(dict, c, 1);
    Actor t0(dict), t1(dict);
    t0.set(a, 1);
    EXPECT_FALSE(t0.is_empty());
    t1.set(d, 3);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    drop(dict, c);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(OwnWork, TheLengthWithAKeySetBlindlyThatAnotherInserts)
{
    Actor t0(dict), t1(dict);
    t0.set(a, 1);
    EXPECT_EQ(1u, t0.len());
    t1.set(a, 2);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(1u, length(dict));
}

TEST_F(OwnWork, TheLengthWithAKeySetBlindlyWhenAnotherKeyComes)
{
    Actor t0(dict);
    t0.set(a, 1);
    EXPECT_EQ(1u, t0.len());
    put(dict, b, 2);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("len", t0.lost_by());
}

TEST_F(OwnWork, AValueUnderAMaximumThatHidesIt)
{
    put(dict, a, 3);
    Actor hidden(dict), shown(dict);
    for (Actor *const actor : {&hidden, &shown}) {
        EXPECT_EQ(TRUCE_OK, truce_dict_max(actor->tx(), dict, truce_word(a), 5));
        EXPECT_EQ(5, actor->get(a));
    }
    put(dict, a, 4);
    EXPECT_EQ(TRUCE_OK, hidden.commit());
    put(dict, a, 6);
    EXPECT_EQ(TRUCE_CONFLICT, shown.commit());
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(shown.tx(), &conflict));
    EXPECT_EQ(5u, conflict.seen.word);
    EXPECT_EQ(6u, conflict.now.word);
}

TEST_F(OwnWork, AbsentAndZeroAreTheSameUnderAnAdd)
{
    Actor t0(dict);
    t0.add(a, 4);
    EXPECT_EQ(4, t0.get(a));
    put(dict, a, 0);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(4, held(dict, a));
}

TEST_F(OwnWork, DecidesAloneAndObservesNothing)
{
    put(dict, a, 1);
    Actor t0(dict);
    t0.set(a, 2);
    EXPECT_EQ(2, t0.get(a));
    t0.add(b, 1);
    EXPECT_TRUE(t0.contains(b));
    t0.remove(c);
    EXPECT_EQ(absent, t0.get(c));
    EXPECT_EQ(2, t0.pop(a));
    t0.set(d, 4);
    EXPECT_FALSE(t0.is_empty());
    put(dict, a, 7);
    put(dict, b, 7);
    put(dict, c, 7);
    put(dict, d, 7);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(-1, held(dict, a));
    EXPECT_EQ(8, held(dict, b));
    EXPECT_EQ(-1, held(dict, c));
    EXPECT_EQ(4, held(dict, d));
}

TEST_F(OwnWork, AClearedDictIsOnesOwn)
{
    put(dict, a, 1);
    Actor t0(dict);
    t0.clear();
    EXPECT_TRUE(t0.is_empty());
    t0.set(b, 1);
    EXPECT_EQ(1u, t0.len());
    EXPECT_EQ(absent, t0.get(a));
    put(dict, c, 1);
    put(dict, a, 2);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(1u, length(dict));
}

TEST_F(OwnWork, DoesNotHideWhatWasReadBefore)
{
    put(dict, a, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(a));
    t0.set(a, 2);
    EXPECT_EQ(2, t0.get(a));
    put(dict, a, 3);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("get 1", t0.lost_by());
    EXPECT_EQ(3, held(dict, a));
}

TEST_F(OwnWork, IsUndoneWithTheAttempt)
{
    put(dict, a, 1);
    Actor reader(dict);
    EXPECT_EQ(1, reader.get(a));
    EXPECT_EQ(absent, reader.get(b));
    EXPECT_EQ(1u, reader.len());
    reader.set(z, 1);
    {
        Actor undone(dict);
        undone.set(a, 2);
        undone.set(b, 2);
        undone.remove(a);
        EXPECT_EQ(TRUCE_OK, truce_abort(undone.tx()));
    }
    EXPECT_EQ(TRUCE_OK, reader.commit());
}

TEST_F(NoConflict, AnEqualValueOverAnEqualOne)
{
    put(dict, a, 1);
    Actor t0(dict);
    EXPECT_EQ(1, t0.get(a));
    EXPECT_EQ(1u, t0.len());
    t0.set(z, 1);
    put(dict, a, 1);
    EXPECT_EQ(TRUCE_OK, truce_dict_add(TRUCE_ALONE, dict, truce_word(a), 0));
    EXPECT_EQ(TRUCE_OK, truce_dict_max(TRUCE_ALONE, dict, truce_word(a), -1));
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(NoConflict, RemovingWhatIsAbsent)
{
    Actor t0(dict);
    EXPECT_FALSE(t0.contains(a));
    EXPECT_EQ(0u, t0.len());
    t0.set(z, 1);
    drop(dict, a);
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(NoConflict, PresenceWhenOnlyTheValueChanges)
{
    put(dict, a, 1);
    Actor t0(dict);
    EXPECT_TRUE(t0.contains(a));
    EXPECT_EQ(1u, t0.len());
    t0.set(z, 1);
    put(dict, a, 2);
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(NoConflict, BlindUpdatesOfOneKeyInAnyOrder)
{
    std::vector<std::unique_ptr<Actor>> actors;
    for (int i = 0; i < 8; ++i) {
        actors.push_back(std::make_unique<Actor>(dict));
        actors.back()->add(a, 1 << i);
    }
    for (const int i : {3, 0, 7, 1, 6, 2, 5, 4}) EXPECT_EQ(TRUCE_OK, actors[static_cast<size_t>(i)]->commit());
    EXPECT_EQ(255, held(dict, a));
}

TEST_F(NoConflict, BlindSetsOfOneKeyTheLaterCommitStays)
{
    Actor t0(dict), t1(dict);
    t0.set(a, 1);
    t1.set(a, 2);
    EXPECT_EQ(TRUCE_OK, t1.commit());
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(1, held(dict, a));
}

TEST_F(NoConflict, TheRestOfWhatAStoppedVisitorWasNotHanded)
{
    for (uint64_t key = 1; key <= 20; ++key) put(dict, key, 5);
    Actor t0(dict);
    uint64_t first = 0;
    const auto stop_at_once = [](void *context, truce_item key, truce_item) -> truce_status {
        *static_cast<uint64_t *>(context) = key.word;
        return TRUCE_USER_COMMIT;
    };
    EXPECT_EQ(TRUCE_USER_COMMIT, truce_dict_each(t0.tx(), dict, stop_at_once, &first));
    t0.set(100, 1);
    for (uint64_t key = 1; key <= 40; ++key) {
        if (key != first) put(dict, key, 6);
    }
    EXPECT_EQ(TRUCE_OK, t0.commit());
}

TEST_F(NoConflict, ATableThatGrowsTenfoldTenfold)
{
    for (uint64_t key = 0; key < 10; ++key) put(dict, key, 1);
    Actor t0(dict);
    for (uint64_t key = 0; key < 10; ++key) EXPECT_EQ(1, t0.get(key));
    for (uint64_t key = 10; key < 20; ++key) EXPECT_EQ(absent, t0.get(key));
    for (uint64_t key = 1000; key < 2000; ++key) put(dict, key, 2);
    EXPECT_EQ(2, t0.get(1500));
    t0.set(3, 9);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(9, held(dict, 3));
    EXPECT_EQ(1010u, length(dict));
}

} // namespace
