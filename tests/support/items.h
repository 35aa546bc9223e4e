/* Items made of numbers, so that one model serves dicts of words and dicts of bytes. A number is itself as a word; as
 * bytes it is its 8 bytes followed by a tail whose length and content depend on it. */
#ifndef TRUCE_TESTS_SUPPORT_ITEMS_H
#define TRUCE_TESTS_SUPPORT_ITEMS_H

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

#include <truce/item.h>

namespace truce_test {

using Word = uint64_t;

/* What a dict is made for. */
struct Flavor {
    uint32_t keys = TRUCE_WORD;
    uint32_t values = TRUCE_WORD;
    bool collide = false; /* every key has the same hash */
};

std::string text(const Flavor &flavor);
void PrintTo(const Flavor &flavor, std::ostream *out); /* for Google Test */

/* The number as an item. It refers to `storage` when it is bytes. */
truce_item encode(Word number, uint32_t kind, std::string &storage);

/* The number behind an item, none for TRUCE_NONE. An item that encode doesn't make fails the running test. */
std::optional<Word> decode(const truce_item &item, uint32_t kind);

} // namespace truce_test

#endif
