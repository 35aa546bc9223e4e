// What the bench prints: JSON or a table on standard output, progress on standard error if that is a terminal.
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include "runner.h"

namespace bench {

class Output {
  public:
    explicit Output(const Options &options);

    // Tells what is being measured now. Repeats are counted from 0.
    void progress(const Setting &setting, int repeat);

    // Prints what a repeat showed, or keeps it until its setting is complete.
    void repeat_done(const Setting &setting, int repeat, const std::vector<Figures> &figures);

    // After the last one.
    void done();

  private:
    void clear_progress() const;
    void print_object(const Setting &setting, int repeat, const Figures &figures);
    void print_row(const Setting &setting, std::size_t contestant) const;

    const Options &options_;
    const bool shows_progress_;
    std::size_t repeats_begun_ = 0;
    bool has_object_ = false;                   // JSON: an object was printed
    std::vector<std::vector<Figures>> repeats_; // table: of the present setting
};

void print_list();

} // namespace bench

#endif
