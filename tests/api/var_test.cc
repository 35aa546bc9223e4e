/* Vars in one thread: what each operation answers and leaves behind, of words and of bytes, in a transaction and alone;
 * and who owns words that are released. */
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "history/harness.h"
#include "support/counter_var.h"
#include "support/gate.h"
#include "support/handles.h"
#include "support/list_model.h"
#include "support/seed.h"

using namespace truce_test;

namespace {

bool is_zero(const truce_item &item)
{
    return item.word == 0 && item.size == 0 && item.kind == TRUCE_NONE;
}

bool is_word(const truce_item &item, uint64_t word)
{
    return item.word == word && item.size == 0 && item.kind == TRUCE_WORD;
}

std::string string_of(const truce_item &item)
{
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_BYTES), item.kind);
    EXPECT_EQ(0u, item.word % 16);
    const char *const bytes = static_cast<const char *>(truce_as_bytes(item));
    EXPECT_EQ('\0', bytes[item.size]);
    return std::string(bytes, item.size);
}

void set(truce_tx *tx, truce_var *var, truce_item value)
{
    EXPECT_EQ(TRUCE_OK, truce_var_set(tx, var, value));
}

truce_item get(truce_tx *tx, truce_var *var)
{
    truce_item value = {77, 77, 77};
    EXPECT_EQ(TRUCE_OK, truce_var_get(tx, var, &value));
    return value;
}

truce_item swap(truce_tx *tx, truce_var *var, truce_item value)
{
    truce_item old = {77, 77, 77};
    EXPECT_EQ(TRUCE_OK, truce_var_swap(tx, var, value, &old));
    return old;
}

/* What a var of bytes holds, by an operation alone. */
std::string bytes_in(truce_var *var)
{
    char buffer[100];
    size_t size = 0;
    EXPECT_EQ(TRUCE_OK, truce_var_copy(TRUCE_ALONE, var, buffer, sizeof buffer, &size));
    return std::string(buffer, size);
}

template <class Body> void commit(Body &&body)
{
    Tx tx;
    body(static_cast<truce_tx *>(tx));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
}

/* ---- words ---- */

class VarOperation : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override
    {
        if (!GetParam()) open = std::make_unique<Tx>();
        tx = GetParam() ? TRUCE_ALONE : static_cast<truce_tx *>(*open);
    }

    uint64_t left()
    {
        EXPECT_EQ(TRUCE_OK, open != nullptr ? truce_commit(*open) : TRUCE_OK);
        return get(TRUCE_ALONE, var).word;
    }

    const Var var{var_options(TRUCE_WORD, truce_word(10))};
    std::unique_ptr<Tx> open;
    truce_tx *tx = nullptr;
};

TEST_P(VarOperation, Get)
{
    EXPECT_TRUE(is_word(get(tx, var), 10));
    EXPECT_EQ(10u, left());
}

TEST_P(VarOperation, Copy)
{
    uint64_t word = 0;
    size_t size = 0;
    EXPECT_EQ(TRUCE_OK, truce_var_copy(tx, var, &word, sizeof word, &size));
    EXPECT_EQ(10u, word);
    EXPECT_EQ(8u, size);
    EXPECT_EQ(TRUCE_OK, truce_var_copy(tx, var, nullptr, 0, &size));
    EXPECT_EQ(8u, size);
}

TEST_P(VarOperation, Set)
{
    set(tx, var, truce_word(11));
    EXPECT_TRUE(is_word(get(tx, var), 11));
    set(tx, var, truce_word(12));
    EXPECT_EQ(12u, left());
}

TEST_P(VarOperation, Swap)
{
    EXPECT_TRUE(is_word(swap(tx, var, truce_word(11)), 10));
    EXPECT_TRUE(is_word(swap(tx, var, truce_word(12)), 11));
    EXPECT_EQ(12u, left());
}

TEST_P(VarOperation, Add)
{
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, -3));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, -8));
    EXPECT_EQ(-1, truce_as_signed(get(tx, var)));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, INT64_MIN));
    EXPECT_EQ(static_cast<uint64_t>(INT64_MAX), left());
}

TEST_P(VarOperation, AddAndSet)
{
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, 1));
    set(tx, var, truce_word(20));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, 2));
    EXPECT_TRUE(is_word(swap(tx, var, truce_word(5)), 22));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, 1));
    EXPECT_EQ(6u, left());
}

