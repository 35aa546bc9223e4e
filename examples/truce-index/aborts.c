/* A short array, looked through from its beginning. */
#include "aborts.h"

#include <stdio.h>
#include <string.h>

/* The kind with this name, made if there is room. NULL: there is none. */
static struct abort_kind *kind_named(struct aborts *aborts, const char *name, const char *example)
{
    for (size_t i = 0; i < aborts->kind_count; i++) {
        if (strcmp(aborts->kinds[i].name, name) == 0) return &aborts->kinds[i];
    }
    if (aborts->kind_count == ABORT_KINDS_MAX) return NULL;
    struct abort_kind *kind = &aborts->kinds[aborts->kind_count++];
    snprintf(kind->name, sizeof kind->name, "%s", name);
    snprintf(kind->example, sizeof kind->example, "%s", example);
    kind->transactions = 0;
    return kind;
}

void aborts_note(struct aborts *aborts, const truce_report *report)
{
    if (report->conflicts == 0) return;
    const truce_conflict *conflict = &report->conflict;
    char name[ABORT_KIND_BYTES];
    char example[ABORT_EXAMPLE_BYTES];
    snprintf(name, sizeof name, "%s \"%s\": %s", conflict->object_kind, conflict->object_name, conflict->operation);
    truce_conflict_text(conflict, example, sizeof example);

    struct abort_kind *kind = kind_named(aborts, name, example);
    if (kind != NULL) kind->transactions++;
    aborts->transactions++;
    aborts->conflicts += report->conflicts;
}

void aborts_add(struct aborts *aborts, const struct aborts *more)
{
    for (size_t i = 0; i < more->kind_count; i++) {
        const struct abort_kind *from = &more->kinds[i];
        struct abort_kind *kind = kind_named(aborts, from->name, from->example);
        if (kind != NULL) kind->transactions += from->transactions;
    }
    aborts->transactions += more->transactions;
    aborts->conflicts += more->conflicts;
}
