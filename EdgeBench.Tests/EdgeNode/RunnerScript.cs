namespace EdgeBench.Tests.EdgeNode;

/// <summary>A runner as a shell script, to be seen behaving well and badly.</summary>
internal static class RunnerScript
{
    /// <summary>The hash of the outputs that it tells.</summary>
    public const string Outputs = "9def73f51af8393258f00ff3512a5d4fd4b71690325b8f16a244e618ae81c7a6";

    public const string Text = $$$"""
        #!/bin/sh
        job=$2
        say() { printf '%s\n' "$1"; }
        started() { say '{"type":"started","contract":1,"runtime":{"name":"shell","version":"1.0"}}'; }
        loaded() {
            tensor='"type":"float32","shape":[1,2]}'
            printf '{"type":"loaded","nanoseconds":1000,"inputs":[{"name":"x",%s],"outputs":[{"name":"y",%s],' "$tensor" "$tensor"
            say '"threads":1,"options":{"spinning":"off"}'"$1}"
        }
        warm() { say '{"type":"firstRun","nanoseconds":900}'; say '{"type":"warmedUp","runs":5,"nanoseconds":4000}'; }
        samples() { say "{\"type\":\"samples\",\"nanoseconds\":[$1]}"; }
        completed() { say '{"type":"completed","outputsSha256":"{{{Outputs}}}","peakResidentBytes":4096}'; }
        case $1 in
            measure) started; loaded; warm; samples 11,12; samples 13; completed ;;
            scatter) n=$(od -An -N2 -tu2 /dev/urandom); started; loaded; warm; samples "$((n + 1)),$((n + 2)),$((n + 3))"; completed ;;
            delegate) started; loaded ',"providers":{"accelerator":1,"CPU":9},"askedProvider":"accelerator"'; warm; samples 11,12,13; completed ;;
            too-few) started; loaded; warm; samples 11,12; completed ;;
            hang) started; exec sleep 1000 ;;
            hang-with-child) started; sleep 1000 & wait ;;
            silent) exec sleep 1000 ;;
            deaf) started; exec >/dev/null 2>&1; exec sleep 1000 ;;
            crash) started; echo 'about to crash' >&2; sh -c 'kill -SEGV $$'; exit $? ;;
            eat) started; exec tail /dev/zero ;;
            garbage) started; printf 'Loading\033[31m model...\n'; exec sleep 1000 ;;
            flood) started; exec cat /dev/zero ;;
            flood-errors) started; exec yes 'what a pity' >&2 ;;
            early) started; loaded; echo 'no more of this' >&2 ;;
            failed) started; say '{"type":"failed","code":"modelNotLoaded","message":"no such operator: Foo"}'; exit 3 ;;
            hang-mid-run) started; loaded; warm; samples 11; exec sleep 1000 ;;
            exit-code) started; loaded; echo 'cannot go on' >&2; exit 7 ;;
            endless) started; loaded; warm; while :; do samples 11,12,13,14,15,16,17,18,19,20; done ;;
            negative) started; loaded; warm; samples 11,-12,13; completed ;;
            absurd) started; loaded; warm; samples 9000000000000000000,9000000000000000000,9000000000000000000; completed ;;
            no-hash) started; loaded; warm; samples 11,12,13; say '{"type":"completed","outputsSha256":"none"}' ;;
            fork) sleep 1000 & started; loaded; warm; samples 11,12,13; completed ;;
            old) say '{"type":"started","contract":999,"runtime":{"name":"shell","version":"1.0"}}'; exec sleep 1000 ;;
            look)
                cat /proc/self/status >&2
                echo "interfaces:" /sys/class/net/* >&2
                echo "limits: nofile $(ulimit -n) core $(ulimit -c)" >&2
                touch /written 2>/dev/null && echo 'root is writable' >&2
                touch $job/written 2>/dev/null && echo 'job folder is writable' >&2
                touch /tmp/written && echo '/tmp is writable' >&2
                echo "model: $(cat $job/model.bin)" >&2
                cat $job/job.json >&2
                echo "greeting: $GREETING; secret: $EDGEBENCH_TOKEN; stdin: $EDGEBENCH_END_WITH_STDIN" >&2
                ;;
            beside) cat "${0%/*}/data/link" >&2 ;;
        esac
        """;
}
