// disjoint, mixed and hot: a table of words. A transaction gets, puts or adds to some of its keys.
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
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < transaction.width; ++i) {
            const std::uint64_t key = transaction.operands[i];
            switch (transaction.accesses[i]) {
            case Access::get:
                sum += table_.at(key);
                break;
            case Access::put:
                table_.put(key, transaction.first_value + i);
                break;
            default:
                table_.add(key);
                break;
            }
        }
        transaction.sum = sum;
    }

    Content content() const { return {table_.values(), {}, 0}; }

  private:
    PlainTable table_;
};

class TruceState : public Lasting {
  public:
    explicit TruceState(const Setting &setting) : table_(setting) {}

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < transaction.width; ++i) {
            const truce_item key = truce_word(transaction.operands[i]);
            switch (transaction.accesses[i]) {
            case Access::get: {
                truce_item value;
                TRUCE_NEED(truce_dict_get(tx, table_.dict(), key, &value));
                sum += value.word;
                break;
            }
            case Access::put:
                TRUCE_NEED(truce_dict_set(tx, table_.dict(), key, truce_word(transaction.first_value + i)));
                break;
            default:
                TRUCE_NEED(truce_dict_add(tx, table_.dict(), key, 1));
                break;
            }
        }
        transaction.sum = sum;
        return TRUCE_OK;
    }

    bool has(const void *object) const { return object == table_.dict(); }

    Content content() const { return {table_.values(), {}, 0}; }

  private:
    TruceTable table_;
};

} // namespace

const Entries &table_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
