/* Values as collections keep them: a word, or the address of a blob, which is bytes that never change. Hides the blob.
 * Whether a collection's values are words or bytes is fixed when it is made: `bytes` below. */
#ifndef TRUCE_VALUE_H
#define TRUCE_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include <truce/item.h>
#include <truce/status.h>

/* A byte value. Never changed once others can see it. */
struct truce_blob_ {
    uint32_t size;
    uint32_t unused;
    uint64_t align_to_16;
    /* then the bytes and a NUL */
};

static inline void *truce_blob_bytes_(const struct truce_blob_ *blob)
{
    return (char *)(uintptr_t)blob + sizeof *blob;
}

/* OK, or TOO_LARGE. Stops if the value is of the other kind. */
truce_status truce_value_check_(bool bytes, truce_item value);

/* A blob with a copy of the value, from truce_alloc_: its address, or 0 when memory ran out. */
uint64_t truce_blob_new_(truce_item value);

/* Whether two values are equal as values. */
bool truce_value_equal_(bool bytes, uint64_t a, uint64_t b);

/* A value to hand out. */
truce_item truce_value_as_item_(bool bytes, uint64_t value);

/* Whether two runs of bytes are equal. */
bool truce_bytes_equal_(const void *a, uint32_t a_size, const void *b, uint32_t b_size);

/* Copies a value that is handed out into a buffer, as far as it fits. Returns its size; a word is its 8 bytes. */
size_t truce_value_copy_(truce_item value, void *buffer, size_t capacity_bytes);

/* Frees what truce_alloc_ gave, a blob for instance: for truce_epoch_retire_. */
void truce_memory_free_(void *memory, void *unused);

#endif
