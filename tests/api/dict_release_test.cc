/* Words that a dict owns: each is released exactly once, and only when the dict is done with it. */
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD}, k2 = {2, 0, TRUCE_WORD};
enum Owned : uint64_t { A = 100, B = 200, C = 300, X = 400, Y = 500 };

using Releases = std::map<uint64_t, int>;

void count_release(void *pointer, void *context)
{
    ++(*static_cast<Releases *>(context))[truce_ptr(pointer).word];
}

class Release : public testing::Test {
  protected:
    Release() : dict(make(&counts)) {}

    static Dict make(Releases *counts)
    {
        truce_dict_options options = dict_options();
        options.release = count_release;
        options.release_context = counts;
        return Dict(options);
    }

    /* How often each word was released, now that nothing is open. */
    const Releases &released()
    {
        truce_collect();
        return counts;
    }

    void set(truce_tx *tx, truce_item key, uint64_t word)
    {
        EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, key, truce_word(word)));
    }

    template <class Body> void commit(Body &&body)
    {
        Tx tx;
        body(static_cast<truce_tx *>(tx));
        EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    }

    uint64_t pop(truce_tx *tx, truce_item key)
    {
        truce_item old;
        EXPECT_EQ(TRUCE_OK, truce_dict_pop(tx, dict, key, &old));
        return old.word;
    }

    uint64_t swap(truce_tx *tx, truce_item key, uint64_t word)
    {
        truce_item old;
        EXPECT_EQ(TRUCE_OK, truce_dict_swap(tx, dict, key, truce_word(word), &old));
        return old.word;
    }

    Releases counts;
    Dict dict;
};

TEST_F(Release, Overwritten)
{
    set(TRUCE_ALONE, k1, A);
    EXPECT_EQ(Releases(), released());
    set(TRUCE_ALONE, k1, B);
    EXPECT_EQ((Releases{{A, 1}}), released());
    commit([&](truce_tx *tx) { set(tx, k1, C); });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

TEST_F(Release, Removed)
{
    set(TRUCE_ALONE, k1, A);
    set(TRUCE_ALONE, k2, B);
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(TRUCE_ALONE, dict, k1, nullptr));
    EXPECT_EQ((Releases{{A, 1}}), released());
    commit([&](truce_tx *tx) {
        bool was = false;
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k2, &was));
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, &was));
    });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

TEST_F(Release, ClearedAndFreed)
{
    Releases expected;
    for (uint64_t word = 1000; word < 1300; ++word) {
        set(TRUCE_ALONE, truce_word(word), word);
        expected[word] = 1;
    }
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    EXPECT_EQ(expected, released());
    for (uint64_t word = 2000; word < 2300; ++word) {
        set(TRUCE_ALONE, truce_word(word), word);
        expected[word] = 1;
    }
    dict.free();
    EXPECT_EQ(expected, released());
}

TEST_F(Release, NotWhenTheAttemptAborts)
{
    set(TRUCE_ALONE, k1, A);
    {
        Tx tx;
        set(tx, k1, B);
        set(tx, k1, C);
        set(tx, k2, X);
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, nullptr));
        EXPECT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
        EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    }
    EXPECT_EQ(Releases(), released());
    {
        Tx tx;
        EXPECT_EQ(A, pop(tx, k1));
        EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    }
    EXPECT_EQ(Releases(), released());
    dict.free();
    EXPECT_EQ((Releases{{A, 1}}), released());
}

TEST_F(Release, NotWhenTheAttemptConflicts)
{
    set(TRUCE_ALONE, k1, A);
    Tx tx;
    truce_item seen;
    EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, k1, &seen));
    set(tx, k1, B);
    set(tx, k2, C);
    set(TRUCE_ALONE, k1, X);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ((Releases{{A, 1}}), released());
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    set(tx, k1, B);
    set(tx, k2, C);
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    tx.end();
    EXPECT_EQ((Releases{{A, 1}, {X, 1}}), released());
}

