#!/usr/bin/env bash
# test.sh         every test with gcc, a build with clang, then the quick tests under ASan and UBSan, and under TSan
# test.sh quick   one build with gcc and the quick tests
# The last line is the total: "N passed, N failed".
set -euo pipefail

what=${1-all}
case $what in
    all | quick) ;;
    *)
        echo "usage: $0 [quick]" >&2
        exit 2
        ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh test

if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi
jobs=$(nproc)
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

heading()
{
    printf '\n== %s   (after %d:%02d)\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

finish()
{
    heading "done"
    echo "$passed passed, $failed failed"
    if [ "$failed" -gt 0 ]; then exit 1; fi
    exit 0
}

# build PRESET: a build that fails counts as a failed test, and ends the run
build()
{
    heading "$1: build"
    if cmake --preset "$1" --log-level=WARNING && cmake --build --preset "$1" --parallel "$jobs"; then return; fi
    echo "the build of preset $1 failed"
    failed=$((failed + 1))
    finish
}

# run_tests PRESET CTEST_ARGUMENT...: tests that fail don't end the run
run_tests()
{
    local preset=$1 runner=() summary status=0
    shift
    heading "$preset: tests"
    # ThreadSanitizer of gcc 12 and clang 14 can't place its memory where the kernel randomizes addresses by more bits.
    if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then runner=(setarch -R); fi
    "${runner[@]}" ctest --preset "$preset" --parallel "$jobs" "$@" 2>&1 | tee "$log" || status=$?
    summary=$(sed -nE 's/^[0-9]+% tests passed, ([0-9]+) tests? failed out of ([0-9]+)$/\1 \2/p' "$log")
    if [ -z "$summary" ]; then
        echo "ctest ran no test"
        failed=$((failed + 1))
        return
    fi
    local run_failed=${summary% *} run_total=${summary#* }
    if [ "$status" -ne 0 ] && [ "$run_failed" -eq 0 ]; then run_failed=1; fi
    failed=$((failed + run_failed))
    passed=$((passed + run_total - run_failed))
}

build check
if [ "$what" = quick ]; then
    run_tests check -L quick
    finish
fi
run_tests check
build clang # for its warnings, which are errors
passed=$((passed + 1))
for preset in asan tsan; do
    build "$preset"
    run_tests "$preset" -L quick
done
finish