INSTANTIATE_TEST_SUITE_P(Each, VarOperation, testing::Bool(),
                         [](const auto &way) { return way.param ? "Alone" : "InATransaction"; });

TEST(Var, BeginsWhereItIsTold)
{
    truce_var *var = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_var_new(nullptr, &var));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, var), 0));
    truce_var_free(var);
    truce_var_free(nullptr);
    EXPECT_EQ("", bytes_in(Var(var_options(TRUCE_BYTES))));
    EXPECT_EQ("as told", bytes_in(Var(var_options(TRUCE_BYTES, truce_text("as told")))));
}

TEST(Var, AnAbortLeavesNothing)
{
    const Var word(var_options(TRUCE_WORD, truce_word(1))), bytes(var_options(TRUCE_BYTES, truce_text("one")));
    Tx tx;
    set(tx, bytes, truce_text("two"));
    set(tx, bytes, truce_text("three"));
    EXPECT_EQ("three", string_of(swap(tx, bytes, truce_text("four"))));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, word, 7));
    EXPECT_TRUE(is_word(get(tx, word), 8));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, word), 1));
    EXPECT_EQ("one", bytes_in(bytes));
}

TEST(VarObservation, OfOwnWorkIsNone)
{
    const Var var, other;
    Tx tx;
    set(tx, var, truce_word(5));
    EXPECT_TRUE(is_word(get(tx, var), 5));
    EXPECT_TRUE(is_word(swap(tx, var, truce_word(6)), 5));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, other, 1));
    set(TRUCE_ALONE, var, truce_word(9));
    set(TRUCE_ALONE, other, truce_word(9));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, var), 6));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, other), 10));
}

TEST(VarObservation, OfAnEqualValueStands)
{
    const Var var(var_options(TRUCE_BYTES, truce_text("same")));
    Tx tx;
    EXPECT_EQ("same", string_of(get(tx, var)));
    set(tx, var, truce_text("mine"));
    set(TRUCE_ALONE, var, truce_text("another"));
    set(TRUCE_ALONE, var, truce_text("same"));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ("mine", bytes_in(var));
}

TEST(VarObservation, IsExplained)
{
    const Var var(var_options(TRUCE_BYTES, truce_text("before"), "motto"));
    Tx tx;
    EXPECT_EQ("before", string_of(swap(tx, var, truce_text("mine"))));
    set(TRUCE_ALONE, var, truce_text("after"));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    char text[100];
    truce_conflict_text(&conflict, text, sizeof text);
    EXPECT_STREQ("var \"motto\": swap saw \"before\", now it is \"after\"", text);
    EXPECT_EQ(static_cast<truce_var *>(var), conflict.object);
    EXPECT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_EQ("after", string_of(swap(tx, var, truce_text("mine"))));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
}

TEST(VarObservation, OfASumWithOwnAddsIsExplained)
{
    const Var var;
    Tx tx;
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, var, 3));
    EXPECT_TRUE(is_word(get(tx, var), 3));
    EXPECT_EQ(TRUCE_OK, truce_var_add(TRUCE_ALONE, var, 1));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    EXPECT_TRUE(is_word(conflict.seen, 3));
    EXPECT_TRUE(is_word(conflict.now, 4));
    EXPECT_TRUE(is_zero(conflict.key));
}

/* ---- bytes ---- */

TEST(VarBytes, ComeAndGo)
{
    const Var var(var_options(TRUCE_BYTES));
    Tx tx;
    const truce_item first = get(tx, var);
    EXPECT_EQ("", string_of(first));
    set(tx, var, truce_text("a longer run of bytes"));
    const truce_item second = get(tx, var);
    EXPECT_EQ("a longer run of bytes", string_of(swap(tx, var, truce_bytes("\0\1", 2))));
    const truce_item third = get(tx, var);
    EXPECT_EQ(std::string("\0\1", 2), string_of(third));
    EXPECT_EQ("", string_of(first)) << "stays readable";
    EXPECT_EQ("a longer run of bytes", string_of(second));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(std::string("\0\1", 2), bytes_in(var));
}

TEST(VarBytes, StayReadableWhileOthersOverwriteThem)
{
    const Var var(var_options(TRUCE_BYTES, truce_text("first")));
    Tx tx;
    const truce_item seen = get(tx, var);
    for (int i = 0; i < 300; i++) set(TRUCE_ALONE, var, truce_text(i % 2 == 0 ? "even" : "odd"));
    truce_collect();
    EXPECT_EQ("first", string_of(seen));
}

