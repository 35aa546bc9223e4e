// consumer.c in C++, with a body that throws: the exception comes through truce_run, and nothing is changed.
#include <cstdio>
#include <stdexcept>
#include <string>

#include <truce/truce.h>

static truce_status increment(truce_tx *tx, void *arg)
{
    auto *dict = static_cast<truce_dict *>(arg);
    truce_item value;
    TRUCE_NEED(truce_dict_get(tx, dict, truce_word(1), &value));
    return truce_dict_set(tx, dict, truce_word(1), truce_word(value.word + 1));
}

static truce_status increment_and_throw(truce_tx *tx, void *arg)
{
    TRUCE_NEED(increment(tx, arg));
    throw std::runtime_error("out of the body");
}

int main(int argc, char **argv)
{
    truce_dict *dict;
    truce_item value = {0, 0, TRUCE_NONE};
    bool thrown = false;
    truce_status status = truce_dict_new(nullptr, &dict);
    if (status == TRUCE_OK) status = truce_dict_set(TRUCE_ALONE, dict, truce_word(1), truce_word(41));
    if (status == TRUCE_OK) status = truce_run(nullptr, increment, dict);
    try {
        if (status == TRUCE_OK) status = truce_run(nullptr, increment_and_throw, dict);
    } catch (const std::runtime_error &) {
        thrown = true;
    }
    if (status == TRUCE_OK) status = truce_dict_get(TRUCE_ALONE, dict, truce_word(1), &value);
    truce_dict_free(dict);
    std::printf("Truce %s: %s, %d, thrown %d\n", truce_version(), truce_status_name(status), int(value.word), thrown);
    const bool expected = argc == 2 && std::string(argv[1]) == truce_version();
    return expected && status == TRUCE_OK && value.word == 42 && thrown ? 0 : 1;
}
