/* A dict from words to words, in one thread: what each operation answers and leaves behind, in a transaction and
 * alone. */
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/actor.h"
#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD}, k2 = {2, 0, TRUCE_WORD}, k3 = {3, 0, TRUCE_WORD};
constexpr truce_item unset = {77, 77, 77};

bool is_zero(const truce_item &item)
{
    return item.word == 0 && item.size == 0 && item.kind == TRUCE_NONE;
}

bool is_word(const truce_item &item, uint64_t word)
{
    return item.word == word && item.size == 0 && item.kind == TRUCE_WORD;
}

using Entries = std::map<uint64_t, uint64_t>;

truce_status collect(void *context, truce_item key, truce_item value)
{
    EXPECT_TRUE(static_cast<Entries *>(context)->emplace(key.word, value.word).second) << "handed out twice";
    return TRUCE_OK;
}

Entries entries_of(truce_tx *tx, truce_dict *dict)
{
    Entries entries;
    EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, dict, collect, &entries));
    return entries;
}

/* Every operation twice: in a transaction that commits at the end, and alone. */
class Operation : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override
    {
        put(dict, 1, 10);
        if (GetParam()) open = std::make_unique<Tx>();
        tx = GetParam() ? static_cast<truce_tx *>(*open) : TRUCE_ALONE;
    }

    /* What the dict holds once everything is committed. */
    Entries left()
    {
        EXPECT_EQ(TRUCE_OK, open != nullptr ? truce_commit(*open) : TRUCE_OK);
        return entries_of(TRUCE_ALONE, dict);
    }

    Dict dict;
    std::unique_ptr<Tx> open;
    truce_tx *tx = nullptr;
    truce_item out = unset;
    bool yes = true;
};

TEST_P(Operation, Get)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, k1, &out));
    EXPECT_TRUE(is_word(out, 10));
    out = unset;
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, k2, &out));
    EXPECT_TRUE(is_zero(out));
    EXPECT_EQ((Entries{{1, 10}}), left());
}

TEST_P(Operation, GetMany)
{
    put(dict, 3, 30);
    const truce_item keys[] = {k3, k2, k1, k3};
    truce_item values[] = {unset, unset, unset, unset};
    EXPECT_EQ(TRUCE_OK, truce_dict_get_many(tx, dict, keys, 4, values));
    EXPECT_TRUE(is_word(values[0], 30));
    EXPECT_TRUE(is_zero(values[1]));
    EXPECT_TRUE(is_word(values[2], 10));
    EXPECT_TRUE(is_word(values[3], 30));
}

TEST_P(Operation, GetManyOfNoneAndOfThousands)
{
    constexpr size_t count = 3000;
    std::vector<truce_item> keys, values(count, unset);
    for (uint64_t i = 0; i < count; ++i) keys.push_back(truce_word(i * 2));
    for (uint64_t i = 10; i < 2 * count; ++i) put(dict, i, static_cast<int64_t>(i) + 1);
    EXPECT_EQ(TRUCE_OK, truce_dict_get_many(tx, dict, keys.data(), 0, values.data()));
    EXPECT_EQ(77u, values[0].kind);
    EXPECT_EQ(TRUCE_OK, truce_dict_get_many(tx, dict, keys.data(), count, values.data()));
    for (uint64_t i = 0; i < count; ++i) {
        EXPECT_TRUE(i < 5 ? is_zero(values[i]) : is_word(values[i], 2 * i + 1)) << i;
    }
}

TEST_P(Operation, Copy)
{
    uint64_t word = 0;
    size_t size = 99;
    EXPECT_EQ(TRUCE_OK, truce_dict_copy(tx, dict, k1, &word, sizeof word, &size));
    EXPECT_EQ(10u, word);
    EXPECT_EQ(8u, size);
    unsigned char little[4] = {1, 1, 1, 7};
    EXPECT_EQ(TRUCE_OK, truce_dict_copy(tx, dict, k1, little, 3, &size));
    EXPECT_EQ(8u, size);
    EXPECT_EQ(7, little[3]);
    EXPECT_EQ(0, memcmp(little, &word, 3));
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_copy(tx, dict, k2, &word, sizeof word, &size));
    EXPECT_EQ(0u, size);
}

