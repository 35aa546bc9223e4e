/* What the command line asks for. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
    unsigned threads;
    uint64_t at_least_bytes; /* the text is gone over again until it is that much */
    uint64_t at_most_bytes;  /* of text in memory */
    size_t top;              /* how many words are printed */
    bool compare;
    char **directories; /* of argv */
    size_t directory_count;
};

/* Reads the command line. True: `options` is filled. False: the program is to end with *exit_status, and has said why
 * (or printed the help). */
bool options_read(struct options *options, int argc, char **argv, int *exit_status);

#endif
