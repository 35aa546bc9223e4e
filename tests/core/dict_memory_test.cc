/* What dicts cost in memory: resident pages, what malloc has handed out, and what the library asked for. Each large
 * dict is measured in a process of its own. */
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/wait.h>
#include <truce/truce.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/handles.h"

namespace truce_test {

namespace {

constexpr uint64_t million = 1000000;

size_t resident_bytes()
{
    unsigned long all = 0, resident = 0;
    FILE *const file = std::fopen("/proc/self/statm", "r");
    if (file == nullptr || std::fscanf(file, "%lu %lu", &all, &resident) != 2) std::abort();
    std::fclose(file);
    return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

size_t allocated_bytes()
{
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* What the library asks for while one of these lives. */
class Asked {
  public:
    Asked() { truce_set_memory_gate(count, this); }
    ~Asked() { truce_set_memory_gate(nullptr, nullptr); }
    Asked(const Asked &) = delete;
    Asked &operator=(const Asked &) = delete;

    size_t bytes() const { return bytes_; }

  private:
    static bool count(size_t size_bytes, void *context)
    {
        static_cast<Asked *>(context)->bytes_ += size_bytes;
        return true;
    }

    size_t bytes_ = 0;
};

/* The numbers that `measure` finds in a child process. */
std::vector<double> in_child(const std::function<std::vector<double>()> &measure)
{
    int ends[2];
    if (pipe(ends) != 0) return {};
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        const std::vector<double> found = measure();
        const size_t size = found.size() * sizeof(double);
        _exit(write(ends[1], found.data(), size) == static_cast<ssize_t>(size) ? 0 : 1);
    }
    close(ends[1]);
    std::vector<double> found;
    for (double one; read(ends[0], &one, sizeof one) == sizeof one;) found.push_back(one);
    close(ends[0]);
    int status = 1;
    EXPECT_EQ(child, waitpid(child, &status, 0));
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return found;
}

uint64_t key_of(uint64_t number)
{
    return Random(number).next();
}

void insert(truce_dict *dict, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) put(dict, key_of(i), static_cast<int64_t>(i));
}

class DictMemory : public testing::Test {
  protected:
    void SetUp() override
    {
        if (sanitized) GTEST_SKIP() << "under a sanitizer memory is another";
    }
};

/* Reads `reads` absent keys with `read`, after as many as it takes to have the thread's own buffers. */
void expect_nothing_left(const std::function<void(uint64_t)> &read)
{
    constexpr uint64_t reads = 200000;
    for (uint64_t i = 0; i < 2000; i++) read(i);
    const size_t resident = resident_bytes();
    const size_t allocated = allocated_bytes();
    const Asked asked;
    for (uint64_t i = 0; i < reads; i++) read(10000 + i);
    EXPECT_EQ(0u, asked.bytes());
    EXPECT_EQ(allocated, allocated_bytes());
    EXPECT_LE(resident_bytes(), resident + (1 << 20)) << "the kernel counts in steps";
}

TEST_F(DictMemory, AbsentWordKeysLeaveNothing)
{
    const Dict dict;
    insert(dict, 0, 1000);
    truce_item value;
    bool present;
    expect_nothing_left(
        [&](uint64_t i) { ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(TRUCE_ALONE, dict, truce_word(i), &value)); });
    expect_nothing_left([&](uint64_t i) {
        ASSERT_EQ(TRUCE_OK, truce_dict_contains(TRUCE_ALONE, dict, truce_word(i), &present));
        ASSERT_FALSE(present);
    });
    expect_nothing_left([&](uint64_t i) {
        ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) {
                      EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, truce_word(i), &value));
                      return truce_dict_contains(tx, dict, truce_word(i + million), &present);
                  }));
    });
    expect_nothing_left([&](uint64_t i) {
        ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) {
                      EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, truce_word(i), &value));
                      return truce_dict_add(tx, dict, truce_word(key_of(0)), 1);
                  }));
    });
    EXPECT_EQ(1000u, length(dict));
}

