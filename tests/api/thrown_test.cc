/* Exceptions out of the library's callbacks, where the contract allows them: whatever was held is let go. */
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <truce/truce.h>

namespace {

struct Misuse : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[noreturn]] void throw_misuse(const char *sentence)
{
    throw Misuse(sentence);
}

class Thrown : public testing::Test {
  protected:
    void SetUp() override
    {
        ASSERT_EQ(TRUCE_OK, truce_dict_new(nullptr, &dict));
        for (uint64_t key = 1; key < 8; key++) set(key, key);
        truce_set_misuse_handler(throw_misuse);
    }
    void TearDown() override
    {
        truce_set_misuse_handler(nullptr);
        truce_dict_free(dict);
    }

    void set(uint64_t key, uint64_t value)
    {
        ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_word(key), truce_word(value)));
    }
    uint64_t get(uint64_t key)
    {
        truce_item value;
        EXPECT_EQ(TRUCE_OK, truce_dict_get(TRUCE_ALONE, dict, truce_word(key), &value));
        return value.word;
    }

    /* Nothing is locked: another thread changes every key. */
    void expect_nothing_held()
    {
        std::thread([this] {
            for (uint64_t key = 1; key < 8; key++) set(key, 100 + key);
        }).join();
    }

    /* Nothing is announced: what is retired now is released. */
    void expect_no_attempt_open()
    {
        static int released;
        released = 0;
        const auto release = [](void *, void *) { released++; };
        ASSERT_EQ(TRUCE_OK, truce_retire(TRUCE_ALONE, nullptr, release, nullptr));
        truce_collect();
        truce_collect();
        EXPECT_EQ(1, released);
    }

    truce_dict *dict = nullptr;
};

TEST_F(Thrown, FromAnUpdateThatReturnsNoWord)
{
    truce_tx *tx;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(1), truce_word(11)));
    const auto nothing = [](truce_item, truce_item) { return truce_item{0, 0, TRUCE_NONE}; };
    ASSERT_EQ(TRUCE_OK, truce_dict_apply(tx, dict, truce_word(2), nothing, truce_word(0)));
    EXPECT_THROW((void)!truce_commit(tx), Misuse);
    truce_end(tx);
    EXPECT_EQ(1u, get(1)) << "nothing of it was installed";
    expect_nothing_held();
    EXPECT_EQ(101u, get(1));
    expect_no_attempt_open();
}

TEST_F(Thrown, FromACommitThatReadAFreedDict)
{
    truce_dict *freed;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(nullptr, &freed));
    truce_tx *tx;
    truce_item value;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(tx, freed, truce_word(1), &value));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(1), truce_word(11)));
    truce_dict_free(freed);
    EXPECT_THROW((void)!truce_commit(tx), Misuse);
    truce_end(tx);
    EXPECT_EQ(1u, get(1));
    expect_nothing_held();
}

TEST_F(Thrown, FromGetManyLeavesLaterTransactionsWhole)
{
    truce_tx *tx;
    truce_item values[2];
    const truce_item keys[2] = {truce_word(1), truce_text("not a word")};
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    EXPECT_THROW((void)!truce_dict_get_many(tx, dict, keys, 2, values), Misuse);
    truce_end(tx);

    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
    ASSERT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_word(2), &values[0]));
    set(2, 52);
    set(3, 53);
    EXPECT_EQ(TRUCE_CONFLICT, truce_dict_get(tx, dict, truce_word(3), &values[1]));
    truce_end(tx);
}

TEST_F(Thrown, FromOperationsAlone)
{
    EXPECT_THROW((void)!truce_dict_set(TRUCE_ALONE, dict, truce_text("x"), truce_word(1)), Misuse);
    expect_no_attempt_open();
    const auto visit = [](void *, truce_item, truce_item) -> truce_status { throw std::runtime_error("visit"); };
    EXPECT_THROW((void)!truce_dict_each(TRUCE_ALONE, dict, visit, nullptr), std::runtime_error);
    expect_no_attempt_open();
    expect_nothing_held();
}

