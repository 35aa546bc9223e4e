/* Dicts of bytes: any content, any size up to the maximum, aligned, followed by a NUL, readable until the attempt ends.
 */
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/handles.h"

using namespace truce_test;

namespace {

truce_item item(const std::string &bytes)
{
    return truce_bytes(bytes.data(), bytes.size());
}

/* What the item holds, having looked at how it is handed out. */
std::string string_of(const truce_item &bytes)
{
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_BYTES), bytes.kind);
    EXPECT_EQ(0u, bytes.word % 16) << "not aligned";
    const char *const start = static_cast<const char *>(truce_as_bytes(bytes));
    EXPECT_EQ('\0', start[bytes.size]) << "not followed by a NUL";
    return std::string(start, bytes.size);
}

/* Bytes of any content, different for each seed. */
std::string some_bytes(size_t size, size_t salt)
{
    std::string bytes(size, '\0');
    uint64_t x = salt * 0x9e3779b97f4a7c15u + size;
    for (char &byte : bytes) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        byte = static_cast<char>(x);
    }
    return bytes;
}

const std::vector<size_t> sizes = {0,   1,    2,    7,    8,    9,     15,    16,     17,     23,  24,
                                   25,  31,   32,   33,   63,   64,    127,   128,    200,    255, 256,
                                   257, 1000, 4095, 4096, 4097, 65535, 65536, 100000, 1048576};

class DictOfBytes : public testing::Test {
  protected:
    std::string get(truce_tx *tx, const std::string &key)
    {
        truce_item value;
        const truce_status status = truce_dict_get(tx, dict, item(key), &value);
        EXPECT_EQ(TRUCE_OK, status);
        return status == TRUCE_OK ? string_of(value) : "";
    }

    void set(truce_tx *tx, const std::string &key, const std::string &value)
    {
        EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, item(key), item(value)));
    }

    Dict dict{TRUCE_BYTES, TRUCE_BYTES};
};

TEST_F(DictOfBytes, ValuesOfManySizes)
{
    for (const size_t size : sizes) set(TRUCE_ALONE, std::to_string(size), some_bytes(size, 1));
    Tx tx;
    for (const size_t size : sizes) EXPECT_EQ(some_bytes(size, 1), get(tx, std::to_string(size))) << size;
    for (const size_t size : sizes) set(tx, std::to_string(size), some_bytes(size, 2));
    for (const size_t size : sizes) EXPECT_EQ(some_bytes(size, 2), get(tx, std::to_string(size))) << size;
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    Tx after;
    for (const size_t size : sizes) EXPECT_EQ(some_bytes(size, 2), get(after, std::to_string(size))) << size;
}

TEST_F(DictOfBytes, KeysOfManySizes)
{
    std::map<std::string, std::string> expected;
    for (const size_t size : sizes) {
        if (size <= TRUCE_KEY_SIZE_MAX) expected[some_bytes(size, 1)] = std::to_string(size);
        if (size <= TRUCE_KEY_SIZE_MAX && size > 0) expected[some_bytes(size, 2)] = std::to_string(size) + "b";
    }
    for (const auto &[key, value] : expected) set(TRUCE_ALONE, key, value);
    EXPECT_EQ(expected.size(), length(dict));
    Tx tx;
    for (const auto &[key, value] : expected) EXPECT_EQ(value, get(tx, key));
    std::map<std::string, std::string> found;
    const auto collect = [](void *context, truce_item key, truce_item value) -> truce_status {
        (*static_cast<std::map<std::string, std::string> *>(context))[string_of(key)] = string_of(value);
        return TRUCE_OK;
    };
    EXPECT_EQ(TRUCE_OK, truce_dict_each(tx, dict, collect, &found));
    EXPECT_EQ(expected, found);
    for (const auto &[key, value] : expected) {
        EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, item(key), nullptr));
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(0u, length(dict));
}

