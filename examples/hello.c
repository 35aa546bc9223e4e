#include <stdio.h>
#include <truce/truce.h>

static truce_status pay(truce_tx *tx, void *arg)
{
    truce_dict *accounts = arg;
    truce_item alice;
    TRUCE_NEED(truce_dict_get(tx, accounts, truce_text("alice"), &alice));
    if (truce_as_signed(alice) < 30) return TRUCE_CANCELLED;
    TRUCE_NEED(truce_dict_add(tx, accounts, truce_text("alice"), -30));
    return truce_dict_add(tx, accounts, truce_text("bob"), 30); /* conflicts with nobody else's add */
}

int main(void)
{
    truce_dict_options options = {.size = sizeof options, .name = "accounts", .keys = TRUCE_BYTES};
    truce_dict *accounts;
    truce_item bob;
    if (truce_dict_new(&options, &accounts) != TRUCE_OK) return 1;
    if (truce_dict_set(TRUCE_ALONE, accounts, truce_text("alice"), truce_signed(100)) != TRUCE_OK) return 1;
    if (truce_run(NULL, pay, accounts) != TRUCE_OK) return 1;
    if (truce_dict_get(TRUCE_ALONE, accounts, truce_text("bob"), &bob) != TRUCE_OK) return 1;
    printf("bob has %d\n", (int)truce_as_signed(bob));
    truce_dict_free(accounts);
    return 0;
}