TEST_P(Operation, Contains)
{
    yes = false;
    EXPECT_EQ(TRUCE_OK, truce_dict_contains(tx, dict, k1, &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_contains(tx, dict, k2, &yes));
    EXPECT_FALSE(yes);
}

TEST_P(Operation, Set)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k1, truce_word(11)));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k2, truce_word(20)));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k2, truce_word(21)));
    EXPECT_EQ((Entries{{1, 11}, {2, 21}}), left());
}

TEST_P(Operation, Remove)
{
    put(dict, 2, 20);
    yes = false;
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k2, nullptr));
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k3, nullptr));
    EXPECT_EQ(Entries(), left());
}

TEST_P(Operation, Swap)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_swap(tx, dict, k1, truce_word(11), &out));
    EXPECT_TRUE(is_word(out, 10));
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_swap(tx, dict, k2, truce_word(20), &out));
    EXPECT_TRUE(is_zero(out));
    EXPECT_EQ(TRUCE_OK, truce_dict_swap(tx, dict, k2, truce_word(21), &out));
    EXPECT_TRUE(is_word(out, 20));
    EXPECT_EQ((Entries{{1, 11}, {2, 21}}), left());
}

TEST_P(Operation, Pop)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_pop(tx, dict, k1, &out));
    EXPECT_TRUE(is_word(out, 10));
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_pop(tx, dict, k1, &out));
    EXPECT_TRUE(is_zero(out));
    EXPECT_EQ(Entries(), left());
}

TEST_P(Operation, GetOrSet)
{
    yes = false;
    EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k1, truce_word(99), &out, &yes));
    EXPECT_TRUE(is_word(out, 10));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k2, truce_word(20), &out, &yes));
    EXPECT_TRUE(is_word(out, 20));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k2, truce_word(99), &out, nullptr));
    EXPECT_TRUE(is_word(out, 20));
    EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k3, truce_word(30), &out, nullptr));
    EXPECT_TRUE(is_word(out, 30));
    EXPECT_EQ((Entries{{1, 10}, {2, 20}, {3, 30}}), left());
}

TEST_P(Operation, Replace)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k1, truce_word(9), truce_word(11), &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k1, truce_word(10), truce_word(11), &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k2, truce_word(0), truce_word(20), &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ((Entries{{1, 11}}), left());
}

TEST_P(Operation, Add)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k1, -4));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k1, INT64_MAX));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k1, INT64_MAX));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k2, 3));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k2, -3));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k3, 0));
    EXPECT_EQ((Entries{{1, 4}, {2, 0}, {3, 0}}), left());
}

TEST_P(Operation, MaxAndMinAreSigned)
{
    const uint64_t minus_five = truce_signed(-5).word;
    EXPECT_EQ(TRUCE_OK, truce_dict_max(tx, dict, k1, -5));
    EXPECT_EQ(TRUCE_OK, truce_dict_max(tx, dict, k1, 12));
    EXPECT_EQ(TRUCE_OK, truce_dict_max(tx, dict, k2, -5));
    EXPECT_EQ(TRUCE_OK, truce_dict_min(tx, dict, k3, 7));
    EXPECT_EQ(TRUCE_OK, truce_dict_min(tx, dict, k3, -5));
    EXPECT_EQ(TRUCE_OK, truce_dict_min(tx, dict, k3, 3));
    EXPECT_EQ((Entries{{1, 12}, {2, minus_five}, {3, minus_five}}), left());
}

TEST_P(Operation, OrAndAnd)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_or(tx, dict, k1, 5));
    EXPECT_EQ(TRUCE_OK, truce_dict_or(tx, dict, k2, 6));
    EXPECT_EQ(TRUCE_OK, truce_dict_and(tx, dict, k2, 12));
    EXPECT_EQ(TRUCE_OK, truce_dict_and(tx, dict, k3, 9));
    EXPECT_EQ((Entries{{1, 15}, {2, 4}, {3, 9}}), left());
}

truce_item shift_and_add(truce_item now, truce_item operand)
{
    return truce_word(now.kind == TRUCE_NONE ? operand.word : now.word * 10 + operand.word);
}

TEST_P(Operation, Apply)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_apply(tx, dict, k1, shift_and_add, truce_word(2)));
    EXPECT_EQ(TRUCE_OK, truce_dict_apply(tx, dict, k1, shift_and_add, truce_word(3)));
    EXPECT_EQ(TRUCE_OK, truce_dict_apply(tx, dict, k2, shift_and_add, truce_word(4)));
    EXPECT_EQ((Entries{{1, 1023}, {2, 4}}), left());
}

