chapter_2_three_ends() {
    heading "Chapter 2: three ways to end, one cleanup"
    say <<'WORDS'
First: the guest of "db" powers itself off, and nobody has asked for it.
WORDS
    run 'echo off >run/vms/102/1/serial.in'
    run 'vmsup wait db CleanedUp'

    say <<'WORDS'
Second: we ask the guest of "web" to shut down (its power button is pressed).
WORDS
    run 'vmsup shutdown web'

    say <<'WORDS'
Third: "queue" is stopped by force, whatever its guest thinks.
WORDS
    run 'vmsup stop queue'
    run 'vmsup list'

    say <<'WORDS'
Three different ends, the same road: each life has its hooks once, in their
order, and when post-stop ran, neither a process nor a directory of the VM was
left. (pre-stop is for ends that were asked for.)
WORDS
    run 'sort -s -k 2,2 hooks.log'
    figures_heading "So far"
    figure "lives that have ended" 3 "$(count_of pre-start)"
    figure "cleanups seen by the witness" 3 "$(count_of_cleanups)"
    figure "post-stop hooks" 3 "$(count_of post-stop)"
    figure "lives whose hooks are out of order or out of balance" 0 "$(unbalanced_lives)"
    figure "left over: tap and loop devices" 0 "$({ taps; loops; } | wc -l)"

    say <<'WORDS'
Each of them again, for what comes next.
WORDS
    run 'vmsup start web'
    run 'vmsup start db'
    run 'vmsup start queue'
}