TEST(VarBytes, AreCopiedAsFarAsTheyFit)
{
    const Var var(var_options(TRUCE_BYTES, truce_text("abcdef")));
    for (truce_tx *const who : {TRUCE_ALONE, static_cast<truce_tx *>(nullptr)}) {
        Tx tx;
        char buffer[4] = "...";
        size_t size = 0;
        EXPECT_EQ(TRUCE_OK, truce_var_copy(who != nullptr ? who : tx, var, buffer, 2, &size));
        EXPECT_EQ(6u, size);
        EXPECT_STREQ("ab.", buffer);
    }
}

TEST(VarBytes, TooMany)
{
    const Var var(var_options(TRUCE_BYTES));
    const truce_item too_large = {1, TRUCE_VALUE_SIZE_MAX + 1, TRUCE_BYTES};
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_var_set(TRUCE_ALONE, var, too_large));
    Tx tx;
    truce_item old = {77, 77, 77};
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_var_swap(tx, var, too_large, &old));
    EXPECT_TRUE(is_zero(old));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    truce_var_options options = var_options(TRUCE_BYTES, too_large);
    truce_var *out = nullptr;
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_var_new(&options, &out));
    EXPECT_EQ(nullptr, out);
}

/* ---- words that are released ---- */

enum Owned : uint64_t { A = 100, B = 200, C = 300, X = 400, Y = 500 };

using Releases = std::map<uint64_t, int>;

void count_release(void *pointer, void *context)
{
    ++(*static_cast<Releases *>(context))[truce_ptr(pointer).word];
}

class VarRelease : public testing::Test {
  protected:
    VarRelease() : var(make()) {}

    Var make(uint64_t initial = 0)
    {
        truce_var_options options = var_options(TRUCE_WORD, truce_word(initial));
        options.release = count_release;
        options.release_context = &counts;
        return Var(options);
    }

    const Releases &released()
    {
        truce_collect();
        return counts;
    }

    void give(truce_tx *tx, uint64_t word) { set(tx, var, truce_word(word)); }
    uint64_t exchange(truce_tx *tx, uint64_t word) { return swap(tx, var, truce_word(word)).word; }

    Releases counts;
    Var var;
};

TEST_F(VarRelease, Overwritten)
{
    give(TRUCE_ALONE, A);
    EXPECT_EQ(Releases(), released()) << "the word 0 stands for nothing";
    give(TRUCE_ALONE, A);
    EXPECT_EQ(Releases(), released());
    give(TRUCE_ALONE, B);
    EXPECT_EQ((Releases{{A, 1}}), released());
    give(TRUCE_ALONE, 0);
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

TEST_F(VarRelease, FreedWithItsValue)
{
    give(TRUCE_ALONE, A);
    var.free();
    EXPECT_EQ((Releases{{A, 1}}), released());
    var = make(B);
    var.free();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
    var = make();
    var.free();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

TEST_F(VarRelease, GivenInVain)
{
    give(TRUCE_ALONE, A);
    Tx tx;
    give(tx, B);
    give(tx, C);
    EXPECT_EQ(C, exchange(tx, X));
    EXPECT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_EQ(Releases(), released());
}

TEST_F(VarRelease, GivenAndTakenBackByTheSame)
{
    give(TRUCE_ALONE, A);
    commit([&](truce_tx *tx) {
        give(tx, B);
        give(tx, C);
        give(tx, B);
        give(tx, X);
    });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}}), released());
    commit([&](truce_tx *tx) {
        give(tx, Y);
        give(tx, X);
    });
    EXPECT_EQ((Releases{{A, 1}, {B, 1}, {C, 1}, {Y, 1}}), released());
}

TEST_F(VarRelease, HandedOutIsTheCallers)
{
    give(TRUCE_ALONE, A);
    EXPECT_EQ(A, exchange(TRUCE_ALONE, B));
    commit([&](truce_tx *tx) {
        EXPECT_EQ(B, exchange(tx, C));
        EXPECT_EQ(C, exchange(tx, X));
    });
    EXPECT_EQ(Releases(), released());
    var.free();
    EXPECT_EQ((Releases{{X, 1}}), released());
}

