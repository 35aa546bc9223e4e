/* Every broken rule of the contract stops the process with a sentence that says which. */
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "support/handles.h"

using namespace truce_test;

namespace {

constexpr truce_item k1 = {1, 0, TRUCE_WORD}, none = {0, 0, TRUCE_NONE}, strange = {1, 0, 17};
const truce_item text = truce_text("text");

/* What no call in this file should ever answer. */
void expect_not_reached(truce_status status)
{
    ADD_FAILURE() << "answered " << truce_status_name(status);
}

void discard(truce_status) {}

#define EXPECT_MISUSE(call, regex) EXPECT_DEATH(expect_not_reached(call), "truce: .*(" regex ")")

class Misuse : public testing::Test {
  protected:
    Dict words, texts{TRUCE_BYTES, TRUCE_BYTES};
    truce_item out;
    bool yes = false;
    size_t size = 0;
    char buffer[8];
};

using MisuseOfADict = Misuse;
using MisuseOfItems = Misuse;
using MisuseOfOutputs = Misuse;
using MisuseOfATransaction = Misuse;
using MisuseOfActions = Misuse;
using MisuseAlone = Misuse;
using MisuseOfOptions = Misuse;

truce_status ignore(void *, truce_item, truce_item)
{
    return TRUCE_OK;
}

TEST_F(MisuseOfADict, Null)
{
    EXPECT_MISUSE(truce_dict_get(TRUCE_ALONE, nullptr, k1, &out), "dict.*NULL|NULL.*dict");
    EXPECT_MISUSE(truce_dict_set(TRUCE_ALONE, nullptr, k1, k1), "dict.*NULL|NULL.*dict");
    Tx tx;
    EXPECT_MISUSE(truce_dict_get(tx, nullptr, k1, &out), "dict.*NULL|NULL.*dict");
    EXPECT_MISUSE(truce_dict_clear(tx, nullptr), "dict.*NULL|NULL.*dict");
}

TEST_F(MisuseOfADict, AnObjectOfAnotherKind)
{
    alignas(64) static unsigned char zeros[1024];
    truce_dict *const other = reinterpret_cast<truce_dict *>(zeros);
    EXPECT_MISUSE(truce_dict_get(TRUCE_ALONE, other, k1, &out), "dict");
    EXPECT_MISUSE(truce_dict_len(TRUCE_ALONE, other, &size), "dict");
    EXPECT_DEATH(truce_dict_free(other), "truce: .*dict");
    Tx tx;
    EXPECT_MISUSE(truce_dict_set(tx, other, k1, k1), "dict");
    EXPECT_MISUSE(truce_dict_get(tx, reinterpret_cast<truce_dict *>(static_cast<truce_tx *>(tx)), k1, &out), "dict");
}

TEST_F(MisuseOfADict, Freed)
{
    Tx open;
    truce_dict *dict = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(nullptr, &dict));
    put(dict, 1, 1);
    truce_dict_free(dict);
    EXPECT_MISUSE(truce_dict_get(TRUCE_ALONE, dict, k1, &out), "freed");
    EXPECT_MISUSE(truce_dict_set(TRUCE_ALONE, dict, k1, k1), "freed");
    EXPECT_MISUSE(truce_dict_get(open, dict, k1, &out), "freed");
    EXPECT_MISUSE(truce_dict_add(open, dict, k1, 1), "freed");
    EXPECT_MISUSE(truce_dict_len(open, dict, &size), "freed");
    EXPECT_DEATH(truce_dict_free(dict), "truce: .*freed");
}

TEST_F(MisuseOfADict, CommittingWhatWasDoneToAFreedOne)
{
    Dict dict;
    Tx writer, reader;
    ASSERT_EQ(TRUCE_OK, truce_dict_set(writer, dict, k1, k1));
    ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(reader, dict, k1, &out));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(reader, words, k1, k1));
    dict.free();
    EXPECT_MISUSE(truce_commit(writer), "freed");
    EXPECT_MISUSE(truce_commit(reader), "freed");
    EXPECT_EQ(TRUCE_OK, truce_abort(writer));
    EXPECT_EQ(TRUCE_OK, truce_abort(reader));
}

