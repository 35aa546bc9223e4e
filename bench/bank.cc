// bank: accounts, in a table. A transaction moves 1 from an account that has it to another one; or it is an audit,
// which sums up all accounts: the sum must be what it was at first, also in an attempt that will not commit.
#include "entries.h"
#include "fail.h"
#include "plain_contestant.h"
#include "plain_table.h"
#include "truce_contestant.h"
#include "truce_table.h"

namespace bench {
namespace {

class Books {
  public:
    explicit Books(const Setting &setting) : sum_(setting.keys * initial_value(setting.scenario, 0)) {}

    void compare(std::uint64_t sum) const
    {
        if (sum != sum_) fail("an audit found more or less than there is in the bank");
    }

  private:
    std::uint64_t sum_;
};

class PlainState : public Lasting {
  public:
    explicit PlainState(const Setting &setting) : books_(setting), accounts_(setting) {}

    void perform(Transaction &transaction)
    {
        if (transaction.audit) {
            books_.compare(accounts_.sum());
            return;
        }
        std::uint64_t &from = accounts_.at(transaction.operands[0]);
        if (from == 0) return;
        --from;
        accounts_.add(transaction.operands[1]);
    }

    Content content() const { return {accounts_.values(), {}, 0}; }

  private:
    Books books_;
    PlainTable accounts_;
};

class TruceState : public Lasting {
  public:
    explicit TruceState(const Setting &setting) : books_(setting), accounts_(setting) {}

    truce_status perform(truce_tx *tx, Transaction &transaction)
    {
        if (transaction.audit) return audit(tx);
        const truce_item from = truce_word(transaction.operands[0]);
        truce_item balance;
        TRUCE_NEED(truce_dict_get(tx, accounts_.dict(), from, &balance));
        if (balance.word == 0) return TRUCE_OK;
        TRUCE_NEED(truce_dict_add(tx, accounts_.dict(), from, -1));
        return truce_dict_add(tx, accounts_.dict(), truce_word(transaction.operands[1]), 1);
    }

    bool has(const void *object) const { return object == accounts_.dict(); }

    Content content() const { return {accounts_.values(), {}, 0}; }

  private:
    truce_status audit(truce_tx *tx)
    {
        std::uint64_t sum = 0;
        TRUCE_NEED(truce_dict_each(tx, accounts_.dict(), add_balance, &sum));
        books_.compare(sum);
        return TRUCE_OK;
    }

    static truce_status add_balance(void *context, truce_item, truce_item balance)
    {
        *static_cast<std::uint64_t *>(context) += balance.word;
        return TRUCE_OK;
    }

    Books books_;
    TruceTable accounts_;
};

} // namespace

const Entries &bank_entries()
{
    static const Entries all = {
        {"truce", make_truce<TruceState>}, {"plain", make_plain<PlainState>}, {"mutex", make_mutex<PlainState>}};
    return all;
}

} // namespace bench