TEST_P(Operation, LenAndItsPredicates)
{
    size_t count = 99;
    EXPECT_EQ(TRUCE_OK, truce_dict_len(tx, dict, &count));
    EXPECT_EQ(1u, count);
    EXPECT_EQ(TRUCE_OK, truce_dict_is_empty(tx, dict, &yes));
    EXPECT_FALSE(yes);
    for (const size_t n : {size_t{0}, size_t{1}, size_t{2}, SIZE_MAX}) {
        EXPECT_EQ(TRUCE_OK, truce_dict_len_at_least(tx, dict, n, &yes));
        EXPECT_EQ(n <= 1, yes) << n;
    }
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, nullptr));
    EXPECT_EQ(TRUCE_OK, truce_dict_len(tx, dict, &count));
    EXPECT_EQ(0u, count);
    EXPECT_EQ(TRUCE_OK, truce_dict_is_empty(tx, dict, &yes));
    EXPECT_TRUE(yes);
}

TEST_P(Operation, Each)
{
    put(dict, 2, 20);
    EXPECT_EQ((Entries{{1, 10}, {2, 20}}), entries_of(tx, dict));
    Entries keys;
    EXPECT_EQ(TRUCE_OK, truce_dict_each_key(tx, dict, collect, &keys));
    EXPECT_EQ((Entries{{1, 0}, {2, 0}}), keys);
}

TEST_P(Operation, EachReturnsWhatTheVisitorStoppedWith)
{
    put(dict, 2, 20);
    const auto stop = [](void *context, truce_item, truce_item) -> truce_status {
        ++*static_cast<int *>(context);
        return TRUCE_ABSENT;
    };
    int calls = 0;
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_each(tx, dict, stop, &calls));
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_each_key(tx, dict, stop, &calls));
    EXPECT_EQ(2, calls);
}

TEST_P(Operation, Clear)
{
    for (uint64_t key = 0; key < 500; ++key) put(dict, key, 1);
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, k2, truce_word(2)));
    EXPECT_EQ(TRUCE_OK, truce_dict_add(tx, dict, k3, 3));
    EXPECT_EQ((Entries{{2, 2}, {3, 3}}), left());
}

/* No word is special, as a key or as a value. */
TEST_P(Operation, ExtremeWords)
{
    Entries expected{{1, 10}};
    const uint64_t words[] = {0,    1,        2, 3, 7, UINT64_MAX, UINT64_MAX - 1, UINT64_MAX - 2, uint64_t{1} << 63,
                              0xff, 0x0ddba11};
    for (const uint64_t key : words) {
        const uint64_t value = ~key;
        EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(key), truce_word(value)));
        expected[key] = value;
    }
    for (const auto &[key, value] : expected) {
        EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_word(key), &out));
        EXPECT_TRUE(is_word(out, value)) << key;
    }
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, truce_word(4), &out));
    EXPECT_EQ(expected, left());
}

INSTANTIATE_TEST_SUITE_P(Dict, Operation, testing::Bool(),
                         [](const auto &how) { return how.param ? "InATransaction" : "Alone"; });

TEST(DictOptions, NothingGivenIsWordsToWords)
{
    truce_dict *dict = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(nullptr, &dict));
    put(dict, 1, 2);
    EXPECT_EQ(2, held(dict, 1));
    truce_dict_free(dict);
    truce_dict_free(nullptr);
}

TEST(DictOptions, FieldsBeyondTheSizeGivenAreNotRead)
{
    truce_dict_options options = dict_options(TRUCE_BYTES, 12345, "short");
    options.size = offsetof(truce_dict_options, values);
    truce_dict *dict = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(&options, &dict));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_text("key"), truce_word(1)));
    truce_dict_free(dict);
}

TEST(DictOptions, TheNameIsCopiedAndCut)
{
    std::string given(100, 'n');
    Dict dict(TRUCE_WORD, TRUCE_WORD, given.c_str());
    given.assign(100, 'x');
    Actor t0(dict);
    EXPECT_EQ(absent, t0.get(1));
    t0.set(2, 1);
    put(dict, 1, 1);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(t0.tx(), &conflict));
    EXPECT_EQ(std::string(63, 'n'), conflict.object_name);
}

