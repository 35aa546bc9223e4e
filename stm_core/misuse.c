#include "misuse.h"

#include <stdio.h>
#include <stdlib.h>

#include <truce/settings.h>

#include "atomic.h"

static truce_atomic_ptr_ handler_;

/* A handler travels as an object pointer, which POSIX guarantees to work. */
union handler {
    truce_misuse_handler *function;
    void *object;
};

truce_misuse_handler *truce_set_misuse_handler(truce_misuse_handler *handler)
{
    union handler old, now = {handler};
    old.object = truce_load_ptr_acquire_(&handler_);
    truce_store_ptr_release_(&handler_, now.object); /* [publish] */
    return old.function;
}

void truce_misuse_(const char *sentence)
{
    union handler handler;
    handler.object = truce_load_ptr_acquire_(&handler_); /* [publish] */
    if (handler.function != NULL) {
        handler.function(sentence);
    } else {
        fprintf(stderr, "truce: %s\n", sentence);
    }
    abort();
}
