/* A dict and its model side by side, with several transactions open on them in one thread.
 *
 * Every answer of the library is compared with the model, and at every commit the verdict is computed: the answers the
 * transaction was given are asked again of the model's present state, its own work included. It must conflict if one of
 * them would be another now, and must commit if none would. A conflict's explanation must name one of the observations
 * that changed, with what was seen and what is there now; and, asked again through the library by somebody else, the
 * operation it names must answer something else than what it says was seen. */
#ifndef TRUCE_TESTS_COMMUTE_STAGE_H
#define TRUCE_TESTS_COMMUTE_STAGE_H

#include <string>
#include <vector>

#include <truce/truce.h>

#include "support/handles.h"
#include "support/items.h"
#include "support/model.h"

namespace truce_test {

using Program = std::vector<Op>;

struct Counts {
    uint64_t schedules = 0;
    uint64_t commits = 0;
    uint64_t conflicts = 0;
    uint64_t false_conflicts = 0;  /* nothing observed had changed */
    uint64_t missed_conflicts = 0; /* something observed had changed, and it committed */
    uint64_t asked_again = 0;      /* falsified observations asked again through the library */
};

class Stage {
  public:
    explicit Stage(const Flavor &flavor);
    Stage(const Stage &) = delete;
    Stage &operator=(const Stage &) = delete;
    ~Stage();

    /* Begins a schedule: nothing is open and the dict holds `state`. `renewed`: with a dict that was never used. */
    void set_up(const State &state, bool renewed = false);

    /* Opens a transaction and returns its number in this schedule. An anchored one also changes something that concerns
     * nobody, so that its observations are checked when it commits. */
    size_t begin(bool anchored = true);
    void run(size_t who, const Op &op);
    void run(size_t who, const Program &program);
    bool commit(size_t who); /* whether it committed */
    void commit_or_run_again(size_t who);

    /* Makes the dict grow: so many other keys are inserted, in transactions of their own, and stay or are removed. */
    void grow(size_t keys, bool stay = false);

    /* Ends the schedule: the dict holds what the model holds. */
    void finish();

    const Counts &counts() const { return counts_; }
    bool hopeless() const { return failures_ > 10; }

  private:
    struct Step {
        Op op;
        Answer told;
        size_t own_before; /* so many own effects were there when it answered */
    };
    struct Player {
        Tx tx;
        bool anchored;
        bool lost = false; /* its attempt ended in a conflict */
        size_t born;       /* the state that was committed when its attempt began */
        Program program;
        std::vector<Step> steps;
        Program own; /* its effects so far, as blind operations */
    };
    struct Event {
        size_t who;
        const char *what; /* NULL: the operation */
        Op op;
        truce_status status;
    };

    void renew();
    void attempt(Player &player, size_t who, const Op &op);
    std::vector<size_t> falsified(const Player &player, const State &committed) const;
    State seen_at(const Player &player, const Step &step, const State &committed) const;
    bool was_consistent(const Player &player) const;
    void lose(size_t who);
    void check_explanation(const Player &player, const std::vector<size_t> &changed);
    bool explains(const truce_conflict &conflict, const Step &step, const State &now) const;
    void ask_again(const Player &player, const Step &step, const truce_conflict &conflict);
    void check_commit_number(truce_tx *tx);
    void fail(const std::string &what);

    const Flavor flavor_;
    Dict dict_, side_;
    std::vector<State> history_; /* committed states since the schedule began */
    std::vector<Player> players_;
    std::vector<Event> events_;
    Word next_filler_ = 1000; /* a key that was never used */
    uint64_t anchored_commits_ = 0;
    uint64_t last_number_ = 0;
    uint64_t failures_ = 0;
    bool spoiled_ = false; /* by a failure: the dict isn't used for another schedule */
    Counts counts_;
};

} // namespace truce_test

#endif
