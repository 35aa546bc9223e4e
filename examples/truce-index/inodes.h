/* A set of files by what they are, not by their names: device and inode number. */
#ifndef INODES_H
#define INODES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct inode {
    dev_t device;
    ino_t number;
    bool present;
};

/* Zero is the empty set. */
struct inodes {
    struct inode *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
};

/* Adds one; *added is false if it was there. False: out of memory. */
bool inodes_add(struct inodes *set, dev_t device, ino_t number, bool *added);

void inodes_free(struct inodes *set);

#endif
