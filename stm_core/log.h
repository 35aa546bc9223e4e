/* A transaction's logs: observations, effects, and a stack of bytes. Hides how they grow: in chunks that are linked and
 * never copied, so that addresses stay and nothing large happens at once. A log keeps its chunks for the next attempt,
 * up to a bound. */
#ifndef TRUCE_LOG_H
#define TRUCE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "participant.h"

/* A chunk of a log: a header, then `capacity` entries. */
struct truce_chunk_ {
    struct truce_chunk_ *next;
    size_t capacity;                  /* in entries */
    void *end;                        /* behind the last entry used, once the log has moved on to the next chunk */
    uint64_t align_to_32_bytes;
};

/* A log of entries of one size. `next` and `chunk_end` are the fast path: room is left when they differ. */
struct truce_log_ {
    char *next;
    char *chunk_end;
    struct truce_chunk_ *first, *last;
    size_t entry_size;
};

/* A first chunk of `capacity` entries. False when memory ran out. */
bool truce_log_start_(struct truce_log_ *log, size_t entry_size, size_t capacity);

/* Makes room for one entry more. False when memory ran out; nothing has changed then. */
bool truce_log_grow_(struct truce_log_ *log);

/* Empties the log; keeps some chunks. */
void truce_log_reset_(struct truce_log_ *log);

void truce_log_free_(struct truce_log_ *log);

static inline void *truce_log_entries_(struct truce_chunk_ *chunk)
{
    return chunk + 1;
}

/* A place in a log, to which it can be cut back. */
struct truce_log_place_ {
    struct truce_chunk_ *chunk;
    char *next;
};

static inline struct truce_log_place_ truce_log_place_now_(const struct truce_log_ *log)
{
    return (struct truce_log_place_){log->last, log->next};
}

/* Drops the entries made since. */
void truce_log_cut_(struct truce_log_ *log, struct truce_log_place_ place);

/* Where the used entries of a chunk end. */
static inline void *truce_log_used_end_(const struct truce_log_ *log, const struct truce_chunk_ *chunk)
{
    return chunk == log->last ? log->next : chunk->end;
}

/* Bytes that live until the attempt ends: blocks linked to each other. */
struct truce_arena_ {
    char *next, *end;
    char *start; /* of the block in use; next == start: nothing was taken */
    struct truce_block_ *blocks;
};

/* `size` bytes aligned to 16; NULL when memory ran out. */
void *truce_arena_take_(struct truce_arena_ *arena, size_t size);

/* Empties the arena; keeps one block. */
void truce_arena_reset_(struct truce_arena_ *arena);

void truce_arena_free_(struct truce_arena_ *arena);

#endif
