/* Settings of the process, names of statuses, the version. What is fixed by first use is tried in processes of its own.
 */
#include <cstring>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "support/handles.h"

using namespace truce_test;

namespace {

TEST(Version, IsThatOfTheHeaders)
{
    const std::string version = std::to_string(TRUCE_VERSION_MAJOR) + "." + std::to_string(TRUCE_VERSION_MINOR) + "." +
                                std::to_string(TRUCE_VERSION_PATCH);
    EXPECT_EQ(version, truce_version());
}

TEST(StatusName, OfEveryStatus)
{
    EXPECT_STREQ("TRUCE_OK", truce_status_name(TRUCE_OK));
    EXPECT_STREQ("TRUCE_ABSENT", truce_status_name(TRUCE_ABSENT));
    EXPECT_STREQ("TRUCE_CLAIMED", truce_status_name(TRUCE_CLAIMED));
    EXPECT_STREQ("TRUCE_CONFLICT", truce_status_name(TRUCE_CONFLICT));
    EXPECT_STREQ("TRUCE_NO_MEMORY", truce_status_name(TRUCE_NO_MEMORY));
    EXPECT_STREQ("TRUCE_TOO_LATE", truce_status_name(TRUCE_TOO_LATE));
    EXPECT_STREQ("a status of the program", truce_status_name(TRUCE_USER_ROLL_BACK));
    EXPECT_STREQ("a status of the program", truce_status_name(INT32_MIN));
    EXPECT_STREQ("a status of the program", truce_status_name(TRUCE_USER_COMMIT));
    EXPECT_STREQ("a status of the program", truce_status_name(INT32_MAX));
    EXPECT_STREQ("unknown status", truce_status_name(TRUCE_CLAIMED + 1));
    EXPECT_STREQ("unknown status", truce_status_name(TRUCE_TOO_LATE - 1));
    EXPECT_STREQ("unknown status", truce_status_name(TRUCE_USER_ROLL_BACK + 1));
}

TEST(Clock, IsTheOneOfTheEnvironment)
{
    const char *const given = std::getenv("TRUCE_CLOCK");
    if (given == nullptr) {
        EXPECT_TRUE(truce_clock() == TRUCE_CLOCK_DEFERRED || truce_clock() == TRUCE_CLOCK_COUNTER);
    } else {
        EXPECT_EQ(strcmp(given, "counter") == 0 ? TRUCE_CLOCK_COUNTER : TRUCE_CLOCK_DEFERRED, truce_clock());
    }
}

TEST(Clock, IsFixedByTheFirstUse)
{
    Dict dict;
    const int other = truce_clock() == TRUCE_CLOCK_COUNTER ? TRUCE_CLOCK_DEFERRED : TRUCE_CLOCK_COUNTER;
    EXPECT_EQ(TRUCE_TOO_LATE, truce_set_clock(other));
    EXPECT_EQ(TRUCE_OK, truce_set_clock(truce_clock()));
}

/* Exits with 0 if `holds`. */
void exit_with(bool holds)
{
    std::_Exit(holds ? 0 : 1);
}

class InAFreshProcess : public testing::Test {
  protected:
    InAFreshProcess() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(InAFreshProcess, TheClockMayBeChosenUntilThen)
{
    for (const int clock : {TRUCE_CLOCK_DEFERRED, TRUCE_CLOCK_COUNTER}) {
        const auto choose = [&] {
            bool good = truce_set_clock(TRUCE_CLOCK_COUNTER) == TRUCE_OK && truce_set_clock(clock) == TRUCE_OK &&
                        truce_clock() == clock;
            Dict dict;
            put(dict, 1, 1);
            good = good && truce_clock() == clock && held(dict, 1) == 1;
            exit_with(good);
        };
        EXPECT_EXIT(choose(), testing::ExitedWithCode(0), "");
    }
}

TEST_F(InAFreshProcess, WithoutRandomBytesThereIsNoDict)
{
    const auto try_it = [] {
        int calls = 0;
        const auto refuse = [](void *, size_t, void *context) { return ++*static_cast<int *>(context) > 2; };
        bool good = truce_set_random_source(refuse, &calls) == TRUCE_OK;
        truce_dict *dict = nullptr;
        for (int i = 0; i < 2; ++i) {
            dict = reinterpret_cast<truce_dict *>(&calls);
            good = good && truce_dict_new(nullptr, &dict) == TRUCE_NO_RANDOM && dict == nullptr;
        }
        good = good && truce_dict_new(nullptr, &dict) == TRUCE_OK && calls == 3;
        truce_dict *second = nullptr;
        good = good && truce_dict_new(nullptr, &second) == TRUCE_OK && calls == 3;
        good = good && truce_set_random_source(nullptr, nullptr) == TRUCE_TOO_LATE;
        exit_with(good);
    };
    EXPECT_EXIT(try_it(), testing::ExitedWithCode(0), "");
}

TEST_F(InAFreshProcess, ARandomSourceOfOnesOwnIsAskedForEveryByte)
{
    const auto try_it = [] {
        size_t asked = 0;
        const auto fill = [](void *bytes, size_t size, void *context) {
            memset(bytes, 0x5a, size);
            *static_cast<size_t *>(context) += size;
            return true;
        };
        bool good = truce_set_random_source(fill, &asked) == TRUCE_OK;
        Dict dict(TRUCE_BYTES, TRUCE_WORD);
        good = good && asked >= 16;
        good = good && truce_dict_set(TRUCE_ALONE, dict, truce_text("a"), truce_word(1)) == TRUCE_OK;
        exit_with(good);
    };
    EXPECT_EXIT(try_it(), testing::ExitedWithCode(0), "");
}

TEST(MisuseHandler, IsHandedBackAndMayBeReset)
{
    truce_misuse_handler *const one = [](const char *) { std::abort(); };
    truce_misuse_handler *const two = [](const char *) { std::_Exit(1); };
    EXPECT_EQ(nullptr, truce_set_misuse_handler(one));
    EXPECT_EQ(one, truce_set_misuse_handler(two));
    EXPECT_EQ(two, truce_set_misuse_handler(nullptr));
    EXPECT_EQ(nullptr, truce_set_misuse_handler(nullptr));
}

/* A handler may throw: the call that broke the contract is left by it, and what was there stays usable. */
TEST(MisuseHandler, MayThrow)
{
    Dict dict;
    put(dict, 1, 5);
    truce_set_misuse_handler([](const char *sentence) { throw std::logic_error(sentence); });
    Tx tx;
    for (int i = 0; i < 3; ++i) {
        truce_item value;
        std::string sentence;
        try {
            EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_text("bytes"), &value));
        } catch (const std::logic_error &error) {
            sentence = error.what();
        }
        EXPECT_NE(std::string::npos, sentence.find("key")) << sentence;
        EXPECT_EQ(TRUCE_OK, truce_dict_get(tx, dict, truce_word(1), &value));
    }
    truce_set_misuse_handler(nullptr);
    EXPECT_EQ(TRUCE_OK, truce_dict_set(tx, dict, truce_word(2), truce_word(6)));
    EXPECT_EQ(TRUCE_OK, truce_commit(tx));
    EXPECT_EQ(6, held(dict, 2));
}

} // namespace