TEST_F(DictOfBytes, TheLargestKeyAndOneOver)
{
    const std::string largest = some_bytes(TRUCE_KEY_SIZE_MAX, 1);
    const std::string over = some_bytes(size_t{TRUCE_KEY_SIZE_MAX} + 1, 1);
    set(TRUCE_ALONE, largest, "here");
    truce_item value = {1, 1, 1};
    bool yes = true;
    size_t size = 1;
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_set(TRUCE_ALONE, dict, item(over), truce_text("x")));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_contains(TRUCE_ALONE, dict, item(over), &yes));
    EXPECT_FALSE(yes);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_copy(TRUCE_ALONE, dict, item(over), &yes, 1, &size));
    EXPECT_EQ(0u, size);
    Tx tx;
    EXPECT_EQ("here", get(tx, largest));
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_get(tx, dict, item(over), &value));
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), value.kind);
    EXPECT_EQ(0u, value.word);
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_dict_get(tx, dict, item(largest), &value)) << "a failure is final";
    EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    EXPECT_EQ(1u, length(dict));
}

TEST_F(DictOfBytes, AnyOperationRefusesAKeyThatIsTooLarge)
{
    const truce_item over = truce_bytes("", SIZE_MAX), some = truce_text("some");
    const auto refused = [&](auto &&call) {
        Tx tx;
        EXPECT_EQ(TRUCE_TOO_LARGE, call(static_cast<truce_tx *>(tx)));
        EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    };
    truce_item out;
    truce_item values[2];
    const truce_item keys[2] = {some, over};
    bool yes;
    size_t size;
    char buffer[4];
    refused([&](truce_tx *tx) { return truce_dict_get_many(tx, dict, keys, 2, values); });
    EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), values[0].kind);
    refused([&](truce_tx *tx) { return truce_dict_copy(tx, dict, over, buffer, sizeof buffer, &size); });
    refused([&](truce_tx *tx) { return truce_dict_contains(tx, dict, over, &yes); });
    refused([&](truce_tx *tx) { return truce_dict_set(tx, dict, over, some); });
    refused([&](truce_tx *tx) { return truce_dict_remove(tx, dict, over, &yes); });
    refused([&](truce_tx *tx) { return truce_dict_remove(tx, dict, over, nullptr); });
    refused([&](truce_tx *tx) { return truce_dict_swap(tx, dict, over, some, &out); });
    refused([&](truce_tx *tx) { return truce_dict_pop(tx, dict, over, &out); });
    refused([&](truce_tx *tx) { return truce_dict_get_or_set(tx, dict, over, some, &out, &yes); });
    refused([&](truce_tx *tx) { return truce_dict_replace(tx, dict, over, some, some, &yes); });
    Dict sums(TRUCE_BYTES, TRUCE_WORD);
    refused([&](truce_tx *tx) { return truce_dict_add(tx, sums, over, 1); });
    refused([&](truce_tx *tx) { return truce_dict_max(tx, sums, over, 1); });
    EXPECT_EQ(0u, length(sums));
    EXPECT_EQ(0u, length(dict));
}

TEST_F(DictOfBytes, AnyOperationRefusesAValueThatIsTooLarge)
{
    const truce_item over = truce_bytes("", size_t{TRUCE_VALUE_SIZE_MAX} + 1), key = truce_text("key");
    set(TRUCE_ALONE, "key", "value");
    const auto refused = [&](auto &&call) {
        Tx tx;
        EXPECT_EQ(TRUCE_TOO_LARGE, call(static_cast<truce_tx *>(tx)));
        EXPECT_EQ(TRUCE_TOO_LARGE, truce_commit(tx));
    };
    truce_item out;
    bool yes;
    refused([&](truce_tx *tx) { return truce_dict_set(tx, dict, key, over); });
    refused([&](truce_tx *tx) { return truce_dict_swap(tx, dict, key, over, &out); });
    refused([&](truce_tx *tx) { return truce_dict_get_or_set(tx, dict, truce_text("new"), over, &out, &yes); });
    refused([&](truce_tx *tx) { return truce_dict_replace(tx, dict, key, truce_text("value"), over, &yes); });
    Tx tx;
    EXPECT_EQ("value", get(tx, "key"));
    EXPECT_EQ(1u, length(dict));
}

