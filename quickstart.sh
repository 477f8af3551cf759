#!/usr/bin/env bash
# From a bare Linux machine with the .NET 10 SDK to a table of latencies: installs and starts what is missing, builds, starts a server node and
# an edge node, measures the models of samples/ and zoo/, and prints the table. It asks nothing.
#
#   ./quickstart.sh         all of it; the second time it measures one model anew beside the stored table
#   ./quickstart.sh stop    ends the nodes, and the container engine that it started
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
sample=samples/digits_k3.keras
. scripts/engine.sh
. scripts/nodes.sh
nodes=$run

stop() {
    say "stopping the nodes"
    stop_nodes
    stop_engine
    say "stopped; results are kept and shown again after ./quickstart.sh"
}

# A result that is INVALID is shown with the reason, and is no failure of this script.
may_be_invalid() {
    local status=0
    "$@" || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 5 ]
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
    ./edgebench runtime build onnxruntime
    need_npm
    ./edgebench runtime build tflite || say "tflite is not available (the line above says why): onnxruntime alone is measured"

    start_node server server
    wait_for "the server node" . ./edgebench cluster leader
    start_node edge edge --join localhost --isolation "$isolation"
    wait_for "the edge node" idle ./edgebench device list --json

    if [ -s "$run/task" ]; then
        say "measuring $sample anew"
        may_be_invalid ./edgebench bench "$sample"
        say "stored before"
        ./edgebench task show "$(cat "$run/task")"
    else
        say "measuring the models of samples/ and zoo/"
        may_be_invalid ./edgebench bench --key "quickstart-$(date +%s)-$$" "$sample" --zoo paper --json >"$run/task.json"
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
