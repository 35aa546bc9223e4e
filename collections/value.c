#include "value.h"

#include <string.h>

#include "stm_core/core.h"

static const struct truce_blob_ *blob_at(uint64_t address)
{
    return (const struct truce_blob_ *)(uintptr_t)address;
}

truce_status truce_value_check_(bool bytes, truce_item value)
{
    if (!bytes) {
        if (value.kind != TRUCE_WORD) truce_misuse_("the values of this collection are words");
        return TRUCE_OK;
    }
    if (value.kind != TRUCE_BYTES) truce_misuse_("the values of this collection are bytes");
    if (value.size > TRUCE_VALUE_SIZE_MAX) return TRUCE_TOO_LARGE;
    if (value.word == 0 && value.size > 0) truce_misuse_("bytes need an address; NULL was given");
    return TRUCE_OK;
}

uint64_t truce_blob_new_(truce_item value)
{
    struct truce_blob_ *blob = truce_alloc_(sizeof *blob + (size_t)value.size + 1);
    if (blob == NULL) return 0;
    blob->size = value.size;
    blob->unused = 0;
    char *bytes = truce_blob_bytes_(blob);
    if (value.size > 0) memcpy(bytes, truce_as_bytes(value), value.size);
    bytes[value.size] = '\0';
    return (uint64_t)(uintptr_t)blob;
}

bool truce_value_equal_(bool bytes, uint64_t a, uint64_t b)
{
    if (a == b) return true;
    return bytes && truce_bytes_equal_(truce_blob_bytes_(blob_at(a)), blob_at(a)->size, truce_blob_bytes_(blob_at(b)),
                                       blob_at(b)->size);
}

truce_item truce_value_as_item_(bool bytes, uint64_t value)
{
    return bytes ? truce_bytes(truce_blob_bytes_(blob_at(value)), blob_at(value)->size) : truce_word(value);
}

bool truce_bytes_equal_(const void *a, uint32_t a_size, const void *b, uint32_t b_size)
{
    return a_size == b_size && (a_size == 0 || memcmp(a, b, a_size) == 0);
}

size_t truce_value_copy_(truce_item value, void *buffer, size_t capacity_bytes)
{
    const void *bytes = value.kind == TRUCE_WORD ? &value.word : truce_as_bytes(value);
    const size_t size = value.kind == TRUCE_WORD ? sizeof value.word : value.size;
    const size_t copied = size < capacity_bytes ? size : capacity_bytes;
    if (copied > 0) memcpy(buffer, bytes, copied);
    return size;
}

void truce_memory_free_(void *memory, void *unused)
{
    (void)unused;
    truce_free_(memory);
}
