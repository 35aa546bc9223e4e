#!/usr/bin/env bash
# symbols_test.sh INCLUDE_DIR SHARED_LIBRARY STATIC_LIBRARY VERSION_NODE SONAME
# The shared library exports the functions that the public headers declare, all of them and nothing else, under the
# version node; the static one defines no global name outside of truce_* (DW.ref.* are the compiler's own, for unwinding).
set -euo pipefail
export LC_ALL=C

include_dir=$1 shared=$2 static=$3 node=$4 soname=$5
failed=0

complain()
{
    echo "$1:"
    printf '%s\n' "$2" | sed 's/^/    /'
    failed=1
}

exported=$(nm -D --defined-only --with-symbol-versions "$shared" | awk '$2 != "A" { print $3 }' | sort)
wrong=$(grep -vE "^truce_[a-z_]*[a-z]@@$node\$" <<<"$exported" || true)
if [ -n "$wrong" ]; then complain "exported, but not as a public name at $node" "$wrong"; fi

declared=$(cat "$include_dir"/truce/*.h | tr '\n' ' ' | grep -oE 'TRUCE_PUBLIC [^;()]*\(' |
    grep -oE 'truce_[a-z_]+\($' | tr -d '(' | sort)
difference=$(diff <(echo "$declared") <(sed 's/@.*//' <<<"$exported") | grep '^[<>]' || true)
if [ -n "$difference" ]; then complain "declared (<) and exported (>) differ" "$difference"; fi

if ! readelf -d "$shared" | grep -q "SONAME.*\[$soname\]"; then complain "no SONAME" "$soname"; fi

outside=$(nm -g --defined-only "$static" | awk 'NF == 3 { print $3 }' | grep -vE '^(truce_|DW\.ref\.)' || true)
if [ -n "$outside" ]; then complain "global names in the static library" "$outside"; fi

echo "$(wc -l <<<"$exported") functions exported"
exit "$failed"
