# The place where it happens, a temporary directory that goes away with all that runs in it, and the supervisor.

set_the_stage() {
    local needed
    for needed in out/vmsupd out/vmsup artifacts/guest/vmlinux artifacts/guest/initrd.gz; do
        [[ -s $repository/$needed ]] || { echo "scripts/demo: $needed is missing: run 'make demo', which makes it" >&2; exit 1; }
    done

    # Not in TMPDIR: unix sockets have to fit in 107 bytes.
    stage=$(mktemp -d /tmp/vmsup-demo.XXXXXX)
    trap leave_nothing EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 141' PIPE
    trap 'exit 143' TERM

    cp -R "$repository"/scripts/demo.d/stage/. "$stage"
    mkdir "$stage/guests" "$stage/tmp"
    : >"$stage/vmsupd.log"
    ln -s "$repository/artifacts/guest" "$stage/guests/linux"
    ln -s "$repository/tests/guests/nano" "$stage/guests/nano"
    cd "$stage"
    set_up_devices

    # .NET keeps sockets for debuggers in TMPDIR, and leaves them there when it is killed.
    export TMPDIR=$stage/tmp
    export PATH=$repository/out:$PATH VMSUP_SOCKET=run/vmsupd.sock
}

# As it is typed: the log goes to a file, the next supervisor's lines after this one's.
supervisor=''
start_supervisor() {
    local readies tries=0
    readies=$(times_ready)
    show_command 'vmsupd --config vmsupd.conf --state-dir state --run-dir run >>vmsupd.log 2>&1 &'
    vmsupd --config vmsupd.conf --state-dir state --run-dir run >>vmsupd.log 2>&1 &
    supervisor=$!
    disown
    until (($(times_ready) > readies)); do
        is_alive "$supervisor" || die "vmsupd has ended"
        ((++tries < 600)) || die "vmsupd was not ready within 60 s"
        sleep 0.1
    done
    grep ' is ready' vmsupd.log | tail -n 1
}

times_ready() { grep -c ' is ready' vmsupd.log || true; }

stop_supervisor() { # signal
    run "kill -$1 $supervisor"
    wait_until 20 "vmsupd did not end" is_gone "$supervisor"
    supervisor=''
}

# However the demo ends. The supervisor goes first, so that it does nothing about the rest.
leave_nothing() {
    local code=$? pids tries=0
    trap '' HUP INT PIPE TERM
    set +e
    cd /
    pids=$(jobs -p)
    [[ -z $supervisor ]] || ! is_alive "$supervisor" || kill -KILL "$supervisor"
    # shellcheck disable=SC2086 # several pids
    [[ -z $pids ]] || kill -TERM $pids 2>/dev/null
    while pids=$(processes_here) && [[ -n $pids ]]; do
        # shellcheck disable=SC2086
        kill -KILL $pids 2>/dev/null
        ((++tries < 100)) || break
        sleep 0.1
    done
    take_down_devices
    rm -rf "$stage"
    if [[ -n $pids || -e $stage ]]; then
        echo "scripts/demo: could not remove all: $stage, processes: ${pids:-none}" >&2
        exit 1
    fi
    ((code > 0)) || echo "Nothing of it is left on this machine."
    exit "$code"
}