TEST(DictGrowth, AHundredThousandKeysComeAndHalfOfThemGo)
{
    constexpr uint64_t count = 100000;
    Dict dict;
    for (uint64_t key = 0; key < count; ++key) put(dict, key * 977, static_cast<int64_t>(key));
    EXPECT_EQ(count, length(dict));
    for (uint64_t key = 0; key < count; key += 2) drop(dict, key * 977);
    EXPECT_EQ(count / 2, length(dict));
    for (uint64_t key = 0; key < count; ++key) {
        ASSERT_EQ(key % 2 == 0 ? -1 : static_cast<int64_t>(key), held(dict, key * 977));
    }
    EXPECT_EQ(count / 2, entries_of(TRUCE_ALONE, dict).size());
}

TEST(DictGrowth, InsideOneTransaction)
{
    constexpr uint64_t count = 20000;
    Dict dict;
    put(dict, 5, 1);
    Actor t0(dict);
    for (uint64_t key = 0; key < count; ++key) t0.add(key, static_cast<int64_t>(key));
    EXPECT_EQ(6, t0.get(5));
    EXPECT_EQ(static_cast<int64_t>(count) - 1, t0.get(count - 1));
    EXPECT_EQ(count, t0.len());
    for (uint64_t key = 0; key < count; key += 2) t0.remove(key);
    EXPECT_EQ(count / 2, entries_of(t0.tx(), dict).size());
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(count / 2, length(dict));
    EXPECT_EQ(6, held(dict, 5));
    EXPECT_EQ(-1, held(dict, 6));
}

TEST(DictEach, TheVisitorMayChangeTheDictAndDoesNotSeeIt)
{
    Dict dict;
    for (uint64_t key = 0; key < 50; ++key) put(dict, key, 1);
    struct Context {
        truce_tx *tx;
        truce_dict *dict;
        std::set<uint64_t> seen;
    };
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(49), truce_word(5)));
    Context context{tx, dict, {}};
    const auto change = [](void *given, truce_item key, truce_item value) -> truce_status {
        Context &c = *static_cast<Context *>(given);
        EXPECT_EQ(key.word == 49 ? 5u : 1u, value.word);
        EXPECT_TRUE(c.seen.insert(key.word).second);
        TRUCE_NEED(truce_dict_set(c.tx, c.dict, truce_word(key.word + 1000), value));
        TRUCE_NEED(truce_dict_set(c.tx, c.dict, truce_word((key.word + 1) % 50), truce_word(7)));
        return truce_dict_remove(c.tx, c.dict, truce_word((key.word + 25) % 50), nullptr);
    };
    EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, dict, change, &context));
    EXPECT_EQ(50u, context.seen.size());
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(1, held(dict, 1000));
    EXPECT_EQ(5, held(dict, 1049));
}

/* What others commit while the visitor runs is not handed out either: it is all of one instant. */
TEST(DictEach, IsOfOneInstant)
{
    Dict dict;
    for (uint64_t key = 0; key < 50; ++key) put(dict, key, 1);
    struct Context {
        truce_dict *dict;
        int sum;
    } context{dict, 0};
    const auto disturb = [](void *given, truce_item, truce_item value) -> truce_status {
        Context &c = *static_cast<Context *>(given);
        for (uint64_t key = 0; key < 60; ++key) put(c.dict, key, 100);
        c.sum += static_cast<int>(value.word);
        return TRUCE_OK;
    };
    Actor t0(dict);
    EXPECT_EQ(TRUCE_OK, truce_dict_each(t0.tx(), dict, disturb, &context));
    EXPECT_EQ(50, context.sum);
    t0.set(1000, 1);
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ(0u, t0.lost_by().find("each "));
    context.sum = 0;
    for (uint64_t key = 0; key < 60; ++key) put(dict, key, 2);
    EXPECT_EQ(TRUCE_OK, truce_dict_each(TRUCE_ALONE, dict, disturb, &context));
    EXPECT_EQ(120, context.sum);
}

/* The visitor's own operations may move the transaction on to a later instant. What was handed out must still be true
 * there, and the rest is of that instant too: all of it together is one state. */
