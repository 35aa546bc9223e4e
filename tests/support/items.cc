#include "support/items.h"

#include <cstring>
#include <ostream>

#include <gtest/gtest.h>

namespace truce_test {

std::string text(const Flavor &flavor)
{
    std::string name = flavor.keys == TRUCE_WORD ? "word" : "byte";
    name += flavor.values == TRUCE_WORD ? "_to_word" : "_to_byte";
    return flavor.collide ? name + "_colliding" : name;
}

void PrintTo(const Flavor &flavor, std::ostream *out)
{
    *out << text(flavor);
}

static void write_bytes(Word number, std::string &storage)
{
    storage.assign(sizeof number + number % 37, static_cast<char>('a' + number % 26));
    std::memcpy(storage.data(), &number, sizeof number);
}

truce_item encode(Word number, uint32_t kind, std::string &storage)
{
    if (kind == TRUCE_WORD) return truce_word(number);
    write_bytes(number, storage);
    return truce_bytes(storage.data(), storage.size());
}

std::optional<Word> decode(const truce_item &item, uint32_t kind)
{
    if (item.kind == TRUCE_NONE) {
        EXPECT_EQ(0u, item.word);
        EXPECT_EQ(0u, item.size);
        return std::nullopt;
    }
    EXPECT_EQ(kind, item.kind);
    if (kind == TRUCE_WORD) {
        EXPECT_EQ(0u, item.size);
        return item.word;
    }
    Word number = 0;
    if (item.size < sizeof number) {
        ADD_FAILURE() << "bytes of size " << item.size << " were never put in";
        return std::nullopt;
    }
    std::memcpy(&number, truce_as_bytes(item), sizeof number);
    std::string expected;
    write_bytes(number, expected);
    EXPECT_EQ(expected, std::string(static_cast<const char *>(truce_as_bytes(item)), item.size));
    return number;
}

} // namespace truce_test
