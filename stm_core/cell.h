/* A cell: the 64-bit word that guards one bucket, one line of a list, one stripe of a count. Hides the word's layout.
 *
 *   unlocked:  bit 63 = 0 | bit 62 = 0 | version (54 bits) | the collection's own low byte
 *   locked:    bit 63 = 1 | bit 62 = 0 | owner (22 bits)   | number of the owner's lock (32 bits) | 0
 *
 * Bit 62 is kept free for reservations. The version is the stamp of the last commit that changed what the cell guards.
 * The low byte belongs to the collection and is part of the content (a dict keeps there which slots are taken).
 *
 * Invariants:
 *   what a cell guards changes only while the word is locked;
 *   the version of an unlocked word never goes back, and changes whenever the content does: equal words, equal content;
 *   a lock that is given up restores the word that was there.
 *
 * A limit is the first word that is too new for a time: (time + 1) << 8. `word < limit` says at once that a word is
 * unlocked and old enough.
 *
 * If the owner stops while it holds the lock, whoever needs this cell waits; nobody else does.
 */
#ifndef TRUCE_CELL_H
#define TRUCE_CELL_H

#include <stdbool.h>
#include <stdint.h>

#include "atomic.h"

#define TRUCE_CELL_LOCKED_ ((uint64_t)1 << 63)

enum { TRUCE_CELL_LOW_BITS_ = 8, TRUCE_CELL_OWNER_SHIFT_ = 40, TRUCE_CELL_OWNERS_ = 1 << 22 };

/* The owner of locks that a thread holds without a transaction: growth. Such a thread never waits while it holds one. */
enum { TRUCE_OWNER_SYSTEM_ = 0 };

static inline bool truce_cell_locked_(uint64_t word)
{
    return (word & TRUCE_CELL_LOCKED_) != 0;
}

static inline uint64_t truce_cell_version_(uint64_t word)
{
    return word >> TRUCE_CELL_LOW_BITS_;
}

static inline uint64_t truce_cell_low_(uint64_t word)
{
    return word & 0xff;
}

static inline uint64_t truce_cell_word_(uint64_t version, uint64_t low)
{
    return version << TRUCE_CELL_LOW_BITS_ | low;
}

static inline uint64_t truce_cell_limit_(uint64_t time)
{
    return (time + 1) << TRUCE_CELL_LOW_BITS_;
}

static inline uint64_t truce_cell_lock_word_(uint32_t owner, uint32_t lock)
{
    return TRUCE_CELL_LOCKED_ | (uint64_t)owner << TRUCE_CELL_OWNER_SHIFT_ | (uint64_t)lock << TRUCE_CELL_LOW_BITS_;
}

static inline uint32_t truce_cell_owner_(uint64_t locked_word)
{
    return (uint32_t)(locked_word >> TRUCE_CELL_OWNER_SHIFT_) & (TRUCE_CELL_OWNERS_ - 1);
}

static inline uint32_t truce_cell_lock_number_(uint64_t locked_word)
{
    return (uint32_t)(locked_word >> TRUCE_CELL_LOW_BITS_);
}

#endif
