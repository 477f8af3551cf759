# What the scripts of this checkout share: what the machine must have, and a container engine. To be sourced, with the working directory
# at the root of the checkout; everything that is made lies in run/.
run=$PWD/run

say() { printf '== %s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }
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
    fail "the .NET 10 SDK is missing. Install the package dotnet-sdk-10.0 of your distribution or from https://dot.net, then run $0 again"
}

# A C compiler links the runner to a small native program. Without one the build falls back by itself.
need_compiler() {
    command -v gcc >/dev/null || command -v clang >/dev/null || install_packages gcc libc6-dev \
        || say "no C compiler: the runner is built as a larger, self-contained program instead"
}

# npm fetches TensorFlow Lite's library. Without it that runtime is not available.
need_npm() {
    command -v npm >/dev/null || install_packages npm || say "no npm: the runtime tflite cannot be built"
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

# Ends the private engine of this checkout, where one runs.
stop_engine() {
    [ -s "$run/engine.folder" ] || return 0
    local folder
    folder=$(cat "$run/engine.folder")
    [ -s "$folder/pid" ] || return 0
    say "stopping the private container engine"
    cp "$folder/pid" "$run/engine.pid"
    stop_process "$run/engine.pid" dockerd
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
