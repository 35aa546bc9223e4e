/* Explaining a conflict: keeping what it refers to, and saying it in a sentence. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core.h"

/* The item with its bytes copied to where they outlive the attempt; without memory for that, as empty bytes. */
static truce_item keep(truce_tx *tx, truce_item item)
{
    if (item.kind != TRUCE_BYTES) return item;
    char *copy = truce_arena_take_(&tx->explained, (size_t)item.size + 1);
    if (copy == NULL) return truce_text("");
    if (item.size > 0) memcpy(copy, truce_as_bytes(item), item.size);
    copy[item.size] = '\0';
    return truce_bytes(copy, item.size);
}

void truce_conflict_keep_(struct truce_tx *tx)
{
    truce_conflict *conflict = &tx->conflict;
    truce_arena_reset_(&tx->explained);
    conflict->key = keep(tx, conflict->key);
    conflict->seen = keep(tx, conflict->seen);
    conflict->now = keep(tx, conflict->now);
    conflict->object_name = truce_as_bytes(keep(tx, truce_text(conflict->object_name)));
}

/* What a text is written to: as much as fits, the rest is counted. */
struct text {
    char *start;
    size_t capacity, length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    const size_t left = text->length < text->capacity ? text->capacity - text->length : 0;
    va_list arguments;
    va_start(arguments, format);
    const int written = vsnprintf(left > 0 ? text->start + text->length : NULL, left, format, arguments);
    va_end(arguments);
    if (written > 0) text->length += (size_t)written;
}

static void put_item(struct text *text, truce_item item)
{
    enum { SHOWN_MAX = 48 };
    if (item.kind == TRUCE_NONE) put(text, "absent");
    if (item.kind == TRUCE_TICKET) put(text, "a ticket");
    if (item.kind == TRUCE_WORD) put(text, "%" PRIu64, item.word);
    if (item.kind != TRUCE_BYTES) return;
    const unsigned char *bytes = truce_as_bytes(item);
    put(text, "\"");
    for (uint32_t i = 0; i < item.size && i < SHOWN_MAX; i++) {
        const bool plain = bytes[i] >= ' ' && bytes[i] < 127 && bytes[i] != '"' && bytes[i] != '\\';
        put(text, plain ? "%c" : "\\x%02x", bytes[i]);
    }
    put(text, item.size > SHOWN_MAX ? "...\" (%" PRIu32 " bytes)" : "\"", item.size);
}

size_t truce_conflict_text(const truce_conflict *conflict, char *text, size_t capacity)
{
    if (conflict == NULL || (text == NULL && capacity > 0)) truce_misuse_("truce_conflict_text needs its arguments");
    struct text out = {text, capacity, 0};
    if (conflict->object == NULL) {
        put(&out, "no conflict");
        return out.length;
    }
    put(&out, "%s", conflict->object_kind);
    if (conflict->object_name[0] != '\0') put(&out, " \"%s\"", conflict->object_name);
    put(&out, ": %s", conflict->operation);
    if (conflict->key.kind != TRUCE_NONE) {
        put(&out, " of ");
        put_item(&out, conflict->key);
    }
    put(&out, " saw ");
    put_item(&out, conflict->seen);
    put(&out, ", now it is ");
    put_item(&out, conflict->now);
    return out.length;
}
