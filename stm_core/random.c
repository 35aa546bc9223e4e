#include "random.h"

#include <errno.h>
#include <sys/random.h>

static truce_random_source *source_;
static void *source_context_;

void truce_random_use_(truce_random_source *source, void *context)
{
    source_ = source;
    source_context_ = context;
}

bool truce_random_(void *bytes, size_t size)
{
    if (source_ != NULL) return source_(bytes, size, source_context_);
    unsigned char *next = bytes;
    while (size > 0) {
        const ssize_t got = getrandom(next, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        next += got;
        size -= (size_t)got;
    }
    return true;
}