TEST_F(MisuseOfItems, KeysOfTheWrongKind)
{
    Tx tx;
    for (truce_tx *const who : {static_cast<truce_tx *>(tx), TRUCE_ALONE}) {
        EXPECT_MISUSE(truce_dict_set(who, words, text, k1), "key");
        EXPECT_MISUSE(truce_dict_set(who, texts, k1, text), "key");
        EXPECT_MISUSE(truce_dict_contains(who, words, none, &yes), "key");
        EXPECT_MISUSE(truce_dict_contains(who, texts, none, &yes), "key");
        EXPECT_MISUSE(truce_dict_remove(who, words, strange, nullptr), "key");
        EXPECT_MISUSE(truce_dict_add(who, words, text, 1), "key");
    }
    EXPECT_MISUSE(truce_dict_get(tx, words, text, &out), "key");
    EXPECT_MISUSE(truce_dict_get(tx, texts, k1, &out), "key");
    EXPECT_MISUSE(truce_dict_swap(tx, words, text, k1, &out), "key");
    EXPECT_MISUSE(truce_dict_pop(tx, words, text, &out), "key");
    EXPECT_MISUSE(truce_dict_get_or_set(tx, words, text, k1, &out, &yes), "key");
    EXPECT_MISUSE(truce_dict_replace(tx, words, text, k1, k1, &yes), "key");
    EXPECT_MISUSE(truce_dict_copy(tx, words, text, buffer, sizeof buffer, &size), "key");
    const truce_item keys[] = {k1, text};
    truce_item values[2];
    EXPECT_MISUSE(truce_dict_get_many(tx, words, keys, 2, values), "key");
}

TEST_F(MisuseOfItems, ValuesOfTheWrongKind)
{
    Tx tx;
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, text), "value");
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, none), "value");
    EXPECT_MISUSE(truce_dict_set(tx, texts, text, k1), "value");
    EXPECT_MISUSE(truce_dict_set(TRUCE_ALONE, words, k1, text), "value");
    EXPECT_MISUSE(truce_dict_swap(tx, words, k1, text, &out), "value");
    EXPECT_MISUSE(truce_dict_get_or_set(tx, words, k1, text, &out, &yes), "value");
    EXPECT_MISUSE(truce_dict_replace(tx, words, k1, k1, text, &yes), "value");
    EXPECT_MISUSE(truce_dict_replace(tx, words, k1, text, k1, &yes), "value");
}

TEST_F(MisuseOfItems, BytesThatAreNowhere)
{
    const truce_item nowhere = truce_bytes(nullptr, 5);
    Tx tx;
    EXPECT_MISUSE(truce_dict_get(tx, texts, nowhere, &out), "NULL");
    EXPECT_MISUSE(truce_dict_set(tx, texts, text, nowhere), "NULL");
}

TEST_F(MisuseOfItems, BlindUpdatesOfWhatIsNoPlainWord)
{
    Tx tx;
    EXPECT_MISUSE(truce_dict_add(tx, texts, text, 1), "word");
    EXPECT_MISUSE(truce_dict_max(tx, texts, text, 1), "word");
    EXPECT_MISUSE(truce_dict_min(TRUCE_ALONE, texts, text, 1), "word");
    truce_dict_options options = dict_options();
    options.release = [](void *, void *) {};
    Dict owning(options);
    EXPECT_MISUSE(truce_dict_or(tx, owning, k1, 1), "release");
    EXPECT_MISUSE(truce_dict_and(TRUCE_ALONE, owning, k1, 1), "release");
    const auto keep = [](truce_item now, truce_item) { return now; };
    EXPECT_MISUSE(truce_dict_apply(tx, owning, k1, keep, k1), "release");
}