TEST_F(VarRelease, HandedOutAndGivenAgain)
{
    give(TRUCE_ALONE, A);
    commit([&](truce_tx *tx) { give(tx, exchange(tx, B)); });
    EXPECT_EQ((Releases{{B, 1}}), released());
    commit([&](truce_tx *tx) {
        give(tx, A);
        EXPECT_EQ(A, exchange(tx, C));
    });
    EXPECT_EQ((Releases{{B, 1}}), released());
    commit([&](truce_tx *tx) {
        EXPECT_EQ(C, exchange(tx, X));
        give(tx, C);
        give(tx, Y);
    });
    EXPECT_EQ((Releases{{B, 1}, {C, 1}, {X, 1}}), released());
    commit([&](truce_tx *tx) { EXPECT_EQ(Y, exchange(tx, Y)); });
    EXPECT_EQ((Releases{{B, 1}, {C, 1}, {X, 1}}), released());
}

TEST_F(VarRelease, BlindSetsInCommitOrder)
{
    Tx first, second;
    give(first, A);
    give(second, B);
    EXPECT_EQ(TRUCE_OK, truce_commit(second));
    EXPECT_EQ(TRUCE_OK, truce_commit(first));
    first.end();
    second.end();
    EXPECT_EQ((Releases{{B, 1}}), released());
}

TEST_F(VarRelease, OnlyWhenNobodyCanSeeItAnyMore)
{
    give(TRUCE_ALONE, A);
    Tx reader;
    EXPECT_TRUE(is_word(get(reader, var), A));
    give(TRUCE_ALONE, B);
    var.free();
    EXPECT_EQ(Releases(), released());
    reader.end();
    EXPECT_EQ((Releases{{A, 1}, {B, 1}}), released());
}

/* Who owns the words that were ever given: the var holds one, is done with some, gave others back. */
struct Ledger {
    uint64_t held = 0;
    std::set<uint64_t> done;

    void give(uint64_t word, bool hands_out)
    {
        const uint64_t before = held;
        held = word;
        done.erase(word);
        if (before != word && before != 0 && !hands_out) done.insert(before);
    }
};

/* Random transactions; what is given is new, or a word that may be given again: one that was handed out before, or one
 * of this transaction's own, or what the var holds. */
TEST_F(VarRelease, EveryWordOnceWhateverHappens)
{
    Random random(seed());
    Ledger ledger;
    uint64_t next_word = 1000;
    for (uint64_t turn = 0; turn < scaled(20000); turn++) {
        Ledger now = ledger;
        const bool disturbed = random.one_in(3);
        std::vector<std::pair<bool, uint64_t>> program; /* swaps?, word */
        std::vector<uint64_t> mine;
        for (uint64_t left = random.below(8); left > 0; left--) {
            const bool swaps = !disturbed && random.one_in(2);
            const bool again = !mine.empty() && random.one_in(2);
            uint64_t word = again ? mine[random.below(mine.size())] : next_word++;
            if (!disturbed && random.one_in(8)) word = now.held;
            if (random.one_in(16)) word = 0;
            if (word != 0) mine.push_back(word);
            program.emplace_back(swaps, word);
            now.give(word, swaps);
        }
        {
            Tx tx;
            now = ledger;
            for (const auto &[swaps, word] : program) {
                if (swaps) {
                    ASSERT_EQ(now.held, exchange(tx, word));
                } else {
                    give(tx, word);
                }
                now.give(word, swaps);
            }
            if (disturbed) {
                give(TRUCE_ALONE, next_word);
                ledger.give(next_word++, false);
            }
            if (random.one_in(4)) {
                ASSERT_EQ(TRUCE_OK, truce_abort(tx));
            } else {
                ASSERT_EQ(TRUCE_OK, truce_commit(tx));
                for (const auto &[swaps, word] : program) ledger.give(word, swaps);
            }
        }
        Releases expected;
        for (const uint64_t word : ledger.done) expected[word] = 1;
        ASSERT_EQ(expected, released()) << "turn " << turn;
        ledger.done.clear();
        counts.clear();
    }
    var.free();
    EXPECT_EQ((ledger.held != 0 ? Releases{{ledger.held, 1}} : Releases()), released());
}

/* ---- memory ---- */

