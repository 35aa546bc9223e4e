/* An item: what collections take as keys and values and hand out again.
 *
 * An item is a word (64 bits, kept inline) or bytes (an address and a size). Which of the two a collection's keys and
 * values are is fixed when it is created. Words are compared as words; bytes are equal when their size and content are.
 *
 * Bytes given to a collection are copied during the call. Bytes handed out by a collection are 16-byte aligned,
 * followed by a NUL that the size does not count, must not be written, and stay readable until the attempt that read
 * them ends, even if it overwrites them.
 *
 * The layout of truce_item is frozen: 16 bytes, passed in registers.
 */
#ifndef TRUCE_ITEM_H
#define TRUCE_ITEM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TRUCE_NONE = 0, /* no item: an absent key's value, an output that was not set */
    TRUCE_WORD = 1, /* `word` is the item */
    TRUCE_BYTES = 2, /* `word` is the address of `size` bytes */
    TRUCE_TICKET = 3 /* stands for an index that is settled at the commit: see truce_list_append_ticket */
};

#define TRUCE_VALUE_SIZE_MAX 1073741824u /* bytes of a byte value, in every collection */

typedef struct truce_item {
    uint64_t word;
    uint32_t size; /* in bytes; 0 for words */
    uint32_t kind; /* TRUCE_NONE, TRUCE_WORD, TRUCE_BYTES or TRUCE_TICKET */
} truce_item;

/* The item that is this word. */
static inline truce_item truce_word(uint64_t word)
{
    truce_item item = {word, 0, TRUCE_WORD};
    return item;
}

/* The word with this two's complement value. truce_as_signed takes it back. */
static inline truce_item truce_signed(int64_t value)
{
    return truce_word((uint64_t)value);
}

/* The word that is this address. What it points to is the program's own: the collection never looks at it. */
static inline truce_item truce_ptr(const void *pointer)
{
    return truce_word((uint64_t)(uintptr_t)pointer);
}

/* `size` bytes at `bytes` (NULL is allowed when size is 0). A size that does not fit 32 bits becomes the largest one,
 * which every collection refuses with TRUCE_TOO_LARGE. */
static inline truce_item truce_bytes(const void *bytes, size_t size)
{
    truce_item item = {(uint64_t)(uintptr_t)bytes, size > UINT32_MAX ? UINT32_MAX : (uint32_t)size, TRUCE_BYTES};
    return item;
}

/* The bytes of a string, its NUL not counted. */
static inline truce_item truce_text(const char *text)
{
    return truce_bytes(text, strlen(text));
}

static inline int64_t truce_as_signed(truce_item item)
{
    return (int64_t)item.word;
}

static inline void *truce_as_ptr(truce_item item)
{
    return (void *)(uintptr_t)item.word;
}

static inline const void *truce_as_bytes(truce_item item)
{
    return (const void *)(uintptr_t)item.word;
}

#ifdef __cplusplus
}
#endif

#endif