TEST_F(MisuseOfItems, AnUpdateThatReturnsNoWord)
{
    const auto bytes = [](truce_item, truce_item) { return truce_text("text"); };
    const auto nothing = [](truce_item now, truce_item) { return now; };
    EXPECT_MISUSE(truce_dict_apply(TRUCE_ALONE, words, k1, bytes, k1), "word");
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_dict_apply(tx, words, k1, nothing, k1));
    EXPECT_MISUSE(truce_commit(tx), "word");
    EXPECT_MISUSE(truce_dict_apply(tx, words, k1, nullptr, k1), "update|NULL");
}

TEST_F(MisuseOfOutputs, Null)
{
    Tx tx;
    for (truce_tx *const who : {static_cast<truce_tx *>(tx), TRUCE_ALONE}) {
        EXPECT_MISUSE(truce_dict_get(who, words, k1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_get_many(who, words, &k1, 1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_get_many(who, words, nullptr, 1, &out), "NULL|keys");
        EXPECT_MISUSE(truce_dict_copy(who, words, k1, nullptr, 8, &size), "NULL|output");
        EXPECT_MISUSE(truce_dict_copy(who, words, k1, buffer, 8, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_contains(who, words, k1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_swap(who, words, k1, k1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_pop(who, words, k1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_get_or_set(who, words, k1, k1, nullptr, &yes), "NULL|output");
        EXPECT_MISUSE(truce_dict_replace(who, words, k1, k1, k1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_len(who, words, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_len_at_least(who, words, 1, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_is_empty(who, words, nullptr), "NULL|output");
        EXPECT_MISUSE(truce_dict_each(who, words, nullptr, nullptr), "NULL|visit");
        EXPECT_MISUSE(truce_dict_each_key(who, words, nullptr, nullptr), "NULL|visit");
    }
}

TEST_F(MisuseOfATransaction, Null)
{
    EXPECT_MISUSE(truce_dict_get(nullptr, words, k1, &out), "transaction");
    EXPECT_MISUSE(truce_dict_set(nullptr, words, k1, k1), "transaction");
    EXPECT_MISUSE(truce_dict_len(nullptr, words, &size), "transaction");
    EXPECT_MISUSE(truce_dict_each(nullptr, words, ignore, nullptr), "transaction");
    EXPECT_MISUSE(truce_dict_clear(nullptr, words), "transaction");
    EXPECT_MISUSE(truce_commit(nullptr), "transaction");
    EXPECT_MISUSE(truce_abort(nullptr), "transaction");
    EXPECT_MISUSE(truce_again(nullptr), "transaction");
    EXPECT_DEATH(truce_end(nullptr), "truce: .*transaction");
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    EXPECT_MISUSE(truce_explain(nullptr, &conflict), "transaction");
    EXPECT_DEATH(truce_commit_number(nullptr), "truce: .*transaction");
    EXPECT_MISUSE(truce_on_commit(
                      nullptr, [](void *) {}, nullptr),
                  "transaction");
    EXPECT_MISUSE(truce_begin(nullptr, nullptr), "transaction");
    EXPECT_MISUSE(truce_run(nullptr, nullptr, nullptr), "body");
}

TEST_F(MisuseOfATransaction, AloneWhereOneIsNeeded)
{
    EXPECT_MISUSE(truce_commit(TRUCE_ALONE), "transaction");
    EXPECT_MISUSE(truce_abort(TRUCE_ALONE), "transaction");
    EXPECT_MISUSE(truce_again(TRUCE_ALONE), "transaction");
    EXPECT_DEATH(truce_end(TRUCE_ALONE), "truce: .*transaction");
    EXPECT_DEATH(truce_commit_number(TRUCE_ALONE), "truce: .*transaction");
}

TEST_F(MisuseOfATransaction, Committed)
{
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, words, k1, k1));
    ASSERT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_MISUSE(truce_dict_get(tx, words, k1, &out), "finished");
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, k1), "finished");
    EXPECT_MISUSE(truce_dict_len(tx, words, &size), "finished");
    EXPECT_MISUSE(truce_dict_each(tx, words, ignore, nullptr), "finished");
    EXPECT_MISUSE(truce_on_abort(
                      tx, [](void *) {}, nullptr),
                  "finished");
    EXPECT_MISUSE(truce_commit(tx), "finished");
    EXPECT_MISUSE(truce_abort(tx), "finished");
    EXPECT_MISUSE(truce_again(tx), "finished");
}

TEST_F(MisuseOfATransaction, AbortedAndNotBegunAgain)
{
    Tx tx;
    ASSERT_EQ(TRUCE_OK, truce_abort(tx));
    EXPECT_MISUSE(truce_dict_get(tx, words, k1, &out), "finished");
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, k1), "finished");
    EXPECT_MISUSE(truce_commit(tx), "finished");
}

TEST_F(MisuseOfATransaction, Ended)
{
    truce_tx *tx = nullptr;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    truce_end(tx);
    EXPECT_MISUSE(truce_dict_get(tx, words, k1, &out), "finished");
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, k1), "finished");
    EXPECT_MISUSE(truce_commit(tx), "finished");
    EXPECT_MISUSE(truce_again(tx), "finished");
    EXPECT_DEATH(truce_end(tx), "truce: .*finished");
}

TEST_F(MisuseOfATransaction, OfAnotherThread)
{
    Tx tx;
    const auto elsewhere = [](auto &&call) {
        std::thread thread(call);
        thread.join();
        return TRUCE_OK;
    };
    truce_tx *const mine = tx;
    EXPECT_MISUSE(elsewhere([&] { discard(truce_dict_get(mine, words, k1, &out)); }), "thread");
    EXPECT_MISUSE(elsewhere([&] { discard(truce_dict_set(mine, words, k1, k1)); }), "thread");
    EXPECT_MISUSE(elsewhere([&] { discard(truce_dict_len(mine, words, &size)); }), "thread");
    EXPECT_MISUSE(elsewhere([&] { discard(truce_commit(mine)); }), "thread");
    EXPECT_MISUSE(elsewhere([&] { truce_end(mine); }), "thread");
    EXPECT_MISUSE(elsewhere([&] {
                      Dict own;
                      put(own, 1, 1); /* this thread is known to the library */
                      discard(truce_dict_get(mine, words, k1, &out));
                  }),
                  "thread");
}

TEST_F(MisuseOfATransaction, EffectsOfAReadOnlyOne)
{
    truce_run_options options = run_options();
    options.read_only = true;
    Tx tx(&options);
    EXPECT_MISUSE(truce_dict_set(tx, words, k1, k1), "read-only");
    EXPECT_MISUSE(truce_dict_add(tx, words, k1, 1), "read-only");
    EXPECT_MISUSE(truce_dict_remove(tx, words, k1, nullptr), "read-only");
    EXPECT_MISUSE(truce_dict_swap(tx, words, k1, k1, &out), "read-only");
    EXPECT_MISUSE(truce_dict_pop(tx, words, k1, &out), "read-only");
    EXPECT_MISUSE(truce_dict_get_or_set(tx, words, k1, k1, &out, &yes), "read-only");
    EXPECT_MISUSE(truce_dict_replace(tx, words, k1, k1, k1, &yes), "read-only");
    EXPECT_MISUSE(truce_dict_clear(tx, words), "read-only");
}

TEST_F(MisuseOfActions, Null)
{
    Tx tx;
    for (truce_tx *const who : {static_cast<truce_tx *>(tx), TRUCE_ALONE}) {
        EXPECT_MISUSE(truce_on_commit(who, nullptr, nullptr), "action");
        EXPECT_MISUSE(truce_on_abort(who, nullptr, nullptr), "action");
        EXPECT_MISUSE(truce_retire(who, &size, nullptr, nullptr), "release");
    }
}

TEST_F(MisuseAlone, HandingOutBytesOrOwnedWords)
{
    ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, texts, text, text));
    truce_dict_options options = dict_options();
    options.release = [](void *, void *) {};
    Dict owning(options);
    put(owning, 1, 1);
    EXPECT_MISUSE(truce_dict_get(TRUCE_ALONE, texts, text, &out), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_get_many(TRUCE_ALONE, texts, &text, 1, &out), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_swap(TRUCE_ALONE, texts, text, text, &out), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_pop(TRUCE_ALONE, texts, text, &out), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_get_or_set(TRUCE_ALONE, texts, text, text, &out, &yes), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_get(TRUCE_ALONE, owning, k1, &out), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_each(TRUCE_ALONE, texts, ignore, nullptr), "(alone|ALONE)");
    EXPECT_MISUSE(truce_dict_each(TRUCE_ALONE, owning, ignore, nullptr), "(alone|ALONE)");
}