TEST(VarMemory, WithoutAnyNothingIsMade)
{
    for (const truce_item initial : {truce_word(1), truce_text("bytes")}) {
        truce_var *var = nullptr;
        const truce_var_options options = var_options(initial.kind, initial, "named");
        for (uint64_t n = 1;; n++) {
            Gate gate(n);
            const truce_status status = truce_var_new(&options, &var);
            gate.open();
            ASSERT_EQ(gate.refused() ? TRUCE_NO_MEMORY : TRUCE_OK, status);
            ASSERT_EQ(gate.refused(), var == nullptr);
            if (!gate.refused()) break;
        }
        truce_var_free(var);
    }
}

TEST(VarMemory, AnAttemptWithoutAnyChangesNothing)
{
    Releases counts;
    truce_var_options options = var_options(TRUCE_WORD, truce_word(A));
    options.release = count_release;
    options.release_context = &counts;
    const Var bytes(var_options(TRUCE_BYTES, truce_text("one"))), owning(options);
    for (uint64_t n = 1;; n++) {
        Gate gate(n, Gate::from_the_nth_on);
        const truce_status status = run([&](truce_tx *tx) -> truce_status {
            truce_item old;
            for (uint64_t i = 0; i < 300; i++) {
                TRUCE_TRY(truce_var_set(tx, bytes, truce_text("two")));
                TRUCE_TRY(truce_var_set(tx, owning, truce_word(1000 + i)));
            }
            return truce_var_swap(tx, bytes, truce_text("three"), &old);
        });
        gate.open();
        truce_collect();
        if (!gate.refused()) {
            ASSERT_EQ(TRUCE_OK, status);
            break;
        }
        ASSERT_EQ(TRUCE_NO_MEMORY, status);
        ASSERT_EQ("one", bytes_in(bytes));
        ASSERT_EQ(Releases(), counts);
    }
    EXPECT_EQ("three", bytes_in(bytes));
    EXPECT_EQ(300u, counts.size());
}

TEST(VarMemory, IsOneLine)
{
    Gate gate;
    truce_var *var = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_var_new(nullptr, &var));
    EXPECT_EQ(64u, gate.bytes());
    truce_var_free(var);
}

/* ---- tickets ---- */

truce_item ticket_of(truce_tx *tx, truce_list *list)
{
    truce_item ticket = {77, 77, 77};
    EXPECT_EQ(TRUCE_OK, truce_list_append_ticket(tx, list, truce_word(1), &ticket));
    return ticket;
}

void expect_ticket(const truce_item &ticket, const truce_item &read)
{
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_TICKET), read.kind);
    EXPECT_EQ(0, memcmp(&ticket, &read, sizeof read));
}

TEST(VarTickets, BecomeTheIndex)
{
    const List list;
    const Var by_set, by_swap, overwritten, gone;
    Tx tx;
    set(tx, by_set, truce_word(9)); /* an effect that comes before the list's, which settles the index */
    const truce_item ticket = ticket_of(tx, list);
    set(tx, by_set, ticket);
    expect_ticket(ticket, get(tx, by_set));
    EXPECT_TRUE(is_word(swap(tx, by_swap, ticket), 0));
    set(tx, overwritten, ticket);
    expect_ticket(ticket, swap(tx, overwritten, truce_word(7)));
    EXPECT_TRUE(is_word(get(tx, overwritten), 7));
    EXPECT_EQ(TRUCE_OK, truce_var_add(tx, overwritten, 1));
    set(tx, gone, ticket_of(tx, list));
    truce_item out;
    ASSERT_EQ(TRUCE_OK, truce_list_pop(tx, list, &out));
    for (uint64_t i = 0; i < 5; ++i) ASSERT_EQ(TRUCE_OK, truce_list_append(TRUCE_ALONE, list, truce_word(i)));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, by_set), 5));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, by_swap), 5));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, overwritten), 8));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, gone), UINT64_MAX));
}

TEST(VarTickets, ThatBecomeWhatWasThereChangeNothing)
{
    const List list;
    const Var var(var_options(TRUCE_WORD, truce_word(0))), side;
    Tx reader, tx;
    EXPECT_TRUE(is_word(get(reader, var), 0));
    set(reader, side, truce_word(1));
    set(tx, var, ticket_of(tx, list));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(TRUCE_OK, truce_commit(reader)) << "index 0 over 0 is no change";
    Tx late, another;
    EXPECT_TRUE(is_word(get(late, var), 0));
    set(late, side, truce_word(2));
    set(another, var, ticket_of(another, list));
    ASSERT_EQ(TRUCE_OK, truce_commit(another));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(late)) << "index 1 is";
}