TEST_F(DictOfBytes, EmptyKeysAndValues)
{
    EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_bytes(nullptr, 0), truce_bytes(nullptr, 0)));
    Tx tx;
    truce_item value;
    EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_text(""), &value));
    EXPECT_EQ("", string_of(value));
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, truce_bytes("\0", 1), &value));
    bool yes = false;
    EXPECT_EQ(TRUCE_OK, truce_dict_replace(tx, dict, truce_text(""), truce_text(""), truce_text("full"), &yes));
    EXPECT_TRUE(yes);
    EXPECT_EQ("full", get(tx, ""));
    EXPECT_EQ(TRUCE_OK, truce_dict_pop(tx, dict, truce_text(""), &value));
    EXPECT_EQ("full", string_of(value));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(0u, length(dict));
}

TEST_F(DictOfBytes, NulsAreBytesLikeOthers)
{
    using namespace std::string_literals;
    const std::vector<std::string> keys = {"a"s, "a\0"s, "a\0\0"s, "\0a"s, "\0"s, "\0\0"s, "a\0b"s, "a\0c"s, ""s};
    for (const std::string &key : keys) set(TRUCE_ALONE, key, key + "\0v\0"s);
    EXPECT_EQ(keys.size(), length(dict));
    Tx tx;
    for (const std::string &key : keys) EXPECT_EQ(key + "\0v\0"s, get(tx, key));
}

TEST_F(DictOfBytes, TheCallersBytesAreCopiedDuringTheCall)
{
    std::string key = "key", value(300, 'v'), expected(300, 'v');
    Tx tx;
    set(tx, key, value);
    value.assign(300, 'x');
    key = "kex";
    EXPECT_EQ(expected, get(tx, "key"));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    Tx after;
    EXPECT_EQ(expected, get(after, "key"));
    truce_item none;
    EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(after, dict, truce_text("kex"), &none));
}

TEST_F(DictOfBytes, WhatWasHandedOutMayBePutInAgain)
{
    set(TRUCE_ALONE, "from", some_bytes(500, 1));
    Tx tx;
    truce_item value;
    ASSERT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_text("from"), &value));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_text("to"), value));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_text("from"), value));
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, value, value));
    EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx, dict, truce_text("from"), nullptr));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    Tx after;
    EXPECT_EQ(some_bytes(500, 1), get(after, "to"));
    EXPECT_EQ(some_bytes(500, 1), get(after, some_bytes(500, 1)));
    EXPECT_EQ(2u, length(dict));
}

/* All that was handed out in an attempt, committed values and own ones, whatever happens to the key afterwards. */
TEST_F(DictOfBytes, StayReadableUntilTheAttemptEnds)
{
    for (const size_t size : sizes) set(TRUCE_ALONE, std::to_string(size), some_bytes(size, 0));
    Tx tx;
    std::vector<std::pair<truce_item, std::string>> handed_out;
    const auto take = [&](truce_status status, const truce_item &bytes, const std::string &expected) {
        EXPECT_EQ(TRUCE_OK, status);
        EXPECT_EQ(expected, string_of(bytes));
        handed_out.emplace_back(bytes, expected);
    };
    for (size_t round = 1; round <= 3; ++round) {
        for (const size_t size : sizes) {
            const std::string key = std::to_string(size), now = some_bytes(size, round);
            truce_item out;
            take(truce_dict_get(tx, dict, item(key), &out), out, some_bytes(size, round - 1));
            take(truce_dict_swap(tx, dict, item(key), item("between"), &out), out, some_bytes(size, round - 1));
            take(truce_dict_pop(tx, dict, item(key), &out), out, "between");
            take(truce_dict_get_or_set(tx, dict, item(key), item(now), &out, nullptr), out, now);
        }
        for (const size_t size : sizes) set(TRUCE_ALONE, std::to_string(size), "somebody else's");
        truce_collect();
    }
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(tx, dict));
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    for (int i = 0; i < 1000; ++i) set(TRUCE_ALONE, std::to_string(i) + "new", some_bytes(100, 1));
    truce_collect();
    for (const auto &[bytes, expected] : handed_out) ASSERT_EQ(expected, string_of(bytes));
}