TEST_F(Release, GivenAndOverwrittenByTheSameTransaction)
{
    commit([&](truce_tx *tx) {
        set(tx, k1, A);
        set(tx, k1, B);
        set(tx, k1, C);
        set(tx, k2, X);
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k2, nullptr));
    });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {X, 1}}), released());
    commit([&](truce_tx *tx) {
        set(tx, k2, Y);
        EXPECT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
    });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}, {X, 1}, {Y, 1}}), released());
}

TEST_F(Release, GivenOverwrittenAndGivenAgain)
{
    commit([&](truce_tx *tx) {
        set(tx, k1, A);
        set(tx, k1, B);
        set(tx, k1, A);
    });
    EXPECT_EQ((Releases{{B, 1}}), released());
    commit([&](truce_tx *tx) {
        set(tx, k1, C);
        set(tx, k1, A);
    });
    EXPECT_EQ((Releases{{B, 1}, {C, 1}}), released());
    commit([&](truce_tx *tx) {
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, nullptr));
        set(tx, k1, A);
    });
    EXPECT_EQ((Releases{{B, 1}, {C, 1}}), released());
    dict.free();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}}), released());
}

TEST_F(Release, TheSameWordOverItself)
{
    set(TRUCE_ALONE, k1, A);
    set(TRUCE_ALONE, k1, A);
    commit([&](truce_tx *tx) {
        set(tx, k1, A);
        set(tx, k1, A);
        bool replaced = false;
        EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k1, truce_word(A), truce_word(A), &replaced));
        EXPECT_TRUE(replaced);
    });
    EXPECT_EQ(Releases(), released());
}

TEST_F(Release, HandedOutIsTheCallers)
{
    set(TRUCE_ALONE, k1, A);
    set(TRUCE_ALONE, k2, B);
    commit([&](truce_tx *tx) {
        EXPECT_EQ(A, swap(tx, k1, C));
        EXPECT_EQ(B, pop(tx, k2));
    });
    EXPECT_EQ(Releases(), released());
    commit([&](truce_tx *tx) {
        set(tx, k2, X);
        EXPECT_EQ(X, swap(tx, k2, Y));
        EXPECT_EQ(Y, pop(tx, k2));
        EXPECT_EQ(C, pop(tx, k1));
    });
    EXPECT_EQ(Releases(), released());
    dict.free();
    EXPECT_EQ(Releases(), released());
}

TEST_F(Release, HandedOutAndGivenAgain)
{
    set(TRUCE_ALONE, k1, A);
    commit([&](truce_tx *tx) { set(tx, k2, pop(tx, k1)); });
    EXPECT_EQ(Releases(), released());
    commit([&](truce_tx *tx) { set(tx, k2, swap(tx, k2, B)); });
    EXPECT_EQ((Releases{{B, 1}}), released());
    dict.free();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

/* Given over itself, or given again after another one, and then handed out: the last word counts, it is the caller's.
 */
TEST_F(Release, GivenAgainAndHandedOut)
{
    set(TRUCE_ALONE, k1, A);
    commit([&](truce_tx *tx) {
        set(tx, k1, A);
        EXPECT_EQ(A, pop(tx, k1));
    });
    EXPECT_EQ(Releases(), released());
    set(TRUCE_ALONE, k1, A);
    commit([&](truce_tx *tx) {
        set(tx, k1, A);
        EXPECT_EQ(A, swap(tx, k1, B));
    });
    EXPECT_EQ(Releases(), released());
    commit([&](truce_tx *tx) {
        set(tx, k1, C);
        set(tx, k1, B);
        EXPECT_EQ(B, pop(tx, k1));
    });
    EXPECT_EQ((Releases{{C, 1}}), released());
    commit([&](truce_tx *tx) {
        set(tx, k2, X);
        set(tx, k2, Y);
        set(tx, k2, X);
        EXPECT_EQ(X, pop(tx, k2));
    });
    EXPECT_EQ((Releases{{C, 1}, {Y, 1}}), released());
    commit([&](truce_tx *tx) {
        set(tx, k2, X);
        EXPECT_EQ(X, swap(tx, k2, A));
        set(tx, k2, X);
        set(tx, k2, B);
    });
    EXPECT_EQ((Releases{{A, 1}, {C, 1}, {X, 1}, {Y, 1}}), released());
}

TEST_F(Release, RefusedIsStillTheCallers)
{
    set(TRUCE_ALONE, k1, A);
    commit([&](truce_tx *tx) {
        truce_item now;
        bool was = false, replaced = true;
        EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k1, truce_word(B), &now, &was));
        EXPECT_TRUE(was);
        EXPECT_EQ(A, now.word);
        EXPECT_EQ(TRUCE_OK, truce_dict_get_or_set(tx, dict, k2, truce_word(C), &now, &was));
        EXPECT_FALSE(was);
        EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k1, truce_word(X), truce_word(Y), &replaced));
        EXPECT_FALSE(replaced);
    });
    EXPECT_EQ(Releases(), released());
    commit([&](truce_tx *tx) {
        bool replaced = false;
        EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, k1, truce_word(A), truce_word(B), &replaced));
        EXPECT_TRUE(replaced);
    });
    EXPECT_EQ((Releases{{A, 1}}), released());
    dict.free();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}}), released());
}

