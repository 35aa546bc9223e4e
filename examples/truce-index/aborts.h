/* Why transactions were run again: the observations that stopped being true, counted by collection and operation. */
#ifndef ABORTS_H
#define ABORTS_H

#include <stddef.h>
#include <stdint.h>

#include <truce/tx.h>

#define ABORT_KINDS_MAX 8
#define ABORT_KIND_BYTES 128
#define ABORT_EXAMPLE_BYTES 256

struct abort_kind {
    char name[ABORT_KIND_BYTES];       /* such as: dict "words": get_or_set */
    char example[ABORT_EXAMPLE_BYTES]; /* the first of them, as Truce explains it */
    uint64_t transactions;
};

/* Zero is none. */
struct aborts {
    struct abort_kind kinds[ABORT_KINDS_MAX];
    size_t kind_count;
    uint64_t transactions; /* that were run again, those of further kinds included */
    uint64_t conflicts;    /* attempts of theirs that ended so */
};

#ifdef __cplusplus
extern "C" {
#endif

/* Counts a transaction that is over, by the last conflict it met; one that met none is not counted. */
void aborts_note(struct aborts *aborts, const truce_report *report);

void aborts_add(struct aborts *aborts, const struct aborts *more);

#ifdef __cplusplus
}
#endif

#endif