TEST_F(DictOfBytes, KeysHandedOutStayReadableToo)
{
    for (int i = 0; i < 20; ++i) set(TRUCE_ALONE, some_bytes(40, static_cast<size_t>(i)), "");
    Tx tx;
    std::vector<truce_item> keys;
    const auto collect = [](void *context, truce_item key, truce_item value) -> truce_status {
        EXPECT_EQ(static_cast<uint32_t>(TRUCE_NONE), value.kind);
        static_cast<std::vector<truce_item> *>(context)->push_back(key);
        return TRUCE_OK;
    };
    EXPECT_EQ(TRUCE_OK, truce_dict_each_key(tx, dict, collect, &keys));
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    for (int i = 0; i < 1000; ++i) set(TRUCE_ALONE, std::to_string(i), "");
    truce_collect();
    std::map<std::string, int> seen;
    for (const truce_item &key : keys) ++seen[string_of(key)];
    EXPECT_EQ(20u, seen.size());
    for (int i = 0; i < 20; ++i) EXPECT_EQ(1, seen[some_bytes(40, static_cast<size_t>(i))]);
}

TEST_F(DictOfBytes, CopyFillsWhatTheBufferHolds)
{
    const std::string value = some_bytes(100, 1);
    for (const bool alone : {true, false}) {
        set(TRUCE_ALONE, "key", value);
        Tx open;
        truce_tx *const tx = alone ? TRUCE_ALONE : static_cast<truce_tx *>(open);
        for (const size_t capacity : {size_t{0}, size_t{1}, size_t{99}, size_t{100}, size_t{101}}) {
            std::string buffer(110, '#');
            size_t size = 0;
            EXPECT_EQ(TRUCE_OK, truce_dict_copy(tx, dict, truce_text("key"), buffer.data(), capacity, &size));
            EXPECT_EQ(100u, size);
            const size_t copied = capacity < 100 ? capacity : 100;
            EXPECT_EQ(value.substr(0, copied) + std::string(110 - copied, '#'), buffer);
        }
        char buffer = '#';
        size_t size = 1;
        EXPECT_EQ(TRUCE_ABSENT, truce_dict_copy(tx, dict, truce_text("none"), &buffer, 1, &size));
        EXPECT_EQ(0u, size);
        EXPECT_EQ('#', buffer);
    }
}

TEST_F(DictOfBytes, CopyOfOnesOwnValue)
{
    set(TRUCE_ALONE, "key", "committed");
    Tx tx;
    set(tx, "key", "mine");
    char buffer[16] = "";
    size_t size = 0;
    EXPECT_EQ(TRUCE_OK, truce_dict_copy(tx, dict, truce_text("key"), buffer, sizeof buffer, &size));
    EXPECT_EQ("mine", std::string(buffer, size));
    EXPECT_EQ(TRUCE_OK, truce_dict_copy(TRUCE_ALONE, dict, truce_text("key"), buffer, sizeof buffer, &size));
    EXPECT_EQ("committed", std::string(buffer, size));
}

/* Values with the same size and content are equal, wherever they lie. */
TEST_F(DictOfBytes, EqualityIsOfContent)
{
    const std::string one(1000, 'e'), two(1000, 'e');
    std::string differs = one;
    differs[999] = 'x';
    set(TRUCE_ALONE, "key", one);
    Tx reader;
    EXPECT_EQ(one, get(reader, "key"));
    set(reader, "other", "1");
    set(TRUCE_ALONE, "key", two);
    bool replaced = false;
    EXPECT_EQ(TRUCE_OK,
              truce_dict_replace(TRUCE_ALONE, dict, truce_text("key"), item(differs), truce_text("no"), &replaced));
    EXPECT_FALSE(replaced);
    EXPECT_EQ(TRUCE_OK, truce_commit(reader));
    EXPECT_EQ(TRUCE_OK,
              truce_dict_replace(TRUCE_ALONE, dict, truce_text("key"), item(two), truce_text("yes"), &replaced));
    EXPECT_TRUE(replaced);
}

