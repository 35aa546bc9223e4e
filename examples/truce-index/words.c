/* What is a word, decided by one table: 0 for a byte that is not in a word, else the byte folded. */
#include "words.h"

#include <string.h>

/* clang-format off */
static const unsigned char fold[256] = {
      0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
      0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
      0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9',   0,   0,   0,   0,   0,   0,
      0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',   0,   0,   0,   0,   0,
      0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',   0,   0,   0,   0,   0,
    128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143,
    144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
    160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175,
    176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
    192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207,
    208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
    224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239,
    240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255,
};
/* clang-format on */

size_t words_chunk_size(const char *bytes, size_t size)
{
    if (size <= CHUNK_SIZE) return size;
    size_t end = CHUNK_SIZE;
    if (fold[(unsigned char)bytes[end - 1]] == 0) return end;
    while (end < size && fold[(unsigned char)bytes[end]] != 0) end++;
    return end;
}

/* FNV-1a, which folding computes on its way. It has no secret: a text made of colliding words is indexed slowly, but a
 * chunk has too few words for that to be worse than some milliseconds. */
#define HASH_START UINT32_C(2166136261)
#define HASH_FACTOR UINT32_C(16777619)

static inline const char *next(const char **from, const char *end, char *folded, uint32_t *size, uint32_t *hash)
{
    const unsigned char *at = (const unsigned char *)*from;
    const unsigned char *const stop = (const unsigned char *)end;
    while (at < stop && fold[*at] == 0) at++;
    const unsigned char *const start = at;
    const unsigned char *const limit = stop - at > (ptrdiff_t)TRUCE_KEY_SIZE_MAX ? at + TRUCE_KEY_SIZE_MAX : stop;
    uint32_t mixed = HASH_START;
    for (; at < limit && fold[*at] != 0; at++) {
        mixed = (mixed ^ fold[*at]) * HASH_FACTOR;
        *folded++ = (char)fold[*at];
    }
    *size = (uint32_t)(at - start);
    *hash = mixed;
    while (at < stop && fold[*at] != 0) at++;
    *from = (const char *)at;
    return *size == 0 ? NULL : (const char *)start;
}

const char *words_next(const char **at, const char *end, char *folded, uint32_t *size, uint32_t *hash)
{
    return next(at, end, folded, size, hash);
}

/* The place in the list of the word that equals `found`, which becomes the list's last if there is none. */
static uint16_t place_in_list(struct words *words, const struct word *found)
{
    size_t at = (found->hash ^ found->hash >> 15) & (CHUNK_SLOTS - 1);
    for (; words->slots[at] != 0; at = (at + 1) & (CHUNK_SLOTS - 1)) {
        const uint16_t place = (uint16_t)(words->slots[at] - 1);
        const struct word *known = &words->list[place];
        if (known->hash == found->hash && known->size == found->size &&
            memcmp(known->bytes, found->bytes, found->size) == 0) {
            return place;
        }
    }
    words->list[words->count++] = *found;
    words->slots[at] = (uint16_t)words->count;
    return (uint16_t)(words->count - 1);
}

/* Puts the places of each word together. */
static void gather_places(struct words *words)
{
    uint32_t first = 0;
    for (size_t i = 0; i < words->count; i++) {
        struct word *word = &words->list[i];
        word->first = first;
        first += word->times;
        word->times = 0; /* counted anew below */
    }
    for (size_t i = 0; i < words->total; i++) {
        struct word *word = &words->list[words->found_word[i]];
        words->places[word->first + word->times++] = words->found_at[i];
    }
}

void words_find(struct words *words, const char *bytes, size_t size)
{
    const char *at = bytes;
    char *folded = words->folded;
    words->count = 0;
    words->total = 0;
    memset(words->slots, 0, sizeof words->slots);
    for (;;) {
        struct word found = {.bytes = folded};
        const char *const start = next(&at, bytes + size, folded, &found.size, &found.hash);
        if (start == NULL) break;
        const size_t known = words->count;
        const uint16_t place = place_in_list(words, &found);
        if (words->count > known) folded += found.size;
        words->list[place].times++;
        words->found_word[words->total] = place;
        words->found_at[words->total++] = (uint16_t)(start - bytes);
    }
    gather_places(words);
}