class EachThatMovesOn : public testing::Test {
  protected:
    EachThatMovesOn()
    {
        for (uint64_t key = 0; key < 50; ++key) put(dict, key, 1);
        put(signal, 1, 1);
    }

    truce_status each()
    {
        const auto visit = [](void *self, truce_item key, truce_item value) {
            return static_cast<EachThatMovesOn *>(self)->visited(key.word, value.word);
        };
        return truce_dict_each(t0.tx(), dict, visit, this);
    }

    truce_status visited(uint64_t key, uint64_t value)
    {
        EXPECT_TRUE(handed_out.emplace(key, value).second) << "handed out twice";
        if (handed_out.size() > 1) return TRUCE_OK;
        for (uint64_t other = 0; other < 50; ++other) {
            if (other != key && other < 40) put(dict, other, 2);
            if (other != key && other >= 40) drop(dict, other);
        }
        for (uint64_t other = 100; other < 110; ++other) put(dict, other, 2);
        if (first_changes) put(dict, key, 2);
        put(signal, 1, 2);
        t0.set(200, 1);
        truce_item moved;
        const truce_status status = truce_dict_get(t0.tx(), signal, k1, &moved);
        EXPECT_EQ(first_changes ? TRUCE_CONFLICT : TRUCE_OK, status);
        return TRUCE_OK; /* a failure is not handed on, and yet it ends the iteration */
    }

    Dict dict, signal;
    Actor t0{dict};
    Entries handed_out;
    bool first_changes = false;
};

TEST_F(EachThatMovesOn, HandsOutTheRestAsItIsThen)
{
    EXPECT_EQ(TRUCE_OK, each());
    EXPECT_EQ(entries_of(TRUCE_ALONE, dict), handed_out);
    EXPECT_EQ(TRUCE_OK, t0.commit());
    EXPECT_EQ(1, held(dict, 200));
}

TEST_F(EachThatMovesOn, ConflictsWhenWhatWasHandedOutHasChanged)
{
    first_changes = true;
    EXPECT_EQ(TRUCE_CONFLICT, each());
    EXPECT_EQ(1u, handed_out.size());
    EXPECT_EQ(TRUCE_CONFLICT, t0.commit());
    EXPECT_EQ("each " + std::to_string(handed_out.begin()->first), t0.lost_by());
}

TEST(DictEach, InsideEach)
{
    Dict dict;
    put(dict, 1, 10);
    put(dict, 2, 20);
    struct Context {
        truce_tx *tx;
        truce_dict *dict;
        size_t pairs;
    };
    Tx tx;
    Context context{tx, dict, 0};
    const auto outer = [](void *given, truce_item, truce_item) -> truce_status {
        Context &c = *static_cast<Context *>(given);
        c.pairs += entries_of(c.tx, c.dict).size();
        return TRUCE_OK;
    };
    EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, dict, outer, &context));
    EXPECT_EQ(4u, context.pairs);
}

TEST(DictTransaction, TwoDictsChangeTogetherOrNotAtAll)
{
    Dict from, to;
    put(from, 1, 10);
    for (const bool commits : {false, true}) {
        Tx tx;
        truce_item value;
        ASSERT_EQ(TRUCE_OK, truce_dict_pop(tx, from, k1, &value));
        ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, to, k1, value));
        EXPECT_EQ(10, held(from, 1));
        EXPECT_EQ(-1, held(to, 1));
        EXPECT_EQ(TRUCE_OK, commits ? truce_commit(tx) : truce_abort(tx));
        EXPECT_EQ(commits ? -1 : 10, held(from, 1));
        EXPECT_EQ(commits ? 10 : -1, held(to, 1));
    }
}

TEST(DictTransaction, AHundredDicts)
{
    std::vector<Dict> dicts(100);
    Tx tx;
    for (uint64_t i = 0; i < dicts.size(); ++i) {
        ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dicts[i], k1, truce_word(i)));
    }
    for (uint64_t i = 0; i < dicts.size(); ++i) {
        truce_item value;
        ASSERT_EQ(TRUCE_OK, truce_dict_get(tx, dicts[i], k1, &value));
        EXPECT_EQ(i, value.word);
        ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dicts[i], k2, &value));
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    for (uint64_t i = 0; i < dicts.size(); ++i) EXPECT_EQ(static_cast<int64_t>(i), held(dicts[i], 1));
}

} // namespace
