/* What a user's first program does: makes a dict, sets, gets, runs a transaction. Argument: the version it expects. */
#include <stdio.h>
#include <string.h>

#include <truce/truce.h>

static truce_status increment(truce_tx *tx, void *arg)
{
    truce_dict *dict = arg;
    truce_item value;
    TRUCE_NEED(truce_dict_get(tx, dict, truce_word(1), &value));
    return truce_dict_set(tx, dict, truce_word(1), truce_word(value.word + 1));
}

int main(int argc, char **argv)
{
    truce_dict *dict;
    truce_item value = {0, 0, TRUCE_NONE};
    truce_status status = truce_dict_new(NULL, &dict);
    if (status == TRUCE_OK) status = truce_dict_set(TRUCE_ALONE, dict, truce_word(1), truce_word(41));
    if (status == TRUCE_OK) status = truce_run(NULL, increment, dict);
    if (status == TRUCE_OK) status = truce_dict_get(TRUCE_ALONE, dict, truce_word(1), &value);
    truce_dict_free(dict);
    printf("Truce %s: %s, %d\n", truce_version(), truce_status_name(status), (int)value.word);
    return argc == 2 && strcmp(argv[1], truce_version()) == 0 && status == TRUCE_OK && value.word == 42 ? 0 : 1;
}
