#include "alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <truce/settings.h>

enum { PAGES_FROM = 128 * 1024 };

static truce_memory_gate *gate_;
static void *gate_context_;

void truce_set_memory_gate(truce_memory_gate *gate, void *context)
{
    gate_ = gate;
    gate_context_ = context;
}

static bool refused(size_t size)
{
    return gate_ != NULL && !gate_(size, gate_context_);
}

void *truce_alloc_(size_t size)
{
    if (refused(size)) return NULL;
    return malloc(size);
}

void *truce_alloc_zeroed_(size_t alignment, size_t size)
{
    if (refused(size)) return NULL;
    if (size >= PAGES_FROM) {
        void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return pages == MAP_FAILED ? NULL : pages;
    }
    void *memory;
    if (posix_memalign(&memory, alignment, size) != 0) return NULL;
    memset(memory, 0, size);
    return memory;
}

void truce_free_(void *memory)
{
    free(memory);
}

void truce_free_zeroed_(void *memory, size_t size)
{
    if (memory != NULL && size >= PAGES_FROM) {
        munmap(memory, size);
    } else {
        free(memory);
    }
}
