# An emulator of arm64 processors for tests, where the distribution's own is too old. To be sourced after engine.sh.

qemu_major() { "$1" --version 2>/dev/null | sed -n 's/.* version \([0-9][0-9]*\)\..*/\1/p' | head -n 1; }

# A qemu-user of version 8 or newer: the one on PATH, else that of Debian 13, unpacked into run/ with nothing installed or configured.
need_qemu() {
    [ "$(uname -m)" = x86_64 ] || return 0
    local present folder=$run/qemu
    present=$(command -v qemu-aarch64 || true)
    if [ -n "$present" ] && [ "$(qemu_major "$present")" -ge 8 ]; then
        return
    fi
    export EDGEBENCH_QEMU=$folder/usr/bin/qemu-aarch64
    [ ! -x "$EDGEBENCH_QEMU" ] || return 0
    say "fetching an emulator for arm64 (Debian 13's qemu-user, unpacked into run/qemu)"
    fetch_qemu "$folder" >"$run/qemu.log" 2>&1 || {
        unset EDGEBENCH_QEMU
        say "no emulator for arm64 can be had (run/qemu.log says why): the tests that need it are left out"
    }
}

# Asks the archive that this machine's packages come from for another release, with lists and settings of its own.
fetch_qemu() (
    set -e
    folder=$1 archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
    [ -n "$archive" ] || { echo "this machine's packages do not come from Debian" >&2; exit 1; }
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    : >"$folder/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive trixie main" >"$folder/sources.list"
    cd "$folder"
    set -- -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$folder/lists" \
        -o "Dir::State::status=$folder/status" -o "Dir::Cache=$folder/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root
    apt-get "$@" update
    apt-get "$@" download qemu-user
    dpkg-deb -x qemu-user_*.deb .
    rm -rf qemu-user_*.deb lists cache
    "$folder/usr/bin/qemu-aarch64" --version
)
