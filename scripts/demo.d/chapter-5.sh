chapter_5_count() {
    heading "Chapter 5: the books, and the count"
    say <<'WORDS'
What happened to "queue", as the supervisor wrote it down before it acted: two
lives, and the supervisor's own death in the middle of the second.
WORDS
    run 'vmsup history queue'

    say <<'WORDS'
Everything is stopped, and the supervisor ends as it should.
WORDS
    run 'vmsup stop web'
    run 'vmsup list'
    stop_supervisor TERM

    say <<'WORDS'
Now the count, from the outside: what the hooks wrote down, processes in /proc,
files in the run directory. There were 3 lives in chapter 1, 3 more in chapter 2,
and one after each crash.
WORDS
    local lives=$((6 + races))
    figures_heading "The whole story"
    figure "crashes: QEMU processes killed by us" "$races" "$(dead_victims)"
    figure "lives: pre-start hooks" "$lives" "$(count_of pre-start)"
    figure "cleanups: nothing of the VM was left when post-stop ran" "$lives" "$(count_of_cleanups)"
    figure "post-stop hooks" "$lives" "$(count_of post-stop)"
    figure "  with the cause \"crash\"" "$races" "$(count_of post-stop crash)"
    figure "  with the cause \"guest-shutdown\"" 2 "$(count_of post-stop guest-shutdown)"
    figure "  with the cause \"api-stop\"" 4 "$(count_of post-stop api-stop)"
    figure "lives without a post-stop hook" 0 "$(post_stops_per_life none)"
    figure "lives with more than one" 0 "$(post_stops_per_life several)"
    figure "lives whose hooks are out of order or out of balance" 0 "$(unbalanced_lives)"
    figure "starts that found something of an older life" 0 "$(count_of_dirty_starts)"
    figure "left over: QEMU processes" 0 "$(qemus | wc -l)"
    figure "left over: other processes of ours" 0 "$(processes_here | wc -l)"
    figure "left over: files of VMs in the run directory" 0 "$(find run/vms -mindepth 1 | wc -l)"
    figure "left over: tap devices" 0 "$(taps | wc -l)"
    figure "left over: loop devices" 0 "$(loops | wc -l)"
    figure "left over: sockets in the run directory" 0 "$(find run -type s | wc -l)"

    printf '\n'
    if ((wrong > 0)); then
        die "$wrong of the figures are wrong"
    fi
    printf '%sEvery figure is right.%s It took %s s.\n' "$good" "$plain" "$(seconds_since "$began")"
}
