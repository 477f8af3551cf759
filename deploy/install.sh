#!/bin/sh
# Installs EdgeBench from the folder that this script lies in, where a package was unpacked:
#
#   ./install.sh --join HOST[:PORT] [--name NAME] [--token-file FILE]    installs, and starts an edge node of that server
#   ./install.sh                                                         installs, or upgrades and keeps what was said before
#   ./install.sh uninstall [--purge]                                     removes it; with --purge its data and configuration too
#
#   --token-file FILE    holds the server's token (the file 'token' in the server's data folder; - reads it from standard input)
#   --isolation process  runs the evaluation program without a container engine, and every result says so
#   --prefix DIR         where the program goes (/opt/edgebench)
#
# DESTDIR=DIR installs below DIR, as for the card of a board that is not running, and starts nothing.
set -eu
umask 022

root=${DESTDIR:-}
prefix=/opt/edgebench
settings=$root/etc/edgebench
environment=$settings/edge.env
units=$root/etc/systemd/system
command=$root/usr/local/bin/edgebench
data=$root/var/lib/edgebench
edge=edgebench-edge.service
here=$(cd "$(dirname "$0")" && pwd)
# A package has the program in app/; an installed copy of this script lies beside the program and changes the settings only.
if [ -d "$here/app" ]; then program=$here/app; else program=$here prefix=${here#"$root"}; fi

say() { printf 'install.sh: %s\n' "$*"; }
fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }
usage() { printf 'install.sh: %s; the first lines of %s say how it is called\n' "$*" "$here/install.sh" >&2; exit 2; }

# Whether systemd runs this machine, and it is this machine that is installed to.
has_systemd() { [ -z "$root" ] && [ -d /run/systemd/system ] && command -v systemctl >/dev/null; }

# The value of a setting that an earlier installation wrote.
setting() { [ ! -f "$environment" ] || sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$environment" | tail -n 1; }

# Whether the folder of the program holds it, or nothing: nothing else is ever removed.
is_free_or_ours() { [ -f "$root$prefix/architecture" ] || [ -z "$(ls -A "$root$prefix" 2>/dev/null)" ]; }

is_of_this_machine() {
    case $(cat "$here/architecture") in
        x64) [ "$(uname -m)" = x86_64 ] ;;
        arm64) [ "$(uname -m)" = aarch64 ] ;;
        *) return 1 ;;
    esac
}

install_program() {
    [ "$program" != "$here" ] || return 0
    # Beside the old one, so that a copy that breaks off leaves that as it is.
    new=$root$prefix.new
    rm -rf "$new"
    mkdir -p "$new"
    cp -R "$program/." "$here/systemd" "$new/"
    cp "$here/LICENSE" "$here/architecture" "$here/version" "$here/install.sh" "$new/"
    rm -rf "$root$prefix.old"
    [ ! -e "$root$prefix" ] || mv "$root$prefix" "$root$prefix.old"
    mv "$new" "$root$prefix"
    rm -rf "$root$prefix.old"
    mkdir -p "${command%/*}"
    ln -sfn "$prefix/edgebench" "$command"
}

install_units() {
    mkdir -p "$units"
    for unit in "$here"/systemd/*.service; do
        cp "$unit" "$units/"
        chmod 644 "$units/${unit##*/}"
    done
    # systemd starts no unit of a group that there is not.
    if ! grep -q '^docker:' "$root/etc/group" 2>/dev/null; then
        sed -i 's/^SupplementaryGroups=docker$/# &, where a container engine is installed: run install.sh again then/' "$units/$edge"
    fi
}

write_settings() {
    mkdir -p "$settings"
    if [ -n "$token_file" ]; then
        if [ "$token_file" = - ]; then token=$(cat); else token=$(cat "$token_file"); fi
        [ -n "$token" ] || fail "$token_file holds no token"
    else
        token=$(setting EDGEBENCH_TOKEN)
    fi
    [ -n "$join" ] || join=$(setting EDGEBENCH_JOIN)
    options=$(setting EDGEBENCH_EDGE_OPTIONS)
    [ -z "$name" ] || options="$(without name) --name $name"
    [ -z "$isolation" ] || options="$(without isolation) --isolation $isolation"
    (
        umask 077
        printf '%s="%s"\n' EDGEBENCH_JOIN "$join" EDGEBENCH_TOKEN "$token" EDGEBENCH_EDGE_OPTIONS "${options# }" >"$environment.new"
    )
    mv "$environment.new" "$environment"
}

