#!/usr/bin/env bash
# Sets up what the tests need and runs them all. Arguments go to `dotnet test` (for example --filter-class NAME).
# Says which tests were left out and why, and ends with the line "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
. scripts/engine.sh
. scripts/qemu.sh

[ "$(uname -s)" = Linux ] || fail "EdgeBench runs on Linux only"
need_sdk
mkdir -p "$run"
need_compiler

# Each is a command that some tests need, and the Debian packages that bring it. Without it those tests are left out, and say so.
need_command() {
    command -v "$1" >/dev/null || install_packages "${@:2}" || say "no $1: the tests that need it are left out"
}
need_command dockerd docker.io
need_command ip iproute2
need_command systemd-analyze systemd
need_command npm npm
need_command aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu libc6-dev-arm64-cross
need_command docker-registry docker-registry
need_qemu
/usr/bin/python3 -c 'import onnx' 2>/dev/null || install_packages python3-onnx || say "no python3-onnx: the tests that need it are left out"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false
dotnet build EdgeBench.sln --configuration Release --nologo

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test --solution EdgeBench.sln --configuration Release --no-build --timeout 25m "$@" 2>&1 | tee "$log" || status=$?

left_out=$(grep -oE 'left out: .*' "$log" | sort | uniq -c || true)
[ -z "$left_out" ] || printf '\nLeft out (tests, reason):\n%s\n' "$left_out"

count() { sed -nE "s/^ *$1: *([0-9]+)\$/\1/p" "$log" | tail -n 1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
# A run that broke off, or ran nothing, has failed, whatever it counted.
[ "$status" -eq 0 ] || [ "${failed:-0}" -gt 0 ] || failed=1
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
