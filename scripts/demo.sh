#!/usr/bin/env bash
# demo.sh [DIR...]
# Builds the release and makes an inverted index of the text in DIR, by default of what a Debian machine has, gone over
# until that is 20 MB: with Truce, with a mutex and without threads. Then asks such an index what documents hold some
# words.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/setup.sh" demo

echo "Building Truce ..."
(
    cd "$root"
    cmake --preset release --log-level=WARNING >/dev/null
    cmake --build --preset release --target truce-index
)

index=$root/build/release/examples/truce-index
if [ $# -gt 0 ]; then exec "$index" "$@"; fi

directories=()
for directory in /usr/share/common-licenses /usr/share/perl /usr/include /usr/share/doc; do
    if [ -d "$directory" ]; then directories+=("$directory"); fi
done
"$index" --at-least 20M --at-most 64M "${directories[@]}"

echo
echo "What is asked of such an index:"
echo
exec "$index" --lines 2 --query "irrevocable patent license" --query "race condition" "${directories[@]:0:2}"
