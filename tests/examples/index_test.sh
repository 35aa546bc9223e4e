#!/usr/bin/env bash
# index_test.sh PROGRAM
# truce-index on directories whose words are known.
set -euo pipefail
export LC_ALL=C

if [ $# -ne 1 ]; then
    echo "usage: $0 path-of-truce-index" >&2
    exit 2
fi
program=$(realpath "$1")
work=$(mktemp -d)
trap 'chmod -R u+rwx "$work"; rm -rf "$work"' EXIT
cd "$work"
: >out
: >err

ok() {
    echo "ok   $1"
}

fail() {
    echo "FAIL $1" >&2
    for file in out err; do head -40 $file | sed "s/^/  $file: /" >&2; done
    exit 1
}

# run STATUS WHAT ARGUMENT...: the program must end with STATUS; what it prints is left in out and err.
run() {
    local expected=$1 what=$2 status=0
    shift 2
    "$program" "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq "$expected" ] || fail "$what: exit status $status, not $expected"
}

# is WHAT FOUND EXPECTED
is() {
    [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"
    ok "$1"
}

# says WHAT FILE TEXT
says() {
    grep -qF -- "$3" "$2" || fail "$1: $2 lacks '$3'"
    ok "$1"
}

# The number beside NAME in the totals; nothing if that line is not there.
total() {
    sed -n "/rank/q; s/^  $1  *\([0-9,]*\).*/\1/p" out | tr -d ,
}

# The words that were printed, as "times word", sorted.
printed() {
    awk '$4 == "%" { gsub(",", "", $2); print $2, $5 }' out | sort
}

times() {
    printed | awk -v word="$1" '$2 == word { print $1 }'
}

# The commits of each run of Truce.
commits() {
    awk '$1 == "truce" { gsub(",", "", $(NF - 1)); print $(NF - 1) }' out
}

# Why transactions of the first run were run again: each kind of conflict.
reasons() {
    sed -n '/run again by/,/^$/p' out | grep -v 'run again by\|such as\|^$' | sed 's/^ *[0-9,]*  //' || true
}

# explained WHAT: nothing was run again but for a word, a chunk or the number of those left that was seen and then changed.
explained() {
    local unknown
    unknown=$(reasons | grep -vxF -e 'dict "words": get_or_set' -e 'queue "chunks": pop_any' -e 'counter "left": at_least' || true)
    is "$1" "$unknown" ""
}

# asked WHAT EXPECTED ARGUMENT...: the program must print that and nothing else.
asked() {
    local what=$1 expected=$2
    shift 2
    run 0 "$what" "$@"
    is "$what" "$(cat out)" "$expected"
    [ ! -s err ] || fail "$what: it complains"
}

# repeat TEXT COUNT
repeat() {
    local all
    printf -v all '%*s' "$2" ''
    printf '%s' "${all// /$1}"
}

# What is a word, and what is text.
mkdir words words/below
printf 'The the THE don'\''t x86-64 1984 a_b\n' >words/ascii
printf 'Stra\303\237e STRA\303\237E \303\204 \303\244 \302\233' >words/utf8
printf 'caf\351 CAF\351\n' >words/below/latin1
: >words/empty
printf ' \t\n.,;' >words/no-words
printf 'never\0seen' >words/below/binary
{ repeat '. ' 4096; printf 'late\0nul'; } >words/nul-after-the-head
run 0 words --at-least 0 --top 1000 words
is "files" "$(total files)" 6
is "a file with a NUL in its head is skipped" "$(total skipped)" 1
is "none is unreadable" "$(total unreadable)" 0
is "bytes" "$(total bytes)" "$(cat words/[^b]* words/below/latin1 | wc -c)"
is "words" "$(total words)" 19
is "distinct words" "$(total distinct)" 15
is "gone over once" "$(total 'gone over')" ""
is "folding, digits, bytes above 127, separators, what a terminal would obey" "$(printed)" "$(sort <<EXPECTED
3 the
1 don
1 t
1 x86
1 64
1 1984
1 a
1 b
2 $(printf 'stra\303\237e')
1 $(printf '\303\204')
1 $(printf '\303\244')
1 \\xc2\\x9b
2 caf\\xe9
1 late
1 nul
EXPECTED
)"
is "the most frequent first, then by bytes" "$(awk '$4 == "%" { print $5 }' out | head -4 | tr '\n' ' ')" \
    "the caf\\xe9 $(printf 'stra\303\237e') 1984 "
is "nothing but tables when piped" "$(wc -c <err) $(tr -dc '\r\033' <out | wc -c)" "0 0"
run 0 "top 2" --at-least 0 --top 2 words
is "--top 2" "$(printed | wc -l)" 2
run 0 "top 0" --at-least 0 --top 0 words
is "--top 0" "$(printed | wc -l)" 0

# Words longer than a key: cut, and then equal to what they are cut to.
mkdir long
{ repeat L 70000; printf ' tail'; } >long/over
repeat l 65535 >long/exact
repeat l 65534 >long/below
run 0 "long words" --at-least 0 long
is "words over the longest key" "$(total words)" 4
is "are cut" "$(total distinct)" 3
says "with their size" out "(65,535 bytes)"
is "and counted as what is left" "$(times "$(repeat l 63)...")" "$(printf '1\n2')"
is "the text after them is not lost" "$(times tail)" 1

# A word at every place around the end of a chunk.
mkdir border
for before in $(seq 16370 16390); do
    { repeat . "$before"; printf 'crossing'; repeat . 20000; printf 'after'; } >"border/$before"
done
run 0 "chunk border" --at-least 0 border
is "no chunk splits a word" "$(printed)" "$(printf '21 after\n21 crossing')"

# Each file once, under whatever names; nothing but regular files; links are not followed, save for DIR.
mkdir -p tree/sub elsewhere
echo once >tree/sub/file
ln tree/sub/file tree/again
echo no >elsewhere/file
ln -s ../elsewhere tree/link
ln -s ../elsewhere/file tree/file-link
ln -s nowhere tree/dangling
mkfifo tree/fifo
ln -s tree linked
run 0 links --at-least 0 tree tree/sub ./tree linked
is "each file once, links not followed" "$(total files) $(printed)" "1 1 once"
run 0 "link as DIR" --at-least 0 linked
is "a link as DIR is followed" "$(printed)" "1 once"

# What can't be read is told and counted, and the rest goes on.
mkdir broken
echo kept >broken/good
deep=$(repeat d 250)
(for _ in $(seq 20); do mkdir "$deep" && cd "$deep"; done 2>/dev/null) </dev/null
mv "$deep" broken/
run 0 "too deep" --at-least 0 broken
is "a path that is too long is unreadable" "$(total unreadable) $(printed)" "1 1 kept"
says "and is told" err "File name too long"
if [ "$(id -u)" -ne 0 ]; then
    mkdir closed closed/directory
    echo kept >closed/good
    echo hidden >closed/file
    chmod 0 closed/file closed/directory
    run 0 unreadable --at-least 0 closed
    is "an unreadable file and directory" "$(total unreadable) $(printed)" "2 1 kept"
    says "the file is told" err "closed/file: Permission denied"
    run 1 "nothing readable" closed/directory
    says "nothing readable" err "no file could be read"
else
    ok "an unreadable file (left out: root reads everything)"
fi
mkdir nothing
run 1 "empty directory" nothing
says "an empty directory" err "no file could be read"
mkdir only-binary
printf '\0' >only-binary/file
run 0 "no text" only-binary
is "no text at all" "$(total files) $(total skipped) $(total words)" "0 1 0"

# Going over it again; a transaction a chunk, and one for each file that is fed.
mkdir small
printf 'six bytes or more' >small/text
run 0 "at least" --at-least 1K --threads 3 small
is "gone over until it is enough" "$(total 'gone over')" 61
is "the counts are those of once" "$(total words) $(total bytes) $(times six)" "4 17 1"
is "a transaction for each chunk and each file that is fed, on any number of threads" "$(commits)" "$(printf '122\n122')"
explained "every abort is explained"
run 0 "no compare" --at-least 1K --no-compare small
is "a transaction for each chunk and each file that is fed" "$(commits)" 122
is "--no-compare: Truce only" "$(grep -c absl out)" 0

# No more text than asked for.
run 0 "at most" --at-least 0 --at-most 20 words
is "--at-most leaves files out" "$(total 'left out') $(total files) $(total bytes)" "3 3 16"

# Text made at random, against other programs that count.
mkdir random
awk 'BEGIN { srand(20); for (file = 0; file < 12; file++) for (i = 0; i < 4000; i++) {
    word = ""; for (n = 1 + int(rand() * 3); n > 0; n--) word = word sprintf("%c", 65 + int(rand() * rand() * 26));
    printf "%s%s", rand() < 0.5 ? word : tolower(word), rand() < 0.2 ? "\n" : " , " >("random/" file) } }'
