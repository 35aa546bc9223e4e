/* Hash flooding: keys built to collide under hash functions that anybody can know cost no more than random ones.
 *
 * The cost is the processor time of the thread for setting and getting 100,000 keys in a new dict, the median of
 * several runs, with random keys measured in turn. A flood that works would cost thousands of times as much, so a run
 * is given up early. */
#include <gtest/gtest.h>
#include <time.h>
#include <truce/truce.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "history/harness.h"
#include "support/handles.h"
#include "support/seed.h"

namespace truce_test {

namespace {

constexpr double bound = 1.5;
constexpr int runs = 3;
constexpr int tries = 4; /* for when something else had the processor */

uint64_t keys_in_all()
{
    return scaled(100000);
}

uint64_t processor_ns()
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1000000000u + static_cast<uint64_t>(now.tv_nsec);
}

/* The processor time for all of the keys, or what was used when it got over the limit. */
uint64_t cost_ns(uint32_t kind, const std::vector<truce_item> &keys, uint64_t limit_ns)
{
    const Dict dict(kind, TRUCE_WORD);
    const uint64_t before = processor_ns();
    for (size_t i = 0; i < keys.size(); i++) {
        EXPECT_EQ(TRUCE_OK, truce_dict_set(TRUCE_ALONE, dict, keys[i], truce_word(i)));
        if (i % 1024 == 0 && processor_ns() - before > limit_ns) return processor_ns() - before;
    }
    for (const truce_item &key : keys) {
        truce_item value;
        EXPECT_EQ(TRUCE_OK, truce_dict_get(TRUCE_ALONE, dict, key, &value));
    }
    const uint64_t used = processor_ns() - before;
    EXPECT_EQ(keys.size(), length(dict));
    return used;
}

double median(std::vector<uint64_t> numbers)
{
    std::sort(numbers.begin(), numbers.end());
    return static_cast<double>(numbers[numbers.size() / 2]);
}

/* How many times as much the one set of keys costs as the other. */
double ratio_of(uint32_t kind, const std::vector<truce_item> &chosen, const std::vector<truce_item> &random)
{
    std::vector<uint64_t> of_chosen, of_random;
    for (int i = 0; i < runs; i++) {
        of_random.push_back(cost_ns(kind, random, UINT64_MAX));
        of_chosen.push_back(cost_ns(kind, chosen, of_random.back() * 10));
    }
    return median(of_chosen) / median(of_random);
}

void expect_no_flood(uint32_t kind, const std::vector<truce_item> &chosen, const std::vector<truce_item> &random)
{
    double ratio = ratio_of(kind, chosen, random);
    for (int i = 1; i < tries && ratio > bound; i++) ratio = std::min(ratio, ratio_of(kind, chosen, random));
    std::printf("%.2f times the cost of random keys\n", ratio);
    EXPECT_LE(ratio, bound);
}

/* ---- words ---- */

uint64_t inverse_of_odd(uint64_t number)
{
    uint64_t inverse = number;
    for (int i = 0; i < 6; i++) inverse *= 2 - number * inverse;
    return inverse;
}

/* What x ^ (x >> shift) came from. */
uint64_t undo_shift(uint64_t x, int shift)
{
    uint64_t undone = x;
    for (int i = 0; i < 64 / shift; i++) undone = x ^ (undone >> shift);
    return undone;
}

uint64_t murmur_finalizer(uint64_t x)
{
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
}

uint64_t before_murmur_finalizer(uint64_t hash)
{
    uint64_t x = undo_shift(hash, 33) * inverse_of_odd(0xc4ceb9fe1a85ec53u);
    x = undo_shift(x, 33) * inverse_of_odd(0xff51afd7ed558ccdu);
    return undo_shift(x, 33);
}

constexpr uint64_t golden = 0x9E3779B97F4A7C15u;
constexpr uint64_t small_primes = 2ull * 3 * 5 * 7 * 11 * 13 * 17 * 19 * 23 * 29 * 31;

struct Family {
    const char *name;
    uint64_t (*key)(uint64_t number);
};

class WordKeys : public testing::TestWithParam<Family> {};

TEST_P(WordKeys, CostNoMoreThanRandomOnes)
{
    Random random(seed());
    std::vector<truce_item> chosen, ordinary;
    for (uint64_t i = 0; i < keys_in_all(); i++) {
        chosen.push_back(truce_word(GetParam().key(i)));
        ordinary.push_back(truce_word(random.next()));
    }
    expect_no_flood(TRUCE_WORD, chosen, ordinary);
}

std::string name_of(const testing::TestParamInfo<Family> &info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Chosen, WordKeys,
    testing::Values(Family{"Sequential", [](uint64_t i) { return i; }},
                    Family{"MultiplesOf2To16", [](uint64_t i) { return i << 16; }},
                    Family{"MultiplesOf2To32", [](uint64_t i) { return i << 32; }},
                    Family{"OnlyTheHighestBitsDiffer", [](uint64_t i) { return i << 47 | 1; }},
                    Family{"EqualModuloSmallPrimes", [](uint64_t i) { return i * small_primes + 7; }},
                    Family{"EqualUnderFibonacciHashing", [](uint64_t i) { return i * inverse_of_odd(golden); }},
                    Family{"EqualLowBitsUnderMurmur", [](uint64_t i) { return before_murmur_finalizer(i << 40); }},
                    Family{"EqualHighBitsUnderMurmur", [](uint64_t i) { return before_murmur_finalizer(i); }}),
    name_of);

TEST(WordKeys, CollideWhereTheyAreMeantTo)
{
    for (uint64_t i = 0; i < 1000; i++) {
        ASSERT_EQ(i, i * inverse_of_odd(golden) * golden);
        ASSERT_EQ(i << 40, murmur_finalizer(before_murmur_finalizer(i << 40)));
        ASSERT_EQ(i, murmur_finalizer(before_murmur_finalizer(i)));
    }
}

/* ---- bytes ---- */

/* For keys of 17 to 128 bytes XXH3 multiplies, for each 16 bytes, the first 8 xor a part of its secret with the other 8
 * xor another part. First 8 bytes that are that part of the secret make the product 0, whatever the others are. These
 * are the parts of the secret that the pieces of a key of 32 and of 64 bytes meet. */
struct Pieces {
    size_t size;
    std::vector<size_t> secret_at;
};

const Pieces pieces_of_32 = {32, {0, 16}};
const Pieces pieces_of_64 = {64, {0, 32, 48, 16}};

std::vector<std::string> colliding_strings(const Pieces &pieces)
{
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < keys_in_all(); i++) {
        std::string key(pieces.size, '\0');
        for (size_t piece = 0; piece < pieces.secret_at.size(); piece++) {
            std::memcpy(&key[16 * piece], XXH3_kSecret + pieces.secret_at[piece], 8);
            const uint64_t any = i * (piece + 1);
            std::memcpy(&key[16 * piece + 8], &any, sizeof any);
        }
        keys.push_back(key);
    }
    return keys;
}

