/* An open transaction on one dict from words to words, for schedules written out by hand. */
#ifndef TRUCE_TESTS_SUPPORT_ACTOR_H
#define TRUCE_TESTS_SUPPORT_ACTOR_H

#include <cstring>
#include <string>

#include "support/handles.h"

namespace truce_test {

constexpr int64_t absent = -1000000; /* what get and pop answer for an absent key */

class Actor {
  public:
    explicit Actor(truce_dict *dict) : dict_(dict) {}

    int64_t get(uint64_t key)
    {
        truce_item value;
        return number(truce_dict_get(tx_, dict_, truce_word(key), &value), value);
    }
    int64_t pop(uint64_t key)
    {
        truce_item old;
        return number(truce_dict_pop(tx_, dict_, truce_word(key), &old), old);
    }
    bool contains(uint64_t key)
    {
        bool present = false;
        EXPECT_EQ(TRUCE_OK, truce_dict_contains(tx_, dict_, truce_word(key), &present));
        return present;
    }
    size_t len()
    {
        size_t count = 0;
        EXPECT_EQ(TRUCE_OK, truce_dict_len(tx_, dict_, &count));
        return count;
    }
    bool is_empty()
    {
        bool yes = false;
        EXPECT_EQ(TRUCE_OK, truce_dict_is_empty(tx_, dict_, &yes));
        return yes;
    }
    void set(uint64_t key, int64_t value)
    {
        EXPECT_EQ(TRUCE_OK, truce_dict_set(tx_, dict_, truce_word(key), truce_signed(value)));
    }
    void remove(uint64_t key) { EXPECT_EQ(TRUCE_OK, truce_dict_remove(tx_, dict_, truce_word(key), nullptr)); }
    void add(uint64_t key, int64_t delta) { EXPECT_EQ(TRUCE_OK, truce_dict_add(tx_, dict_, truce_word(key), delta)); }
    void clear() { EXPECT_EQ(TRUCE_OK, truce_dict_clear(tx_, dict_)); }

    truce_status commit() { return truce_commit(tx_); }
    void on(truce_dict *dict) { dict_ = dict; } /* from here on it works on this one */

    /* "get 7", or "len" for what has no key: why the attempt ended. Empty if it ended in no conflict. */
    std::string lost_by()
    {
        truce_conflict conflict = TRUCE_CONFLICT_INIT;
        if (truce_explain(tx_, &conflict) != TRUCE_OK) return "";
        const std::string key = conflict.key.kind == TRUCE_WORD ? " " + std::to_string(conflict.key.word) : "";
        return conflict.operation + key;
    }

    truce_tx *tx() const { return tx_; }

  private:
    static int64_t number(truce_status status, const truce_item &item)
    {
        if (status == TRUCE_ABSENT) return absent;
        EXPECT_EQ(TRUCE_OK, status) << truce_status_name(status);
        return truce_as_signed(item);
    }

    Tx tx_;
    truce_dict *dict_;
};

} // namespace truce_test

#endif