cat random/* | tr '[:upper:]' '[:lower:]' | tr -cs '[:lower:]' '\n' | sort | uniq -c | awk '{ print $1, $2 }' | sort >expected
for threads in 1 2 7; do
    run 0 "random" --at-least 500K --top 100000 --threads $threads random
    printed >found
    cmp -s found expected || fail "random text, $threads threads: $(diff found expected | head -4)"
    ok "random text, threads: $threads"
    if grep -q 'absl map' out; then says "the ways agree" out "All ways found every word equally often and in the same places."; fi
    explained "every abort is explained, threads: $threads"
done
sed '/MB\/s/,$d' out >first
run 0 "random" --at-least 500K --top 100000 --no-compare random
sed '/MB\/s/,$d' out | cmp -s - first || fail "the same text gives other tables the second time"
ok "the same tables every time"

# Queries: the documents that hold all words, by path, with the lines that hold one of them.
mkdir -p ask/a
printf 'The quick brown fox\njumps over the lazy dog\n\nThe DOG barks\n' >ask/b
printf 'quick dog quick' >ask/a.c
printf '\tdog-tired \r\n\nQuick!  \n' >ask/a/x
printf 'quick fox\n' >ask/c
: >ask/empty
two='  ask/a.c
         1  quick dog quick
  ask/a/x
         1  dog-tired
         3  Quick!
  ask/b
         1  The quick brown fox
         2  jumps over the lazy dog
         4  The DOG barks'
asked "two words" "\"quick dog\": 3 documents, 6 lines
$two" --query 'quick dog' ask
asked "words in any case, order and number, with anything between" "\"DOG? Quick, (dog)\": 3 documents, 6 lines
$two" --query 'DOG? Quick, (dog)' ask
asked "one word" '"fox": 2 documents, 2 lines
  ask/b
         1  The quick brown fox
  ask/c
         1  quick fox' --query fox ask
asked "words that no document has together" '"barks tired": no document has all these words' --query 'barks tired' ask
asked "a word that isn't there" '"cat": no document has this word' --query cat ask
asked "a part of a word is no word" '"qui ck": no document has all these words' --query 'qui ck' ask
asked "several queries" '"barks": 1 document, 1 line
  ask/b
         4  The DOG barks

"cat": no document has this word

"tired": 1 document, 1 line
  ask/a/x
         1  dog-tired' --query barks --query cat --query tired ask
asked "no more lines than asked for" '"quick dog": 3 documents, 6 lines
  ask/a.c
         1  quick dog quick
  ask/a/x
         1  dog-tired
            1 more
  ask/b
         1  The quick brown fox
            2 more' --lines 1 --query 'quick dog' ask
asked "no lines" '"quick dog": 3 documents, 6 lines
  ask/a.c
  ask/a/x
  ask/b' --lines 0 --query 'quick dog' ask
asked "each document once, however often it is gone over" "\"quick dog\": 3 documents, 6 lines
$two" --at-least 20K --threads 3 --query 'quick dog' ask
asked "a query of a text without words" '"dog": no document has this word' --query dog only-binary
for empty in '' ' ' '.,;-'; do
    run 2 "the query '$empty'" --query dog --query "$empty" ask
    says "a query without a word is refused: '$empty'" err "there is no word in a --query"
done

# Documents with equal content are two; a file with two names is one.
mkdir twins
echo 'double trouble' >twins/one
cp twins/one twins/two
ln twins/one twins/three
asked "equal content" '"trouble": 2 documents, 2 lines
  twins/one
         1  double trouble
  twins/two
         1  double trouble' --query trouble twins

# A word at every place around the end of a chunk, and lines that go on from one chunk to the next.
asked "a word at the end of a chunk" "\"crossing\": 21 documents, 21 lines
$(for before in $(seq 16370 16390); do
    echo "  border/$before"
    echo "         1  ...$(repeat . 40)crossing$(repeat . 111)..."
done)" --threads 3 --query crossing border
asked "is not split" '"cross ing": no document has all these words' --query 'cross ing' border
mkdir lines
awk 'BEGIN { for (i = 1; i <= 20000; i++) print i % 5000 == 0 ? "needle" : "hay " i }' >lines/many
asked "lines behind the first chunk" '"needle 12345": 1 document, 5 lines
  lines/many
      5000  needle
     10000  needle
     12345  hay 12345
     15000  needle
     20000  needle' --threads 3 --query 'needle 12345' lines
run 0 "long query" --query "$(repeat L 70000)" long
is "a word over the longest key is cut in a query too" "$(sed 's/.*": //; q' out)" "2 documents, 2 lines"

# What a terminal would obey is shown, not sent.
mkdir odd
printf 'evil \033[31m red\tword \302\233 caf\351 Stra\303\237e\n' >"odd/$(printf 'na\033me\n')"
asked "nothing is sent to a terminal that it would obey" '"red\x1b[0m": no document has all these words

"red \x1b": 1 document, 1 line
  odd/na\x1bme
         1  evil \x1b[31m red word \xc2\x9b caf\xe9 '"$(printf 'Stra\303\237e')" \
    --query "$(printf 'red\033[0m')" --query "$(printf 'red \033')" odd

# Random text again, in short lines, against grep; the same answers on any number of threads.
mkdir short
for file in random/*; do tr -s ' ,' '\n' <"$file" | paste -sd '    \n' >"short/${file#*/}"; done
for query in 'kf' 'gk kg' 'a b'; do
    among=(short/*)
    patterns=()
    for word in $query; do
        patterns+=(-e "$word")
        mapfile -t among < <(grep -liw -e "$word" "${among[@]}" /dev/null)
    done
    [ ${#among[@]} -gt 0 ] || among=(/dev/null)
    grep -Hniw "${patterns[@]}" "${among[@]}" | awk -F: '
        $1 != path { path = $1; print "  " path; documents++ }
        { printf "  %8d  ", $2; sub(/^[^:]*:[^:]*:/, ""); sub(/ +$/, ""); print }' >expected || true
    for threads in 1 2 7; do
        run 0 "random query" --at-least 0 --lines 1000000 --threads $threads --query "$query" short
        sed 1d out | cmp -s - expected || fail "query '$query', threads: $threads: $(sed 1d out | diff - expected | head -4)"
        ok "as grep finds: '$query' ($(wc -l <expected)), threads: $threads"
    done
done

# Wrong use.
run 2 "missing directory" words missing
says "a directory that isn't there" err "missing: No such file or directory"
is "stops it before it begins" "$(wc -c <out)" 0
run 2 "a file as DIR" words/ascii
says "a file as DIR" err "words/ascii: Not a directory"
run 2 "no DIR"
says "no DIR" err "no directory given"
for wrong in --nonsense --threads=0 --threads=x --threads=2x --threads= --threads=99999999999999999999 --top=-1 \
    --lines=x --query --at-least=1X --at-least=1KB --at-most=9999999G --at-most=; do
    run 2 "$wrong" "$wrong" words
    says "$wrong" err "usage: truce-index"
done
run 0 help --help
says "--help" out "--at-least SIZE"
is "--help is no error" "$(wc -c <err)" 0

# Output that can't be written.
if [ -w /dev/full ]; then
    status=0
    "$program" --at-least 0 words >/dev/full 2>err || status=$?
    is "output that can't be written is a failure" "$status" 1
    says "and is told" err "cannot write the output"
fi

# Too little memory ends it with a message, wherever that happens. (A sanitizer needs its own address space.)
if { (ulimit -v 100000 && "$program" --help) >out 2>err; } 2>/dev/null; then
    mkdir large
    awk 'BEGIN { srand(7); for (i = 0; i < 100000; i++) printf "word%d ", rand() * 1e9 }' >large/text
    failures=0
    for limit_kb in 8000 12000 16000 24000 32000 48000 120000; do
        status=0
        (ulimit -v $limit_kb && exec "$program" --at-least 0 --threads 2 --top 0 large) >out 2>err || status=$?
        [ "$status" -eq 0 ] && continue
        grep -q "out of memory\|cannot start thread\|cannot allocate\|failed to map" err ||
            fail "with $limit_kb KB: exit status $status without the reason"
        failures=$((failures + 1))
    done
    [ "$failures" -gt 0 ] || fail "no limit was too little"
    ok "too little memory"
else
    ok "too little memory (left out: the program doesn't start with so little)"
fi
