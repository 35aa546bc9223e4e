/* Open addressing with linear probing, at most half full. */
#define _POSIX_C_SOURCE 200809L

#include "inodes.h"

#include <stdint.h>
#include <stdlib.h>

/* The slot that holds the inode, or the empty one where it belongs. */
static struct inode *slot_of(const struct inodes *set, dev_t device, ino_t number)
{
    const uint64_t mixed = ((uint64_t)number ^ (uint64_t)device << 32) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(mixed >> 32) & (set->slot_count - 1);
    while (set->slots[at].present && (set->slots[at].device != device || set->slots[at].number != number)) {
        at = (at + 1) & (set->slot_count - 1);
    }
    return &set->slots[at];
}

static bool grow(struct inodes *set)
{
    struct inodes larger = {NULL, set->slot_count == 0 ? 1024 : set->slot_count * 2, set->count};
    larger.slots = calloc(larger.slot_count, sizeof *larger.slots);
    if (larger.slots == NULL) return false;
    for (size_t i = 0; i < set->slot_count; i++) {
        const struct inode *old = &set->slots[i];
        if (old->present) *slot_of(&larger, old->device, old->number) = *old;
    }
    free(set->slots);
    *set = larger;
    return true;
}

bool inodes_add(struct inodes *set, dev_t device, ino_t number, bool *added)
{
    if (set->count >= set->slot_count / 2 && !grow(set)) return false;
    struct inode *slot = slot_of(set, device, number);
    *added = !slot->present;
    if (!*added) return true;
    *slot = (struct inode){device, number, true};
    set->count++;
    return true;
}

void inodes_free(struct inodes *set)
{
    free(set->slots);
    *set = (struct inodes){NULL, 0, 0};
}