/* What swap alone had found is not handed out when its commit gets no memory. */
TEST_F(VarRelease, ASwapThatGetsNoMemoryHandsOutNothing)
{
    give(TRUCE_ALONE, A);
    const Var plain(var_options(TRUCE_WORD, truce_word(A)));
    for (truce_var *const each : {static_cast<truce_var *>(var), static_cast<truce_var *>(plain)}) {
        truce_item old;
        refuse_each(
            [&] {
                old = {77, 77, 77};
                return truce_var_swap(TRUCE_ALONE, each, truce_word(B), &old);
            },
            [&] { EXPECT_TRUE(is_zero(old)); });
        EXPECT_TRUE(is_word(old, A));
    }
    EXPECT_EQ(Releases(), released());
    var.free();
    EXPECT_EQ((Releases{{B, 1}}), released());
}

/* ---- misuse ---- */

void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

#define EXPECT_MISUSE(call, regex) EXPECT_DEATH(expect_not_reached(call), "truce: .*(" regex ")")

class VarMisuse : public testing::Test {
  protected:
    const Var words, bytes{var_options(TRUCE_BYTES)};
    truce_item out = {0, 0, TRUCE_NONE};
    size_t size = 0;
};

TEST_F(VarMisuse, NoVar)
{
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, nullptr, &out), "var.*NULL");
    EXPECT_MISUSE(truce_var_set(TRUCE_ALONE, nullptr, truce_word(1)), "var.*NULL");
    Tx tx;
    EXPECT_MISUSE(truce_var_get(tx, nullptr, &out), "var.*NULL");
    EXPECT_MISUSE(truce_var_copy(tx, nullptr, nullptr, 0, &size), "var.*NULL");
}

TEST_F(VarMisuse, AnotherKindOfObject)
{
    const Counter counter;
    truce_var *const other = reinterpret_cast<truce_var *>(static_cast<truce_counter *>(counter));
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, other, &out), "another kind");
    EXPECT_MISUSE(truce_var_add(TRUCE_ALONE, other, 1), "another kind");
    EXPECT_DEATH(truce_var_free(other), "truce: .*another kind");
}

TEST_F(VarMisuse, NoOutput)
{
    EXPECT_MISUSE(truce_var_new(nullptr, nullptr), "place for the var");
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, words, nullptr), "output.*NULL");
    EXPECT_MISUSE(truce_var_swap(TRUCE_ALONE, words, truce_word(1), nullptr), "output.*NULL");
    EXPECT_MISUSE(truce_var_copy(TRUCE_ALONE, words, nullptr, 1, &size), "output.*NULL");
    EXPECT_MISUSE(truce_var_copy(TRUCE_ALONE, words, &out, 1, nullptr), "output.*NULL");
}

TEST_F(VarMisuse, ValuesOfTheOtherKind)
{
    Tx tx;
    EXPECT_MISUSE(truce_var_set(tx, words, truce_text("text")), "words");
    EXPECT_MISUSE(truce_var_set(tx, bytes, truce_word(1)), "bytes");
    EXPECT_MISUSE(truce_var_swap(TRUCE_ALONE, words, truce_text("text"), &out), "words");
    EXPECT_MISUSE(truce_var_add(tx, bytes, 1), "words");
}

TEST_F(VarMisuse, AddToWordsThatAreReleased)
{
    truce_var_options options = var_options();
    options.release = [](void *, void *) {};
    const Var owning(options);
    EXPECT_MISUSE(truce_var_add(TRUCE_ALONE, owning, 1), "release callback");
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, owning, &out), "alone");
}

TEST_F(VarMisuse, BytesAlone)
{
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, bytes, &out), "alone");
    EXPECT_MISUSE(truce_var_swap(TRUCE_ALONE, bytes, truce_text("text"), &out), "alone");
}

