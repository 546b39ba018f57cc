chapter_4_supervisor_dies() {
    heading "Chapter 4: the supervisor dies"
    local web db web_beat db_beat
    web=$(the_qemu 101)
    db=$(the_qemu 102)
    wait_until 60 "web has no heartbeat" has_beaten 101 3
    say <<'WORDS'
Three guests run. Their supervisor is killed: no warning, no chance to tidy up.
WORDS
    run 'vmsup list'
    stop_supervisor KILL
    web_beat=$(last_beat 101) db_beat=$(last_beat 102)
    run 'vmsup list' 5

    say <<'WORDS'
The guests have not noticed. And "queue" powers itself off while nobody looks.
WORDS
    run 'echo off >run/vms/103/2/serial.in'
    wait_until 30 "queue did not power off" has_said 103 '^OFF'
    wait_until 30 "web stands still" has_beaten 101 $((web_beat + 10))
    wait_until 30 "db stands still" has_beaten 102 $((db_beat + 10))
    run 'tail -n 2 run/vms/*/*/serial.log'

    say <<'WORDS'
A new supervisor on the same directories. It reads its journal, finds the
processes, and makes sure that they are the same (boot, pid, start time, lock)
before it touches them.
WORDS
    start_supervisor
    run 'vmsup wait queue CleanedUp'
    run 'vmsup list'
    taps_of_web=$(taps | wc -l) loops_of_web=$(loops | wc -l)
    same_web=no same_db=no
    [[ $(the_qemu 101) != "$web" ]] || same_web=yes
    [[ $(the_qemu 102) != "$db" ]] || same_db=yes

    say <<'WORDS'
It owns them again: it can pause a guest and let it go on, and end one. And what
"queue" did in the meantime was cleaned up like any other end, once.
WORDS
    run 'vmsup pause web'
    run 'vmsup resume web'
    web_beat=$(last_beat 101)
    wait_until 30 "web does not go on after resume" has_beaten 101 $((web_beat + 3))
    lost_by_web=$(lost_beats 101) lost_by_db=$(lost_beats 102)
    beats_of_web=$(last_beat 101) beats_of_db=$(last_beat 102)
    run 'vmsup stop db'
    run 'tail -n 3 hooks.log'

    figures_heading "With the supervisor killed under three guests"
    figure "web is the process it was (pid $web)" yes "$same_web"
    figure "db is the process it was (pid $db)" yes "$same_db"
    figure "of $beats_of_web heartbeats of web, missing or repeated" 0 "$lost_by_web"
    figure "of $beats_of_db heartbeats of db, missing or repeated" 0 "$lost_by_db"
    figure "tap devices of web, which must still have it" "$expected_taps" "$taps_of_web"
    figure "loop devices of web, likewise" "$expected_loops" "$loops_of_web"
    figure "post-stop hooks of queue, which ended unobserved" 1 "$(count_of post-stop guest-shutdown queue)"
}