/* What an explanation shows is a copy that outlives the attempt, the key, and the values. */
TEST_F(DictOfBytes, AnExplanationKeepsItsBytes)
{
    const std::string key = some_bytes(60, 1), seen = some_bytes(5000, 2), now = some_bytes(70, 3);
    set(TRUCE_ALONE, key, seen);
    Tx tx;
    EXPECT_EQ(seen, get(tx, key));
    set(tx, "other", "");
    set(TRUCE_ALONE, key, now);
    EXPECT_EQ(TRUCE_CONFLICT, truce_commit(tx));
    EXPECT_EQ(TRUCE_OK, truce_dict_clear(TRUCE_ALONE, dict));
    for (int i = 0; i < 500; ++i) set(TRUCE_ALONE, std::to_string(i), some_bytes(60, 9));
    truce_collect();
    truce_conflict conflict = TRUCE_CONFLICT_INIT;
    ASSERT_EQ(TRUCE_OK, truce_explain(tx, &conflict));
    const auto bytes = [](const truce_item &shown) {
        return std::string(static_cast<const char *>(truce_as_bytes(shown)), shown.size);
    };
    EXPECT_EQ(key, bytes(conflict.key));
    EXPECT_EQ(seen, bytes(conflict.seen));
    EXPECT_EQ(now, bytes(conflict.now));
}

/* The same in a report, whose run went on after the conflict and committed. */
TEST_F(DictOfBytes, AReportKeepsItsBytes)
{
    const std::string key = "the key", seen = "what was seen", now = "what is there now";
    set(TRUCE_ALONE, key, seen);
    truce_report report = TRUCE_REPORT_INIT;
    truce_run_options options = run_options();
    options.report = &report;
    int attempts = 0;
    const truce_status status = run(&options, [&](truce_tx *tx) -> truce_status {
        EXPECT_EQ(++attempts == 1 ? seen : now, get(tx, key));
        if (attempts == 1) set(TRUCE_ALONE, key, now);
        for (int i = 0; i < 100; ++i) {
            set(tx, std::to_string(i), some_bytes(100, 7));
            EXPECT_EQ(TRUCE_OK, truce_on_commit(
                                    tx, [](void *) {}, nullptr));
        }
        return TRUCE_OK;
    });
    EXPECT_EQ(TRUCE_OK, status);
    EXPECT_EQ(2u, report.attempts);
    EXPECT_EQ(1u, report.conflicts);
    ASSERT_EQ(static_cast<truce_dict *>(dict), report.conflict.object);
    EXPECT_STREQ("get", report.conflict.operation);
    EXPECT_STREQ("", report.conflict.object_name);
    const auto bytes = [](const truce_item &shown) {
        return std::string(static_cast<const char *>(truce_as_bytes(shown)), shown.size);
    };
    EXPECT_EQ(key, bytes(report.conflict.key));
    EXPECT_EQ(seen, bytes(report.conflict.seen));
    EXPECT_EQ(now, bytes(report.conflict.now));
}

TEST(DictOfBytesAndWords, EitherSideMayBeWords)
{
    Dict names(TRUCE_WORD, TRUCE_BYTES), counts(TRUCE_BYTES, TRUCE_WORD);
    Tx tx;
    truce_item out;
    for (uint64_t i = 0; i < 300; ++i) {
        const std::string name = some_bytes(i, i);
        ASSERT_EQ(TRUCE_OK, truce_dict_set(tx, names, truce_word(i), item(name)));
        ASSERT_EQ(TRUCE_OK, truce_dict_add(tx, counts, item(name), static_cast<int64_t>(i)));
    }
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    Tx after;
    for (uint64_t i = 0; i < 300; ++i) {
        ASSERT_EQ(TRUCE_OK, truce_dict_get(after, names, truce_word(i), &out));
        EXPECT_EQ(some_bytes(i, i), string_of(out));
        ASSERT_EQ(TRUCE_OK, truce_dict_get(after, counts, out, &out));
        EXPECT_EQ(i, out.word);
    }
}

} // namespace
