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
    const char **queries; /* of argv; the array is owned */
    size_t query_count;
    size_t lines;       /* how many are printed of each document that answers a query */
    char **directories; /* of argv */
    size_t directory_count;
};

/* Reads the command line. True: `options` is filled, for options_free. False: the program is to end with *exit_status,
 * and has said why (or printed the help). */
bool options_read(struct options *options, int argc, char **argv, int *exit_status);

void options_free(struct options *options);

#endif
