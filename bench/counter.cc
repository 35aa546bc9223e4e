// counter: a counter that all threads share, and a table. A transaction adds 1 to the counter and to some keys.
#include "entries.h"
#include "plain_contestant.h"
#include "plain_table.h"
#include "truce_contestant.h"
#include "truce_table.h"

namespace bench {
namespace {

class PlainState : public Lasting {
  public:
    explicit PlainState(const Setting &setting) : table_(setting) {}

    void perform(Transaction &transaction)
    {
        ++sum_;
        for (std::size_t i = 0; i < transaction.width; ++i) table_.add(transaction.operands[i]);
    }

    Content content() const { return {table_.values(), {}, sum_}; }

  private:
    std::uint64_t sum_ = 0;
    PlainTable table_;
};

class TruceState : public Lasting {
  public:
    explicit TruceState(const Setting &setting) : table_(setting) { need(truce_counter_new(nullptr, &counter_)); }
    ~TruceState() { truce_counter_free(counter_); }
    TruceState(const TruceState &) = delete;
    TruceState &operator=(const TruceState &) = delete;

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        TRUCE_NEED(truce_counter_add(tx, counter_, 1));
        for (std::size_t i = 0; i < transaction.width; ++i) {
            TRUCE_NEED(truce_dict_add(tx, table_.dict(), truce_word(transaction.operands[i]), 1));
        }
        return TRUCE_OK;
    }

    bool has(const void *object) const { return object == counter_ || object == table_.dict(); }

    Content content() const
    {
        std::int64_t sum;
        need(truce_counter_get(TRUCE_ALONE, counter_, &sum));
        return {table_.values(), {}, static_cast<std::uint64_t>(sum)};
    }

  private:
    truce_counter *counter_ = nullptr;
    TruceTable table_;
};

} // namespace

const Entries &counter_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
