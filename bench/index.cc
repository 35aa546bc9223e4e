// index: a list whose length stays. A transaction gets or sets the elements at some indexes.
#include "entries.h"
#include "plain_contestant.h"
#include "truce_contestant.h"

namespace bench {
namespace {

class PlainState : public Lasting {
  public:
    explicit PlainState(const Setting &setting)
    {
        for (std::uint64_t i = 0; i < setting.keys; ++i) list_.push_back(initial_value(setting.scenario, i));
    }

    void perform(Transaction &transaction)
    {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < transaction.width; ++i) {
            std::uint64_t &element = list_[transaction.operands[i]];
            if (transaction.accesses[i] == Access::get)
                sum += element;
            else
                element = transaction.first_value + i;
        }
        transaction.sum = sum;
    }

    Content content() const { return {{list_.begin(), list_.end()}, {}, 0}; }

  private:
    std::vector<std::uint64_t> list_;
};

class TruceState : public Lasting {
  public:
    explicit TruceState(const Setting &setting)
    {
        need(truce_list_new(nullptr, &list_));
        fill(setting.keys, [&](truce_tx *tx, std::uint64_t i) {
            return truce_list_append(tx, list_, truce_word(initial_value(setting.scenario, i)));
        });
    }
    ~TruceState()
    {
        truce_list_free(list_);
        truce_collect();
    }
    TruceState(const TruceState &) = delete;
    TruceState &operator=(const TruceState &) = delete;

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < transaction.width; ++i) {
            const std::size_t index = static_cast<std::size_t>(transaction.operands[i]);
            if (transaction.accesses[i] == Access::get) {
                truce_item value;
                TRUCE_NEED(truce_list_get(tx, list_, index, &value));
                sum += value.word;
            } else {
                TRUCE_NEED(truce_list_set(tx, list_, index, truce_word(transaction.first_value + i)));
            }
        }
        transaction.sum = sum;
        return TRUCE_OK;
    }

    bool has(const void *object) const { return object == list_; }

    Content content() const
    {
        const std::vector<std::uint64_t> items = items_of(list_);
        return {{items.begin(), items.end()}, {}, 0};
    }

  private:
    truce_list *list_ = nullptr;
};

} // namespace

const Entries &index_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
