/* Lists as objects: making and freeing them. A freed list stays readable as freed until every transaction that was open
 * has ended. */
#include "list_parts.h"

#include <string.h>

static void check_options(const truce_list_options *options, truce_list_options *known)
{
    *known = (truce_list_options){.size = sizeof *known};
    if (options != NULL) {
        if (options->size < sizeof options->size) truce_misuse_("truce_list_options needs its size field set");
        memcpy(known, options, options->size < sizeof *known ? options->size : sizeof *known);
    }
    if (known->values == 0) known->values = TRUCE_WORD;
    if (known->values != TRUCE_WORD && known->values != TRUCE_BYTES) {
        truce_misuse_("the values of a list are TRUCE_WORD or TRUCE_BYTES");
    }
    if (known->release != NULL && known->values == TRUCE_BYTES) {
        truce_misuse_("a list of byte values has no release callback: the bytes are copied");
    }
}

truce_status truce_list_new(const truce_list_options *options, truce_list **out)
{
    if (out == NULL) truce_misuse_("truce_list_new needs a place for the list");
    *out = NULL;
    truce_list_options known;
    check_options(options, &known);
    truce_clock_settle_();
    truce_list *list = truce_alloc_zeroed_(128, sizeof *list);
    if (list == NULL) return TRUCE_NO_MEMORY;
    uint32_t magic = TRUCE_LIST_MAGIC_;
    if (known.values == TRUCE_BYTES) magic |= TRUCE_LIST_BYTES_;
    if (known.release != NULL) magic |= TRUCE_LIST_RELEASES_;
    if (!truce_object_init_(&list->object, &truce_list_kind_, magic, known.name)) {
        truce_free_zeroed_(list, sizeof *list);
        return TRUCE_NO_MEMORY;
    }
    list->release = known.release;
    list->release_context = known.release_context;
    truce_store_ptr_release_(&list->segments, list->first_segments);
    *out = list;
    return TRUCE_OK;
}

void truce_list_require_(const truce_list *list, bool outputs)
{
    if (list == NULL) truce_misuse_("a list is required; NULL was given");
    if (list->object.magic == TRUCE_FREED_) truce_misuse_("the list was freed");
    if ((list->object.magic & ~(uint32_t)TRUCE_LIST_VARIANTS_) != TRUCE_LIST_MAGIC_) {
        truce_misuse_("a list is required; an object of another kind was given");
    }
    if (!outputs) truce_misuse_("an output or a callback is required; NULL was given");
}

/* The variant of a freed list is not in its magic any more: destroying gets it as the context. */
static void destroy(void *object, void *context)
{
    truce_list *list = object;
    const unsigned variant = (unsigned)(uintptr_t)context;
    const uint64_t length = truce_load_acquire_(&list->length);
    for (uint64_t index = 0; index < length && variant != 0; index++) {
        const struct truce_line_ *line = truce_list_line_(list, index / TRUCE_LINE_SLOTS_);
        const uint64_t value = truce_load_acquire_(&line->values[index % TRUCE_LINE_SLOTS_]);
        if (variant & TRUCE_LIST_BYTES_) truce_free_((void *)(uintptr_t)value);
        if (variant & TRUCE_LIST_RELEASES_) list->release((void *)(uintptr_t)value, list->release_context);
    }
    truce_list_free_lines_(list);
    truce_object_fini_(&list->object);
    truce_free_zeroed_(list, sizeof *list);
}

static void disturb_all(truce_list *list)
{
    const uint64_t lines = truce_list_lines_(list);
    truce_object_disturb_(&list->tail);
    for (uint64_t line = 0; line < lines; line++) truce_object_disturb_(&truce_list_line_(list, line)->word);
}

void truce_list_free(truce_list *list)
{
    if (list == NULL) return;
    truce_list_require_(list, true);
    void *variant = (void *)(uintptr_t)(list->object.magic & TRUCE_LIST_VARIANTS_);
    list->object.magic = TRUCE_FREED_;
    if (truce_epoch_anybody_()) disturb_all(list);
    truce_object_retire_(list, destroy, variant);
}
