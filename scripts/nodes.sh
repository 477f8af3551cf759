# Server node and edge node as processes of their own. To be sourced after engine.sh; "nodes" is the folder of their pids and logs.

# Starts a node as a process of its own, unless it runs already.
start_node() {
    local name=$1
    shift
    if is_alive "$nodes/$name.pid" edgebench; then
        say "$name node: runs already (process $(cat "$nodes/$name.pid"))"
        return
    fi
    say "starting the $name node"
    setsid ./edgebench "$@" >"$nodes/$name.log" 2>&1 </dev/null &
    echo $! >"$nodes/$name.pid"
}

# Waits until a question to the server has an answer that matches.
wait_for() {
    local what=$1 pattern=$2
    shift 2
    local try
    for try in $(seq 1 60); do
        "$@" 2>/dev/null | grep -q "$pattern" && return
        is_alive "$nodes/server.pid" edgebench || fail "the server node ended: $(tail -n 1 "$nodes/server.log")"
        sleep 0.5
    done
    fail "$what did not come up within a minute; $nodes/server.log and edge.log beside it say why"
}

stop_nodes() {
    stop_process "$nodes/edge.pid" edgebench
    stop_process "$nodes/server.pid" edgebench
}
