#include "log.h"

#include "alloc.h"

enum { CHUNK_ENTRIES_MAX = 1 << 16, KEPT_BYTES_MAX = 1 << 20, ARENA_BLOCK = 4096 - 32 };

static struct truce_chunk_ *new_chunk(size_t entry_size, size_t capacity)
{
    struct truce_chunk_ *chunk = truce_alloc_(sizeof *chunk + entry_size * capacity);
    if (chunk == NULL) return NULL;
    chunk->next = NULL;
    chunk->capacity = capacity;
    chunk->end = NULL;
    return chunk;
}

static void enter_chunk(struct truce_log_ *log, struct truce_chunk_ *chunk)
{
    log->last = chunk;
    log->next = truce_log_entries_(chunk);
    log->chunk_end = log->next + chunk->capacity * log->entry_size;
}

bool truce_log_start_(struct truce_log_ *log, size_t entry_size, size_t capacity)
{
    log->entry_size = entry_size;
    log->first = new_chunk(entry_size, capacity);
    if (log->first == NULL) return false;
    enter_chunk(log, log->first);
    return true;
}

bool truce_log_grow_(struct truce_log_ *log)
{
    struct truce_chunk_ *last = log->last;
    if (last->next == NULL) {
        const size_t capacity = last->capacity * 2;
        last->next = new_chunk(log->entry_size, capacity < CHUNK_ENTRIES_MAX ? capacity : CHUNK_ENTRIES_MAX);
        if (last->next == NULL) return false;
    }
    last->end = log->next;
    enter_chunk(log, last->next);
    return true;
}

void truce_log_cut_(struct truce_log_ *log, struct truce_log_place_ place)
{
    enter_chunk(log, place.chunk);
    log->next = place.next;
}

static void free_chunks(struct truce_chunk_ *chunk)
{
    while (chunk != NULL) {
        struct truce_chunk_ *next = chunk->next;
        truce_free_(chunk);
        chunk = next;
    }
}

void truce_log_reset_(struct truce_log_ *log)
{
    size_t kept = 0;
    for (struct truce_chunk_ *chunk = log->first; chunk != NULL; chunk = chunk->next) {
        kept += chunk->capacity * log->entry_size;
        if (kept >= KEPT_BYTES_MAX) {
            free_chunks(chunk->next);
            chunk->next = NULL;
        }
    }
    enter_chunk(log, log->first);
}

void truce_log_free_(struct truce_log_ *log)
{
    free_chunks(log->first);
    *log = (struct truce_log_){NULL, NULL, NULL, NULL, 0};
}

struct truce_block_ {
    struct truce_block_ *next;
    size_t size; /* of the bytes behind */
};

static struct truce_block_ *new_block(size_t size)
{
    struct truce_block_ *block = truce_alloc_(sizeof *block + size);
    if (block != NULL) block->size = size;
    return block;
}

static void use_block(struct truce_arena_ *arena, struct truce_block_ *block)
{
    arena->start = arena->next = (char *)(block + 1);
    arena->end = arena->next + block->size;
}

void *truce_arena_take_(struct truce_arena_ *arena, size_t size)
{
    if (size > SIZE_MAX / 2) return NULL;
    const size_t rounded = (size + 15) & ~(size_t)15;
    if (rounded > (size_t)(arena->end - arena->next)) {
        struct truce_block_ *block = new_block(rounded > ARENA_BLOCK / 4 ? rounded : ARENA_BLOCK);
        if (block == NULL) return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        use_block(arena, block);
    }
    void *taken = arena->next;
    arena->next += rounded;
    return taken;
}

void truce_arena_reset_(struct truce_arena_ *arena)
{
    struct truce_block_ *kept = arena->blocks;
    if (kept == NULL) return;
    while (kept->next != NULL) {
        struct truce_block_ *next = kept->next;
        kept->next = next->next;
        truce_free_(next);
    }
    if (kept->size == ARENA_BLOCK) {
        use_block(arena, kept);
    } else {
        truce_arena_free_(arena);
    }
}

void truce_arena_free_(struct truce_arena_ *arena)
{
    while (arena->blocks != NULL) {
        struct truce_block_ *next = arena->blocks->next;
        truce_free_(arena->blocks);
        arena->blocks = next;
    }
    arena->next = arena->end = arena->start = NULL;
}
