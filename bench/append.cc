// append: a list that all threads share, and a table. A transaction appends a few items, which stand together, and adds
// 1 to a key.
#include <array>

#include "entries.h"
#include "plain_contestant.h"
#include "plain_table.h"
#include "truce_contestant.h"
#include "truce_table.h"

namespace bench {
namespace {

class PlainState {
  public:
    explicit PlainState(const Setting &setting) : table_(setting) {}

    void perform(Transaction &transaction)
    {
        for (std::uint64_t i = 0; i < transaction.operands[0]; ++i) list_.push_back(transaction.first_value + i);
        table_.add(transaction.operands[1]);
    }

    void rewind()
    {
        list_.clear();
        table_.reset();
    }

    Content content() const { return {table_.values(), list_, 0}; }

  private:
    std::vector<std::uint64_t> list_;
    PlainTable table_;
};

class TruceState {
  public:
    explicit TruceState(const Setting &setting) : table_(setting) { need(truce_list_new(nullptr, &list_)); }
    ~TruceState() { truce_list_free(list_); }
    TruceState(const TruceState &) = delete;
    TruceState &operator=(const TruceState &) = delete;

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        const std::size_t count = static_cast<std::size_t>(transaction.operands[0]);
        std::array<truce_item, most_appended> items;
        for (std::size_t i = 0; i < count; ++i) items[i] = truce_word(transaction.first_value + i);
        TRUCE_NEED(truce_list_extend(tx, list_, items.data(), count));
        return truce_dict_add(tx, table_.dict(), truce_word(transaction.operands[1]), 1);
    }

    void rewind()
    {
        need(truce_list_clear(TRUCE_ALONE, list_));
        table_.reset();
    }

    bool has(const void *object) const { return object == list_ || object == table_.dict(); }

    Content content() const { return {table_.values(), items_of(list_), 0}; }

  private:
    truce_list *list_ = nullptr;
    TruceTable table_;
};

} // namespace

const Entries &append_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
