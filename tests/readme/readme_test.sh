#!/usr/bin/env bash
# readme_test.sh PROJECT_DIR HELLO
# The first C program in README.md is examples/hello.c, and it prints what README.md says it prints.
set -euo pipefail

readme=$1/README.md
diff -u --label README.md --label examples/hello.c \
    <(awk '/^```c$/ { inside = 1; next } /^```$/ && inside { exit } inside' "$readme") "$1/examples/hello.c"
said=$(sed -n 's/^It prints `\(.*\)`\..*/\1/p' "$readme")
printed=$("$2")
if [ "$printed" != "$said" ]; then
    echo "README.md says it prints '$said', it printed '$printed'"
    exit 1
fi
