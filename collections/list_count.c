/* The public operations of a list on its length. */
#include "list_parts.h"

static truce_status ask(truce_tx *tx, truce_list *list, unsigned operation, enum truce_list_asked_ asked, size_t n,
                        uint64_t *told)
{
    struct truce_list_answer_ answer;
    TRUCE_TRY(truce_tx_enter_(tx));
    const struct truce_list_question_ question = {asked, n, truce_list_view_(tx, list)};
    TRUCE_TRY(truce_list_observe_(tx, list, operation, &question, &answer));
    *told = answer.held.value;
    return TRUCE_OK;
}

truce_status truce_list_len(truce_tx *tx, truce_list *list, size_t *count)
{
    truce_list_require_(list, count != NULL);
    *count = 0;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_len(alone.tx, list, count));
    uint64_t length;
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_len_, TRUCE_LIST_LENGTH_, 0, &length));
    *count = (size_t)length;
    return TRUCE_OK;
}

truce_status truce_list_len_at_least(truce_tx *tx, truce_list *list, size_t n, bool *yes)
{
    truce_list_require_(list, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_len_at_least(alone.tx, list, n, yes));
    uint64_t told;
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_len_at_least_, TRUCE_LIST_AT_LEAST_, n, &told));
    *yes = told != 0;
    return TRUCE_OK;
}

truce_status truce_list_is_empty(truce_tx *tx, truce_list *list, bool *yes)
{
    truce_list_require_(list, yes != NULL);
    *yes = false;
    if (tx == TRUCE_ALONE) TRUCE_RETURN_ALONE_(truce_list_is_empty(alone.tx, list, yes));
    uint64_t told;
    TRUCE_TRY(ask(tx, list, TRUCE_OP_list_is_empty_, TRUCE_LIST_AT_LEAST_, 1, &told));
    *yes = told == 0;
    return TRUCE_OK;
}
