#!/usr/bin/env bash
# From a bare Linux machine with the .NET 10 SDK to a table of latencies: installs and starts what is missing, builds, starts a server node and
# an edge node, measures the models of samples/ and zoo/, and prints the table. It asks nothing.
#
#   ./quickstart.sh         all of it; the second time it measures one model anew beside the stored table
#   ./quickstart.sh stop    ends the nodes, and the container engine that it started
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
run=$PWD/run
runtime=onnxruntime
sample=samples/digits_k3.keras

say() { printf '== %s\n' "$*"; }
fail() { printf 'quickstart: %s\n' "$*" >&2; exit 1; }
is_alive() { [ -s "$1" ] && [ -d "/proc/$(cat "$1")" ] && grep -q "$2" "/proc/$(cat "$1")/cmdline" 2>/dev/null; }

# Runs a command as root: directly, or by sudo where that asks no password.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}
can_be_root() { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }

install_packages() {
    command -v apt-get >/dev/null && can_be_root || return 1
    say "installing $* (Debian package)"
    as_root apt-get update -qq >"$run/apt.log" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >>"$run/apt.log" 2>&1
}

need_sdk() {
    command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^10\.' && return
    fail "the .NET 10 SDK is missing. Install the package dotnet-sdk-10.0 of your distribution or from https://dot.net, then run ./quickstart.sh again"
}

# A C compiler links the runner to a small native program. Without one the build falls back by itself.
need_compiler() {
    command -v gcc >/dev/null || command -v clang >/dev/null || install_packages gcc libc6-dev \
        || say "no C compiler: the runner is built as a larger, self-contained program instead"
}

engine_answers() { command -v docker >/dev/null && timeout 10 docker version >/dev/null 2>&1; }

# Where a private engine lives. The path of a socket is limited to 107 characters, so a deep checkout gets a folder elsewhere.
engine_folder() {
    if [ ! -s "$run/engine.folder" ]; then
        if [ ${#run} -le 80 ]; then echo "$run/engine"; else mktemp -d /tmp/edgebench.XXXXXX; fi >"$run/engine.folder"
    fi
    cat "$run/engine.folder"
}

# A running engine is used as it is; else a private one is started, with a socket of its own and no network.
need_engine() {
    if engine_answers; then
        say "container engine: the one that runs here"
        return
    fi
    local folder
    folder=$(engine_folder)
    export DOCKER_HOST=unix://$folder/docker.sock
    if engine_answers; then
        say "container engine: the private one of an earlier run"
        return
    fi
    can_be_root || return 1
    command -v dockerd >/dev/null || install_packages docker.io || return 1
    say "starting a private container engine ($folder)"
    mkdir -p "$folder"
    as_root sh -c "exec setsid dockerd -H 'unix://$folder/docker.sock' --data-root '$folder/data' --exec-root '$folder/exec' --pidfile '$folder/pid' \
        --group '$(id -g)' --bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false" >"$run/engine.log" 2>&1 </dev/null &
    local try
    for try in $(seq 1 60); do
        engine_answers && return
        sleep 0.5
    done
    say "the engine does not start; run/engine.log says why"
    return 1
}

# Starts a node as a process of its own, unless it runs already.
start_node() {
    local name=$1
    shift
    if is_alive "$run/$name.pid" edgebench; then
        say "$name node: runs already (process $(cat "$run/$name.pid"))"
        return
    fi
    say "starting the $name node"
    setsid ./edgebench "$@" >"$run/$name.log" 2>&1 </dev/null &
    echo $! >"$run/$name.pid"
}

# Waits until a question to the server has an answer that matches.
wait_for() {
    local what=$1 pattern=$2
    shift 2
    local try
    for try in $(seq 1 60); do
        "$@" 2>/dev/null | grep -q "$pattern" && return
        is_alive "$run/server.pid" edgebench || fail "the server node ended: $(tail -n 1 "$run/server.log")"
        sleep 0.5
    done
    fail "$what did not come up within a minute; run/server.log and run/edge.log say why"
}

stop_process() {
    local pid_file=$1 pattern=$2 try
    is_alive "$pid_file" "$pattern" || { rm -f "$pid_file"; return 0; }
    as_owner kill -TERM "$(cat "$pid_file")"
    for try in $(seq 1 60); do
        is_alive "$pid_file" "$pattern" || break
        sleep 0.5
    done
    rm -f "$pid_file"
}
as_owner() { "$@" 2>/dev/null || as_root "$@"; }

stop() {
    say "stopping the nodes"
    stop_process "$run/edge.pid" edgebench
    stop_process "$run/server.pid" edgebench
    if [ -s "$run/engine.folder" ]; then
        local folder
        folder=$(cat "$run/engine.folder")
        if [ -s "$folder/pid" ]; then
            say "stopping the private container engine"
            cp "$folder/pid" "$run/engine.pid"
            stop_process "$run/engine.pid" dockerd
        fi
    fi
    say "stopped; results are kept and shown again after ./quickstart.sh"
}

main() {
    need_sdk
    mkdir -p "$run"
    need_compiler

    local isolation=container
    need_engine || {
        isolation=process
        unset DOCKER_HOST
        say "no container engine, and none can be started without root: the runs are child processes of the edge node (isolation: process)"
    }

    say "building"
    ./edgebench --version >/dev/null
    ./edgebench runtime build "$runtime"

    start_node server server
    wait_for "the server node" . ./edgebench cluster leader
    start_node edge edge --join localhost --isolation "$isolation"
    wait_for "the edge node" idle ./edgebench device list --json

    if [ -s "$run/task" ]; then
        say "measuring $sample anew"
        ./edgebench bench "$sample"
        say "stored before"
        ./edgebench task show "$(cat "$run/task")"
    else
        say "measuring the models of samples/ and zoo/"
        ./edgebench bench --key "quickstart-$(date +%s)-$$" "$sample" zoo/*.json --json >"$run/task.json"
        sed -nE 's/^  "task": "([0-9a-f]+)",?$/\1/p' "$run/task.json" | head -n 1 >"$run/task"
        ./edgebench task show "$(cat "$run/task")"
    fi

    say "server and edge node run on (processes $(cat "$run/server.pid"), $(cat "$run/edge.pid"); logs in run/). Try:"
    printf '   %s\n' "./edgebench bench MODEL.keras" "./edgebench task list" "./edgebench device list" "./quickstart.sh stop"
}

[ "$(uname -s)" = Linux ] || fail "EdgeBench runs on Linux only"
case "${1:-}" in
    "") main ;;
    stop) stop ;;
    *) fail "'$1' is not known; there is ./quickstart.sh and ./quickstart.sh stop" ;;
esac