TEST_F(DictMemory, AbsentByteKeysLeaveNothing)
{
    const Dict dict(TRUCE_BYTES, TRUCE_WORD);
    ASSERT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, truce_text("there"), truce_word(1)));
    char key[32];
    truce_item value;
    const auto key_item = [&](uint64_t i) {
        std::snprintf(key, sizeof key, "absent key %llu", static_cast<unsigned long long>(i));
        return truce_text(key);
    };
    expect_nothing_left(
        [&](uint64_t i) { ASSERT_EQ(TRUCE_ABSENT, truce_dict_get(TRUCE_ALONE, dict, key_item(i), &value)); });
    expect_nothing_left([&](uint64_t i) {
        ASSERT_EQ(TRUCE_OK, run([&](truce_tx *tx) {
                      EXPECT_EQ(TRUCE_ABSENT, truce_dict_get(tx, dict, key_item(i), &value));
                      return TRUCE_OK;
                  }));
    });
    EXPECT_EQ(1u, length(dict));
}

TEST_F(DictMemory, WordToWordFromAMillionToTwo)
{
    constexpr uint64_t sizes = 20;
    const std::vector<double> bytes_an_entry = in_child([] {
        std::vector<double> found;
        const size_t before = resident_bytes();
        const Dict dict;
        insert(dict, 0, million);
        for (uint64_t i = 1; i <= sizes; i++) {
            const uint64_t size = million + i * million / sizes;
            insert(dict, size - million / sizes, size);
            found.push_back(static_cast<double>(resident_bytes() - before) / static_cast<double>(size));
        }
        return found;
    });
    ASSERT_EQ(sizes, bytes_an_entry.size());
    const double average = std::accumulate(bytes_an_entry.begin(), bytes_an_entry.end(), 0.0) / sizes;
    const double worst = *std::max_element(bytes_an_entry.begin(), bytes_an_entry.end());
    std::printf("bytes an entry: %.1f on average, %.1f at worst\n", average, worst);
    EXPECT_LE(average, 40);
    EXPECT_LE(worst, 64);
    EXPECT_GE(average, 16) << "an entry is 16 bytes: the measure is wrong";
}

/* Overwrites, adds to, and takes away and puts back keys that are there. */
void change(truce_dict *dict, unsigned thread)
{
    Random random(thread);
    for (uint64_t i = 0; i < million / 4; i++) {
        const uint64_t key = key_of(random.below(million));
        if (random.one_in(2)) {
            put(dict, key, static_cast<int64_t>(i));
            continue;
        }
        const truce_status status = run([&](truce_tx *tx) {
            truce_item old;
            TRUCE_TRY(truce_dict_pop(tx, dict, truce_word(key), &old));
            TRUCE_TRY(truce_dict_add(tx, dict, truce_word(key_of(random.below(million))), 1));
            return truce_dict_set(tx, dict, truce_word(key), old);
        });
        if (status != TRUCE_OK) std::abort();
    }
}

TEST_F(DictMemory, EightThreadsChangeOneDict)
{
    const std::vector<double> resident = in_child([] {
        const size_t before = resident_bytes();
        const Dict dict;
        insert(dict, 0, million);
        const size_t built = resident_bytes();
        run_threads(8, [&](unsigned thread) { change(dict, thread); });
        const bool whole = length(dict) == million;
        return std::vector<double>{static_cast<double>(built - before), static_cast<double>(resident_bytes() - before),
                                   whole ? 1.0 : 0.0};
    });
    ASSERT_EQ(3u, resident.size());
    EXPECT_EQ(1.0, resident[2]) << "keys were lost";
    EXPECT_LE(resident[1], resident[0] * 1.25);
}

TEST_F(DictMemory, AnEmptyDict)
{
    constexpr size_t dicts = 10000;
    std::vector<Dict> all;
    all.reserve(dicts);
    all.emplace_back();
    const size_t allocated = allocated_bytes();
    const Asked asked;
    for (size_t i = 0; i < dicts; i++) all.emplace_back();
    EXPECT_LE(asked.bytes() / dicts, 256u);
    EXPECT_LE((allocated_bytes() - allocated) / dicts, 256u + 16u) << "with what malloc adds";
}

} // namespace

} // namespace truce_test
