// queue and pool: a queue. A transaction pushes an item, or pops one; or it takes any item and pushes it again.
#include <deque>

#include "entries.h"
#include "fail.h"
#include "plain_contestant.h"
#include "truce_contestant.h"

namespace bench {
namespace {

class PlainState {
  public:
    explicit PlainState(const Setting &setting) : first_items_(setting.keys) { rewind(); }

    void perform(Transaction &transaction)
    {
        switch (transaction.accesses[0]) {
        case Access::push:
            queue_.push_back(transaction.first_value);
            transaction.sum = 0 - transaction.first_value;
            break;
        case Access::pop:
            transaction.idle = queue_.empty();
            if (!transaction.idle) transaction.sum = pop();
            break;
        default:
            queue_.push_back(pop());
            break;
        }
    }

    void rewind()
    {
        queue_.clear();
        for (std::uint64_t number = 0; number < first_items_; ++number) queue_.push_back(number);
    }

    Content content() const { return {{}, {queue_.begin(), queue_.end()}, 0}; }

  private:
    std::uint64_t pop()
    {
        if (queue_.empty()) fail("the pool is empty");
        const std::uint64_t value = queue_.front();
        queue_.pop_front();
        return value;
    }

    const std::uint64_t first_items_;
    std::deque<std::uint64_t> queue_;
};

class TruceState {
  public:
    explicit TruceState(const Setting &setting) : first_items_(setting.keys)
    {
        need(truce_queue_new(nullptr, &queue_));
        rewind();
    }
    ~TruceState()
    {
        truce_queue_free(queue_);
        truce_collect();
    }
    TruceState(const TruceState &) = delete;
    TruceState &operator=(const TruceState &) = delete;

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        switch (transaction.accesses[0]) {
        case Access::push:
            transaction.sum = 0 - transaction.first_value;
            return truce_queue_push(tx, queue_, truce_word(transaction.first_value));
        case Access::pop:
            return pop(tx, transaction);
        default:
            return cycle(tx, transaction);
        }
    }

    void rewind()
    {
        truce_item item;
        while (truce_queue_pop(TRUCE_ALONE, queue_, &item) == TRUCE_OK) continue;
        fill(first_items_,
             [this](truce_tx *tx, std::uint64_t number) { return truce_queue_push(tx, queue_, truce_word(number)); });
    }

    bool has(const void *object) const { return object == queue_; }

    Content content() const
    {
        std::vector<std::uint64_t> items;
        need(truce_queue_each(TRUCE_ALONE, queue_, add_item, &items));
        return {{}, items, 0};
    }

  private:
    truce_status pop(truce_tx *tx, Transaction &transaction)
    {
        truce_item value;
        const truce_status status = truce_queue_pop(tx, queue_, &value);
        transaction.sum = value.word; // 0 if there was none
        transaction.idle = status == TRUCE_EMPTY;
        return transaction.idle ? TRUCE_OK : status;
    }

    // Idle when others have taken all there are.
    truce_status cycle(truce_tx *tx, Transaction &transaction)
    {
        truce_item value;
        const truce_status status = truce_queue_pop_any(tx, queue_, &value);
        transaction.idle = status == TRUCE_CLAIMED;
        if (transaction.idle) return TRUCE_OK;
        TRUCE_NEED(status);
        return truce_queue_push(tx, queue_, value);
    }

    const std::uint64_t first_items_;
    truce_queue *queue_ = nullptr;
};

} // namespace

const Entries &queue_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
