#!/usr/bin/env bash
# Sets up what the tests need and runs them all. Arguments go to `dotnet test` (for example --filter-class NAME).
# Ends with the line "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "$0")"

if [ "$(uname -s)" != Linux ]; then
    echo "test.sh: EdgeBench runs on Linux only" >&2
    exit 1
fi
if ! command -v dotnet >/dev/null; then
    echo "test.sh: the .NET 10 SDK is missing; install the package dotnet-sdk-10.0 (https://dot.net) and run ./test.sh again" >&2
    exit 1
fi
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_HOSTBUILDER__RELOADCONFIGONCHANGE=false

dotnet build EdgeBench.sln --configuration Release

log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
dotnet test --solution EdgeBench.sln --configuration Release --no-build "$@" 2>&1 | tee "$log" || status=$?

count() { sed -nE "s/^ *$1: *([0-9]+)\$/\1/p" "$log" | tail -n 1; }
reasons=$(grep -oE 'left out: .*' "$log" | sort | uniq -c || true)
[ -z "$reasons" ] || printf '\nLeft out (tests, reason):\n%s\n' "$reasons"
failed=$(count failed)
[ "${failed:-0}" -gt 0 ] || [ "$status" -eq 0 ] || failed=1
echo "$(count succeeded || true) passed, ${failed:-0} failed, $(count skipped || true) skipped" | sed 's/^ passed/0 passed/; s/,  skipped/, 0 skipped/'
exit "$status"