# The options so far without one that is said anew.
without() { printf '%s' "$options" | sed "s/ *--$1 [^ ]*//g"; }

start() {
    if [ -z "$join" ]; then
        say "no server was named, so no edge node is started. Next:"
        say "  install.sh --join HOST[:PORT] --token-file FILE    for an edge node of that server"
        say "  systemctl enable --now edgebench-server            for a server"
        return
    fi
    [ -n "$token" ] || say "no token yet: the edge node waits for it; run install.sh --token-file FILE with the server's"
    if ! has_systemd; then
        say "systemd does not run here, so nothing is started. The edge node is started by:"
        say "  set -a; . /etc/edgebench/edge.env; set +a; edgebench edge --join $join --data /var/lib/edgebench/edge ${options# }"
        say "or, once systemd runs: systemctl enable --now $edge"
        return
    fi
    systemctl daemon-reload
    systemctl enable --quiet "$edge"
    systemctl restart "$edge"
    say "the edge node runs, and will after every boot: systemctl status $edge; journalctl -u $edge"
}

install() {
    [ -n "$root" ] || is_of_this_machine \
        || fail "this package is for $(cat "$here/architecture"), but this machine is $(uname -m); take the other package"
    is_free_or_ours || fail "$root$prefix holds something else; take another --prefix"
    mkdir -p "$root$prefix" 2>/dev/null && [ -w "$root$prefix" ] || fail "$root$prefix cannot be written; run it as root: sudo $0"
    if has_systemd && systemctl is-active --quiet "$edge"; then systemctl stop "$edge"; fi
    install_program
    install_units
    write_settings
    say "edgebench $(cat "$here/version") is installed in $prefix; what it keeps lies in /var/lib/edgebench"
    command -v dockerd >/dev/null || command -v podman >/dev/null || [ -n "$root" ] || [ "$isolation" = process ] \
        || say "no container engine is here: install one (apt-get install docker.io) and run this again, or say --isolation process"
    start
}

uninstall() {
    is_free_or_ours || fail "$root$prefix holds something else than EdgeBench; nothing is removed"
    if has_systemd; then
        for unit in "$edge" edgebench-server.service; do
            systemctl disable --quiet --now "$unit" 2>/dev/null || true
        done
    fi
    rm -f "$units/$edge" "$units/edgebench-server.service"
    [ ! -L "$command" ] || rm -f "$command"
    rm -rf "$root$prefix"
    if has_systemd; then systemctl daemon-reload; fi
    if $purge; then
        # With DynamicUser= the folder is a link to one in private/.
        rm -rf "$settings" "$data" "$root/var/lib/private/edgebench"
        say "edgebench is removed, with its data and configuration"
    else
        say "edgebench is removed; data and configuration stay in /var/lib/edgebench and /etc/edgebench (uninstall --purge removes them)"
    fi
}

action=install join='' name='' token_file='' isolation='' purge=false
while [ $# -gt 0 ]; do
    case $1 in
        uninstall) action=uninstall ;;
        --purge) purge=true ;;
        --join | --name | --token-file | --isolation | --prefix)
            [ $# -ge 2 ] && [ -n "$2" ] || usage "$1 wants a value"
            case $2 in *[[:space:]]*) [ "$1" = --token-file ] || usage "$1: '$2' holds a space" ;; esac
            case $1 in
                --join) join=$2 ;;
                --name) name=$2 ;;
                --token-file) token_file=$2 ;;
                --isolation) isolation=$2 ;;
                --prefix) prefix=${2%/} ;;
            esac
            shift
            ;;
        -h | --help) sed -n '2,/^set/{s/^# \{0,1\}//p;}' "$0"; exit 0 ;;
        *) usage "'$1' is not known" ;;
    esac
    shift
done
case $prefix in /?*) ;; *) usage "--prefix: '$prefix' is no absolute path of a folder" ;; esac
case $isolation in '' | container | process) ;; *) usage "--isolation: there are container and process" ;; esac
[ -z "$token_file" ] || [ "$token_file" = - ] || [ -r "$token_file" ] || fail "the token file $token_file cannot be read"
! $purge || [ "$action" = uninstall ] || usage "--purge belongs to uninstall"
[ "$action" = uninstall ] || [ -f "$program/edgebench" ] || fail "$here holds no EdgeBench; call the install.sh of an unpacked package"
"$action"
