# Timing the same thing in several ways, in turn. To be sourced after engine.sh; "work" is a folder for what is made.

case "$(uname -m)" in x86_64) architecture=x64 ;; *) architecture=arm64 ;; esac

# Unpacks the program of a runtime's image into $work/RUNTIME.
unpack_program() {
    local image=artifacts/runtimes/$1-$architecture.tar layer
    mkdir -p "$work/$1"
    tar -xOf "$image" manifest.json | grep -oE '[0-9a-f]{64}/layer\.tar' | while read -r layer; do
        tar -xOf "$image" "$layer" | tar -x -C "$work/$1" --strip-components=1 --wildcards 'app/*' 2>/dev/null || true
    done
}

# Makes a job folder: make_job FOLDER MODEL RUNS
make_job() {
    mkdir -p "$1"
    cp "$2" "$1/model"
    printf '{"contract":1,"mode":"measure","model":"model","threads":1,"timed":{"runs":%d}}' "$3" >"$1/job.json"
    chmod -R a+rX "$1"
}

# The nanoseconds of a runner's timed runs, one a line.
samples() { sed -nE 's/.*"type":"samples","nanoseconds":\[([0-9,]*)\].*/\1/p' | tr ',' '\n'; }

# Other work on the machine disturbs less what goes before it.
before_others() {
    if can_be_root && as_root chrt -f 1 true 2>/dev/null; then as_root chrt -f 1 "$@"; else "$@"; fi
}
run_process() { before_others taskset -c "$cpu" "$work/$1/edgebench-runner" "$1" "$2" | samples; }

# Runs each of the named ways once a round, in turn, a different one first each time. A way is a function time_NAME that prints nanoseconds;
# what it printed is appended to $work/NAME.times, its least value to $work/NAME.least.
take_turns() {
    local rounds=$1 round i name
    shift
    local names=("$@")
    for name in "${names[@]}"; do : >"$work/$name.times"; : >"$work/$name.least"; done
    for round in $(seq 1 "$rounds"); do
        for i in $(seq 0 $((${#names[@]} - 1))); do
            name=${names[$(((i + round) % ${#names[@]}))]}
            "time_$name" >"$work/last" 2>"$work/said" && [ -s "$work/last" ] || fail "$name measured nothing: $(tail -n 1 "$work/said")"
            cat "$work/last" >>"$work/$name.times"
            least_of "$work/last" >>"$work/$name.least"
        done
    done
}

least_of() { sort -n "$1" | sed -n 1p; }
least() { least_of "$work/$1.times"; }
milliseconds() { awk -v ns="$1" 'BEGIN { printf "%.4f", ns / 1e6 }'; }

# compare NAME BASE: the ratio of the least times, and the median over rounds of the ratio of a round's least times.
compare() {
    local rounds
    rounds=$(paste "$work/$1.least" "$work/$2.least" | awk '{ print $1 / $2 }' | sort -n | awk '{ a[NR] = $1 } END { printf "%.3f", (a[int((NR + 1) / 2)] + a[int(NR / 2) + 1]) / 2 }')
    awk -v a="$(least "$1")" -v b="$(least "$2")" -v rounds="$rounds" 'BEGIN { printf "%.3f | %s", a / b, rounds }'
}