TEST_F(VarMisuse, Options)
{
    truce_var *var = nullptr;
    truce_var_options options = var_options(17);
    EXPECT_MISUSE(truce_var_new(&options, &var), "TRUCE_WORD or TRUCE_BYTES");
    options = var_options(TRUCE_WORD, truce_text("text"));
    EXPECT_MISUSE(truce_var_new(&options, &var), "words");
    options = var_options(TRUCE_BYTES);
    options.release = [](void *, void *) {};
    EXPECT_MISUSE(truce_var_new(&options, &var), "release");
    options = var_options();
    options.size = 0;
    EXPECT_MISUSE(truce_var_new(&options, &var), "size");
}

TEST_F(VarMisuse, OfTickets)
{
    const List list;
    const Var owned([] {
        truce_var_options options = var_options();
        options.release = [](void *, void *) {};
        return options;
    }());
    Tx tx, another;
    const truce_item ticket = ticket_of(tx, list);
    ticket_of(another, list);
    EXPECT_MISUSE(truce_var_set(another, words, ticket), "ticket");
    EXPECT_MISUSE(truce_var_swap(another, words, ticket, &out), "ticket");
    EXPECT_MISUSE(truce_var_set(TRUCE_ALONE, words, ticket), "ticket");
    EXPECT_MISUSE(truce_var_set(tx, bytes, ticket), "bytes");
    EXPECT_MISUSE(truce_var_set(tx, owned, ticket), "words");
    set(tx, words, ticket);
    char buffer[8];
    EXPECT_MISUSE(truce_var_copy(tx, words, buffer, sizeof buffer, &size), "ticket");
    EXPECT_MISUSE(truce_var_add(tx, words, 1), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    ASSERT_EQ(TRUCE_OK, truce_again(tx));
    EXPECT_MISUSE(truce_var_set(tx, words, ticket), "ticket");
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_MISUSE(truce_var_set(tx, words, ticket), "finished");
}

TEST_F(VarMisuse, OfATransaction)
{
    EXPECT_MISUSE(truce_var_get(nullptr, words, &out), "transaction.*NULL");
    truce_run_options options = run_options();
    options.read_only = true;
    Tx reader(&options), finished;
    EXPECT_TRUE(is_word(get(reader, words), 0));
    EXPECT_MISUSE(truce_var_set(reader, words, truce_word(1)), "read-only");
    EXPECT_MISUSE(truce_var_swap(reader, words, truce_word(1), &out), "read-only");
    EXPECT_MISUSE(truce_var_add(reader, words, 1), "read-only");
    EXPECT_EQ(TRUCE_OK, truce_commit(finished));
    EXPECT_MISUSE(truce_var_get(finished, words, &out), "finished");
}

TEST_F(VarMisuse, Freed)
{
    Tx open, reader, writer;
    truce_var *freed = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_var_new(nullptr, &freed));
    EXPECT_TRUE(is_word(get(reader, freed), 0));
    set(reader, words, truce_word(1));
    set(writer, freed, truce_word(1));
    truce_var_free(freed);
    EXPECT_MISUSE(truce_var_get(TRUCE_ALONE, freed, &out), "freed");
    EXPECT_MISUSE(truce_var_set(open, freed, truce_word(1)), "freed");
    EXPECT_DEATH(truce_var_free(freed), "truce: .*freed");
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_MISUSE(truce_commit(writer), "freed");
}

/* After a failure every call answers it, with its outputs zero, and does nothing. */
TEST(VarFailure, IsFinal)
{
    const Var var, side;
    Tx tx;
    EXPECT_TRUE(is_word(get(tx, var), 0));
    set(TRUCE_ALONE, var, truce_word(1));
    set(TRUCE_ALONE, side, truce_word(1));
    truce_item out = {77, 77, 77};
    char buffer[8];
    size_t size = 77;
    ASSERT_EQ(TRUCE_CONFLICT, truce_var_get(tx, side, &out));
    EXPECT_TRUE(is_zero(out));
    out = {77, 77, 77};
    EXPECT_EQ(TRUCE_CONFLICT, truce_var_swap(tx, side, truce_word(2), &out));
    EXPECT_TRUE(is_zero(out));
    EXPECT_EQ(TRUCE_CONFLICT, truce_var_copy(tx, side, buffer, sizeof buffer, &size));
    EXPECT_EQ(0u, size);
    EXPECT_EQ(TRUCE_CONFLICT, truce_var_set(tx, side, truce_word(2)));
    EXPECT_EQ(TRUCE_CONFLICT, truce_var_add(tx, side, 2));
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_TRUE(is_word(get(TRUCE_ALONE, side), 1));
}

} // namespace