TEST_F(MisuseOfOptions, OfADict)
{
    truce_dict *dict = nullptr;
    truce_dict_options kinds = dict_options(7, TRUCE_WORD);
    EXPECT_MISUSE(truce_dict_new(&kinds, &dict), "TRUCE_WORD|TRUCE_BYTES|kind");
    kinds = dict_options(TRUCE_WORD, 7);
    EXPECT_MISUSE(truce_dict_new(&kinds, &dict), "TRUCE_WORD|TRUCE_BYTES|kind");
    truce_dict_options release = dict_options(TRUCE_WORD, TRUCE_BYTES);
    release.release = [](void *, void *) {};
    EXPECT_MISUSE(truce_dict_new(&release, &dict), "release");
    truce_dict_options no_size = dict_options();
    no_size.size = 0;
    EXPECT_MISUSE(truce_dict_new(&no_size, &dict), "size");
    EXPECT_MISUSE(truce_dict_new(nullptr, nullptr), "NULL|dict");
}

TEST_F(MisuseOfOptions, OfARun)
{
    truce_run_options no_size = run_options();
    no_size.size = 0;
    truce_tx *tx = nullptr;
    EXPECT_MISUSE(truce_begin(&no_size, &tx), "size");
    truce_report report = TRUCE_REPORT_INIT;
    report.size = 0;
    truce_run_options bad_report = run_options();
    bad_report.report = &report;
    EXPECT_MISUSE(truce_begin(&bad_report, &tx), "size");
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    conflict.size = 0;
    Tx open;
    EXPECT_MISUSE(truce_explain(open, &conflict), "size");
    EXPECT_MISUSE(truce_explain(open, nullptr), "size|NULL");
    truce_stats stats = TRUCE_STATS_INIT;
    stats.size = 0;
    EXPECT_DEATH(truce_stats_thread(&stats), "truce: .*size");
    EXPECT_DEATH(truce_stats_process(nullptr), "truce: .*(size|NULL)");
}

TEST_F(MisuseOfOptions, OfTheClock)
{
    EXPECT_MISUSE(truce_set_clock(0), "clock|CLOCK");
    EXPECT_MISUSE(truce_set_clock(17), "clock|CLOCK");
}

TEST(MisuseHandling, AHandlerOfOnesOwnGetsTheSentence)
{
    Dict dict;
    const auto call = [&] {
        truce_set_misuse_handler([](const char *sentence) {
            fprintf(stderr, "mine: %s\n", sentence);
            std::_Exit(42);
        });
        return truce_dict_len(nullptr, dict, nullptr);
    };
    EXPECT_EXIT(expect_not_reached(call()), testing::ExitedWithCode(42), "mine: [a-zA-Z].*[a-z]");
}

TEST(MisuseHandling, AHandlerThatReturnsDoesNotHelp)
{
    Dict dict;
    const auto call = [&] {
        truce_set_misuse_handler([](const char *) { fprintf(stderr, "returned\n"); });
        return truce_dict_len(nullptr, dict, nullptr);
    };
    EXPECT_EXIT(expect_not_reached(call()), testing::KilledBySignal(SIGABRT), "returned");
}

} // namespace