std::vector<std::string> random_strings(size_t size, Random &random)
{
    std::vector<std::string> keys(keys_in_all(), std::string(size, '\0'));
    for (std::string &key : keys) {
        for (char &c : key) c = static_cast<char>(random.next());
    }
    return keys;
}

std::vector<truce_item> items_of(const std::vector<std::string> &keys)
{
    std::vector<truce_item> items;
    for (const std::string &key : keys) items.push_back(truce_bytes(key.data(), key.size()));
    return items;
}

void expect_no_byte_flood(const std::vector<std::string> &chosen)
{
    Random random(seed());
    expect_no_flood(TRUCE_BYTES, items_of(chosen), items_of(random_strings(chosen[0].size(), random)));
}

class ByteKeys : public testing::TestWithParam<Pieces> {};

TEST_P(ByteKeys, ThatCollideWithoutASecretCostNoMoreThanRandomOnes)
{
    const std::vector<std::string> keys = colliding_strings(GetParam());
    std::set<XXH64_hash_t> hashes;
    for (const std::string &key : keys) hashes.insert(XXH3_64bits(key.data(), key.size()));
    ASSERT_EQ(1u, hashes.size()) << "the keys must collide under the hash that anybody can know";
    expect_no_byte_flood(keys);
}

INSTANTIATE_TEST_SUITE_P(Chosen, ByteKeys, testing::Values(pieces_of_32, pieces_of_64),
                         [](const auto &pieces) { return "Of" + std::to_string(pieces.param.size); });

TEST(ByteKeys, WithALongCommonPart)
{
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < keys_in_all(); i++) {
        char number[24];
        std::snprintf(number, sizeof number, "%08llu", static_cast<unsigned long long>(i));
        keys.push_back(std::string(24, '0') + number);
    }
    expect_no_byte_flood(keys);
}

} // namespace

} // namespace truce_test