TEST_F(Release, BlindSetsInCommitOrder)
{
    Tx first, second;
    set(first, k1, A);
    set(second, k1, B);
    EXPECT_EQ(TRUCE_OK, truce_commit(second));
    EXPECT_EQ(TRUCE_OK, truce_commit(first));
    first.end();
    second.end();
    EXPECT_EQ((Releases{{B, 1}}), released());
}

TEST_F(Release, OnlyWhenNobodyCanSeeItAnyMore)
{
    set(TRUCE_ALONE, k1, A);
    set(TRUCE_ALONE, k2, B);
    Tx reader, idle;
    truce_item seen;
    EXPECT_EQ(TRUCE_OK, truce_dict_get(reader, dict, k1, &seen));
    EXPECT_EQ(A, seen.word);
    set(TRUCE_ALONE, k1, C);
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    EXPECT_EQ(Releases(), released());
    idle.end();
    EXPECT_EQ(Releases(), released());
    reader.end();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}}), released());
}

TEST_F(Release, FreedWhileATransactionIsOpen)
{
    set(TRUCE_ALONE, k1, A);
    Tx reader;
    truce_item seen;
    EXPECT_EQ(TRUCE_OK, truce_dict_get(reader, dict, k1, &seen));
    dict.free();
    EXPECT_EQ(Releases(), released());
    reader.end();
    EXPECT_EQ((Releases{{A, 1}}), released());
}

/* The callback runs outside all locks: it may use the dict it is called for. */
TEST(ReleaseCallback, MayUseTheDict)
{
    struct Context {
        truce_dict *dict;
        int calls;
    } context{nullptr, 0};
    truce_dict_options options = dict_options();
    options.release = [](void *pointer, void *given) {
        Context &c = *static_cast<Context *>(given);
        ++c.calls;
        if (c.dict == nullptr) return;
        EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, c.dict, truce_word(50), truce_ptr(pointer)));
    };
    options.release_context = &context;
    Dict dict(options);
    context.dict = dict;
    put(dict, 1, 10);
    put(dict, 1, 11);
    truce_collect();
    EXPECT_EQ(1, context.calls);
    {
        Tx tx;
        truce_item value;
        EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_word(50), &value));
        EXPECT_EQ(10u, value.word);
    }
    context.dict = nullptr;
    dict.free();
    truce_collect();
    EXPECT_EQ(3, context.calls);
}

TEST(ReleaseCallback, ManyDictsKeepTheirOwnContext)
{
    Releases counts[3];
    std::vector<Dict> dicts;
    for (uint64_t i = 0; i < 3; ++i) {
        truce_dict_options options = dict_options();
        options.release = count_release;
        options.release_context = &counts[i];
        dicts.emplace_back(options);
        put(dicts.back(), 1, static_cast<int64_t>(i) + 1);
    }
    {
        Tx tx;
        for (const Dict &dict : dicts) EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, k1, nullptr));
        EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    }
    truce_collect();
    for (uint64_t i = 0; i < 3; ++i) EXPECT_EQ((Releases{{i + 1, 1}}), counts[i]);
}

} // namespace
