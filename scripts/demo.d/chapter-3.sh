races=20

chapter_3_race() {
    heading "Chapter 3: the race"
    say <<WORDS
Now what is hard. The QEMU of "db" is killed, and in the same moment somebody
calls start. The old life is not cleaned up yet, the new one is already asked
for. Who cleans by name instead of by incarnation cleans the wrong one, or none.

$races times. In the odd rounds as a person would do it: kill, then start; there
the death is usually noticed first. In the even rounds it is a photo finish: the
supervisor is held (SIGSTOP) until the call waits at its door, the QEMU is
killed, and the supervisor let go (SIGCONT).
WORDS
    local round pid life
    victims=()
    pid=$(the_qemu 102)
    show_command "kill -KILL $pid; vmsup start db"
    for ((round = 1; round <= races; round++)); do
        life=$(newest_life_of_db)
        victims+=("$pid")
        if ((round % 2)); then
            crash_then_start "$pid"
        else
            crash_and_start_at_once "$pid"
        fi
        pid=$(the_qemu 102)
        printf '%3d  life %2d (pid %d) killed;  %s, life %2d (pid %d), %s s\n' \
            "$round" "$life" "${victims[-1]}" "$(<answer)" "$(newest_life_of_db)" "$pid" "$(seconds_since "$killed")"
    done
    run 'tail -n 7 hooks.log'
    run 'vmsup list'
    figures_heading "Of $races crashes, each with a start at the same time"
    figure "QEMU processes killed" "$races" "$(dead_victims)"
    figure "post-stop hooks with the cause \"crash\"" "$races" "$(count_of post-stop crash db)"
    figure "cleanups of them that left nothing" "$races" "$(count_of_cleanups crash db)"
    figure "starts that found something of an older life" 0 "$(count_of_dirty_starts)"
    figure "run directories of db: its present life's" 1 "$(ls run/vms/102 | wc -l)"
    figure "QEMU processes of db" 1 "$(qemus 102/ | wc -l)"
    note "  (By db's history, the start came before the news of the death in $(starts_that_came_first) of them.)"
}

newest_life_of_db() { testimony pre-start '' db | tail -n 1 | awk '{ print $4 }'; }

# Those of the victims that are QEMUs no more.
dead_victims() { printf '%s\n' "${victims[@]}" | { grep -vxFc -f <(qemus) || true; }; }

crash_then_start() { # pid
    killed=$EPOCHREALTIME
    kill -KILL "$1"
    timeout --foreground -k 5 60 vmsup start db >answer 2>&1 || die "start after a crash: $(<answer)"
}

crash_and_start_at_once() { # pid
    local caller
    kill -STOP "$supervisor"
    timeout --foreground -k 5 60 vmsup start db >answer 2>&1 &
    caller=$!
    wait_until 30 "vmsup start did not call" a_call_waits
    sleep 0.05
    killed=$EPOCHREALTIME
    kill -KILL "$1"
    kill -CONT "$supervisor"
    wait "$caller" || die "start together with a crash: $(<answer)"
}

# Beside the socket that listens, there is one for each connection.
a_call_waits() { (($(grep -c "run/vmsupd.sock$" /proc/net/unix) > 1)); }

# The one thing that only the supervisor can know.
starts_that_came_first() { vmsup history db | grep -c ' look-accepted ' || true; }