TEST(Report, KeepsTheBytesOfAConflictWhenALaterAttemptCommits)
{
    truce_dict_options options = TRUCE_DICT_OPTIONS_INIT;
    options.name = "names";
    options.keys = TRUCE_BYTES;
    truce_dict *dict;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(&options, &dict));
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options run = TRUCE_RUN_OPTIONS_INIT;
    run.report = &report;
    struct Arg {
        truce_dict *dict;
        std::string key;
        int calls;
    } arg = {dict, std::string(300, 'k'), 0};
    const auto body = [](truce_tx *tx, void *pointer) -> truce_status {
        Arg *a = static_cast<Arg *>(pointer);
        const truce_item key = truce_bytes(a->key.data(), a->key.size());
        truce_item value;
        const truce_status status = truce_dict_get(tx, a->dict, key, &value);
        if (status < 0) return status;
        if (a->calls++ == 0) TRUCE_NEED(truce_dict_set(TRUCE_ALONE, a->dict, key, truce_word(7)));
        for (int i = 0; i < 200; i++) { /* uses the attempt's memory */
            const std::string other = "another key " + std::to_string(i);
            TRUCE_NEED(truce_dict_remove(tx, a->dict, truce_text(other.c_str()), nullptr));
        }
        return truce_dict_add(tx, a->dict, key, 1);
    };
    ASSERT_EQ(TRUCE_OK, truce_run(&run, body, &arg));
    EXPECT_EQ(2u, report.attempts);
    EXPECT_EQ(1u, report.conflicts);
    ASSERT_EQ(TRUCE_BYTES, static_cast<int>(report.conflict.key.kind));
    EXPECT_EQ(arg.key, std::string(static_cast<const char *>(truce_as_bytes(report.conflict.key)),
                                   report.conflict.key.size));
    EXPECT_STREQ("names", report.conflict.object_name);
    EXPECT_EQ(TRUCE_NONE, static_cast<int>(report.conflict.seen.kind));
    EXPECT_EQ(7u, report.conflict.now.word);
    truce_dict_free(dict);
}

TEST(Ownership, TheSameWordOverItselfAndThenPoppedIsTheCallers)
{
    static int released;
    released = 0;
    truce_dict_options options = TRUCE_DICT_OPTIONS_INIT;
    options.release = [](void *, void *) { released++; };
    truce_dict *dict;
    ASSERT_EQ(TRUCE_OK, truce_dict_new(&options, &dict));
    ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_word(1), truce_word(64)));
    for (const bool clears : {false, true}) {
        truce_tx *tx;
        truce_item old;
        ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &tx));
        ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(1), truce_word(64)));
        ASSERT_EQ(TRUCE_OK, truce_dict_pop(tx, dict, truce_word(1), &old));
        EXPECT_EQ(64u, old.word);
        if (clears) {
            ASSERT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
        }
        ASSERT_EQ(TRUCE_OK, truce_commit(tx));
        truce_end(tx);
        truce_collect();
        EXPECT_EQ(0, released);
        ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_word(1), truce_word(64)));
    }
    truce_dict_free(dict);
    truce_collect();
    EXPECT_EQ(1, released);
}

TEST(Announcement, IsOfTheOldestOpenAttempt)
{
    static int released;
    released = 0;
    const auto release = [](void *, void *) { released++; };
    truce_tx *older, *younger;
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &older));
    ASSERT_EQ(TRUCE_OK, truce_retire(TRUCE_ALONE, nullptr, release, nullptr));
    truce_collect();
    ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &younger));
    truce_end(younger);
    for (int i = 0; i < 5; i++) {
        ASSERT_EQ(TRUCE_OK, truce_begin(nullptr, &younger));
        truce_collect();
        truce_end(younger);
        truce_collect();
    }
    EXPECT_EQ(0, released);
    truce_end(older);
    truce_collect();
    EXPECT_EQ(1, released);
}

TEST(Begin, WithTheTimeOverGivesAHandleToEnd)
{
    truce_run_options options = TRUCE_RUN_OPTIONS_INIT;
    options.timeout_ns = 1;
    truce_tx *tx = nullptr;
    ASSERT_EQ(TRUCE_TIMED_OUT, truce_begin(&options, &tx));
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_commit(tx));
    EXPECT_EQ(TRUCE_TIMED_OUT, truce_again(tx));
    truce_end(tx);
}

} // namespace
