/* A list and its model side by side, with several transactions open on them in one thread; as stage.h has it for dicts.
 *
 * Every answer of the library is compared with the model, and at every commit the verdict is computed: the answers the
 * transaction was given are asked again of the model's present state, its own work included. It must conflict if one of
 * them would be another now, and must commit if none would. A conflict's explanation must name one of the observations
 * that changed, with what was seen and what is there now. */
#ifndef TRUCE_TESTS_COMMUTE_LIST_STAGE_H
#define TRUCE_TESTS_COMMUTE_LIST_STAGE_H

#include <string>
#include <vector>

#include "support/list_model.h"

namespace truce_test {

using ListProgram = std::vector<ListOp>;

class ListStage {
  public:
    explicit ListStage(uint32_t values);
    ListStage(const ListStage &) = delete;
    ListStage &operator=(const ListStage &) = delete;
    ~ListStage();

    /* Begins a schedule: nothing is open and the list holds `state`. Every other time it is a new list. */
    void set_up(const Elements &state);

    /* Opens a transaction and returns its number in this schedule. An anchored one also changes something that concerns
     * nobody, so that its observations are checked when it commits. */
    size_t begin(bool anchored = true);
    void run(size_t who, const ListOp &op);
    void run(size_t who, const ListProgram &program);
    bool commit(size_t who); /* whether it committed */
    void commit_or_run_again(size_t who);

    /* Ends the schedule: the list holds what the model holds. */
    void finish();

    const Elements &committed() const { return history_.back(); }
    uint64_t conflicts() const { return conflicts_; }
    bool hopeless() const { return failures_ > 10; }

  private:
    struct Step {
        ListOp op;
        ListAnswer told;
        size_t own_before; /* so many own effects were there when it answered */
    };
    struct Player {
        Tx tx;
        bool anchored;
        size_t born; /* the state that was committed when its attempt began */
        bool lost = false;
        ListProgram program;
        std::vector<Step> steps;
        ListProgram own; /* its effects so far, as blind operations */
    };

    void attempt(Player &player, size_t who, const ListOp &op);
    Elements seen_at(const Player &player, size_t own, const Elements &committed) const;
    std::vector<size_t> falsified(const Player &player, const Elements &committed) const;
    bool was_consistent(const Player &player) const;
    void lose(size_t who);
    bool explains(const truce_conflict &conflict, const Player &player, const Step &step) const;
    void fail(const std::string &what);

    const uint32_t values_;
    List list_, side_;
    std::vector<Elements> history_; /* committed states since the schedule began */
    std::vector<Player> players_;
    std::vector<std::string> events_;
    uint64_t schedules_ = 0, commits_ = 0, conflicts_ = 0, false_conflicts_ = 0, missed_ = 0, failures_ = 0;
};

} // namespace truce_test

#endif
