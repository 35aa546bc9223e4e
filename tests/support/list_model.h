/* A list on plain containers: what every operation of list.h must answer and what it leaves behind; and the same calls
 * carried out with the library. */
#ifndef TRUCE_TESTS_SUPPORT_LIST_MODEL_H
#define TRUCE_TESTS_SUPPORT_LIST_MODEL_H

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <truce/truce.h>

#include "support/handles.h"
#include "support/items.h"

namespace truce_test {

using Elements = std::vector<Word>;

/* extend gives `value` and `value` + 1; remove_blind is remove without old; each_some is each stopped by its visitor
 * after two elements; own is of a transaction that appended nothing. */
enum class ListVerb {
    get,
    copy,
    set,
    add,
    append,
    extend,
    append_at,
    insert,
    remove,
    remove_blind,
    last,
    pop,
    len,
    len_at_least,
    is_empty,
    each,
    each_some,
    clear,
    own,
    append_ticket
};
constexpr ListVerb last_list_verb = ListVerb::clear; /* of those that can be played alone as well */

struct ListOp {
    ListVerb verb = ListVerb::get;
    Word index = 0; /* each: from; len_at_least: n; own: the number */
    Word value = 0; /* the value given, the operand; each: to */
};

constexpr truce_status list_stopped = TRUCE_USER_COMMIT + 9;

/* All that a call tells its caller. */
struct ListAnswer {
    truce_status status = TRUCE_OK;
    std::optional<Word> value;                 /* what was handed out; a length; a yes or no as 1 or 0 */
    std::vector<std::pair<Word, Word>> handed; /* by each */

    bool operator==(const ListAnswer &other) const
    {
        return status == other.status && value == other.value && handed == other.handed;
    }
};

ListAnswer answer(const Elements &state, const ListOp &op);

/* What `op` does, having answered `told`: nothing, or a blind operation that does the same. */
std::optional<ListOp> effect(const ListOp &op, const ListAnswer &told);

/* Carries out a blind operation; one that can't be does nothing. */
void change(Elements &state, const ListOp &blind);

bool may_change(ListVerb verb);
bool has_index(ListVerb verb);
const char *name(ListVerb verb);
std::string text(const ListOp &op);
std::string text(const ListAnswer &told);
std::string text(const Elements &state);

/* A list, freed with its owner. */
class List {
  public:
    explicit List(uint32_t values = TRUCE_WORD, const char *name = nullptr)
    {
        truce_list_options options = TRUCE_LIST_OPTIONS_INIT;
        options.values = values;
        options.name = name;
        make(options);
    }
    explicit List(const truce_list_options &options) { make(options); }
    List(List &&other) noexcept : list_(std::exchange(other.list_, nullptr)) {}
    List &operator=(List &&other) noexcept
    {
        std::swap(list_, other.list_);
        return *this;
    }
    ~List() { free(); }
    void free() { truce_list_free(std::exchange(list_, nullptr)); }
    operator truce_list *() const { return list_; }

  private:
    void make(const truce_list_options &options)
    {
        if (truce_list_new(&options, &list_) != TRUCE_OK) throw std::bad_alloc();
    }
    truce_list *list_ = nullptr;
};

/* Calls the operation, and checks on the way that outputs are zero on every status but TRUCE_OK. */
ListAnswer play(truce_tx *tx, truce_list *list, uint32_t values, const ListOp &op);

/* The whole content, seen by a transaction of its own. */
Elements content(truce_list *list, uint32_t values = TRUCE_WORD);

} // namespace truce_test

#endif
