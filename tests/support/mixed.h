/* Collections of every kind side by side: operations on any of them as data, transactions of such operations on plain
 * containers, and the same calls made with the library. */
#ifndef TRUCE_TESTS_SUPPORT_MIXED_H
#define TRUCE_TESTS_SUPPORT_MIXED_H

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <truce/truce.h>

#include "support/counter_var.h"
#include "support/handles.h"
#include "support/items.h"
#include "support/list_model.h"
#include "support/model.h"
#include "support/queue_model.h"

namespace truce_test {

/* What there is of each kind. A counter and a var are asked with one Request, so there are as many of both. Beside them
 * there is one more dict from words to words, the places, for tickets. */
struct QueueShape {
    uint32_t values = TRUCE_WORD;
    size_t capacity = 0;
    bool any = false; /* pop_any is used, and no two of its items are equal */
};

struct Shape {
    std::vector<Flavor> dicts;
    std::vector<uint32_t> lists; /* the kind of their values */
    std::vector<QueueShape> queues;
    std::vector<uint32_t> vars;
};

/* Operations whose answer depends on the attempt itself. file: append_ticket to the list, and the ticket is stored in
 * the places under the key; find: what is there; forget: removes it, blindly; own: what the attempt gave to the list
 * with its append number `key`. */
enum class PlaceVerb { file, find, forget, own };

struct PlaceOp {
    PlaceVerb verb = PlaceVerb::file;
    Word key = 0;
    Word value = 0;
};

struct NumberAnswer {
    truce_status status = TRUCE_OK;
    Reply reply;
};

struct PlaceAnswer {
    truce_status status = TRUCE_OK;
    std::optional<Word> value; /* of a ticket: which of the attempt's it is, counted from 0 */
    bool ticket = false;
};

using MixedOp = std::variant<Op, ListOp, QueueOp, Request, PlaceOp>;
using MixedAnswer = std::variant<Answer, ListAnswer, QueueAnswer, NumberAnswer, PlaceAnswer>;

/* Which one of the kind that the operation is for; of a PlaceOp: which list. */
struct MixedCall {
    unsigned object = 0;
    MixedOp op;
};

struct MixedStep {
    MixedCall call;
    MixedAnswer told;
};

truce_status status_of(const MixedAnswer &told);
std::string text(const MixedCall &call);
std::string text(const MixedAnswer &told);

/* Whether it had an effect, as far as the answer tells. */
bool may_have_changed(const MixedStep &step);

/* The plain containers. */
struct World {
    explicit World(const Shape &shape);

    std::vector<State> dicts;
    std::vector<Elements> lists;
    std::vector<QueueState> queues;
    std::vector<size_t> capacities; /* of the queues */
    std::vector<Plain> numbers;
    State places;
};

/* Something that is different in the two, in words; or nothing. */
std::string difference(const World &a, const World &b);

/* A transaction on plain containers. */
class PlainTx {
  public:
    explicit PlainTx(World &world) : world_(world), tagged_(world.lists.size()), own_(world.lists.size()) {}

    /* Whether the operation can answer this now: if so it is carried out. For pop_any every item is right that is
     * there; and it may always be told that all are claimed. */
    bool take(const MixedStep &step);

    /* What it would answer now. */
    MixedAnswer answer(const MixedCall &call) const;

    /* The tickets become indices. */
    void commit();

  private:
    struct Ticket {
        unsigned list;
        size_t tag;
    };

    void change(const MixedStep &step);
    void change_list(unsigned list, const ListOp &blind);
    void change_places(unsigned list, const PlaceOp &op);
    PlaceAnswer answer_place(unsigned list, const PlaceOp &op) const;

    World &world_;
    std::vector<std::vector<size_t>> tagged_; /* beside each list with tickets: which ticket's element, or 0 */
    std::vector<Elements> own_;               /* what was appended to each list */
    std::vector<Ticket> tickets_;
    std::map<Word, size_t> filed_; /* the places that hold a ticket */
};

/* The same collections of the library. */
class Stock {
  public:
    explicit Stock(const Shape &shape);

    const Shape &shape() const { return shape_; }
    World content() const; /* each as a transaction of its own sees it */

  private:
    friend class LibraryTx;

    Asked asked(unsigned number) const { return {counters_[number], vars_[number], shape_.vars[number]}; }

    Shape shape_;
    std::vector<Dict> dicts_;
    std::vector<List> lists_;
    std::vector<Queue> queues_;
    std::vector<Counter> counters_;
    std::vector<Var> vars_;
    Dict places_;
};

/* One attempt of a transaction on them. */
class LibraryTx {
  public:
    LibraryTx(truce_tx *tx, const Stock &stock) : tx_(tx), stock_(stock) {}

    MixedAnswer play(const MixedCall &call);

  private:
    PlaceAnswer play_place(truce_list *list, const PlaceOp &op);
    PlaceAnswer found(truce_status status, const truce_item &item) const;

    truce_tx *const tx_;
    const Stock &stock_;
    std::vector<truce_item> tickets_;
};

} // namespace truce_test

#endif
