# Runs the hooks of one phase, at most once, whatever becomes of the supervisor that spawned it.
#
# Arguments: the incarnation's directory, the phase, the VM's id, its limit in seconds, how many bytes of output are
# kept, what the supervisor tells this boot of the host by; then the scripts.
# Descriptors: 9 the phase's lock, held by this and by every hook; 8 and 7 the write and the read end of the pipe for
# their output; 6 a lock that only this holds, so that it is free when this is gone; 5 the file for the output,
# locked as long as somebody copies to it.
# SIGTERM ends the phase as not wanted.
directory=$1 phase=$2 vm=$3 limit=$4 kept=$5 boot=$6
shift 6
base=$directory/$phase
verdict='' hook='' code=0 script=''

# Both the group and the process: before its setsid, the hook is in our group still.
stop() {
    verdict=${verdict:-$1}
    [ -z "$hook" ] || kill -KILL "-$hook" "$hook" 2>/dev/null
}
trap 'stop timed-out' ALRM
trap 'stop killed' TERM

# Field 22 of stat is the start time; the fields before the third are cut off, since a name may contain anything.
identify() {
    shift 19
    claim="runner $boot $$ $1"
}
read -r stat </proc/$$/stat
identify ${stat##*) }

# Whether a process is still our child: the shell may have reaped it meanwhile, and its pid be somebody else's.
is_ours() {
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    set -- ${stat##*) }
    [ "$2" = "$$" ]
}

# The first bytes of the output go to a file at once, the rest nowhere: a hook is never blocked by what it writes. The
# file's lock is free as soon as there is nothing more to keep. (Started before the claim, to have it under way.)
(
    exec 6>&- 8>&- 9>&-
    dd bs=1 count="$kept" status=none <&7 >&5 &
    copy=$!
    trap 'kill -KILL "$copy"; exit' TERM
    exec 5>&-
    wait "$copy"
    exec cat <&7 >/dev/null
) &
copier=$!
exec 7<&- 5>&-

# The claim: of all who try, one creates it. Whoever finds it there has nothing to do here.
set -C
command exec 3>"$base.claim" || exit 1
set +C
printf '%s\n' "$claim" >&3 || exit 1
exec 3>&-
sync "$base.claim" "$directory" || exit 1

# The limit. flock(1) serves as a timer that ends with us: the lock gets free when we are gone, so that no timer is left
# and none signals whoever has our pid by then.
(
    exec 6>&- 8>&- 9>&-
    flock -w "$limit" 4 4<"$base.runner" || [ $? -ne 1 ] || kill -ALRM $$
) &

for script; do
    if [ ! -f "$script" ]; then
        verdict=missing
        break
    elif [ ! -x "$script" ]; then
        verdict=not-executable
        break
    fi
    # A shell has what it runs in the background ignore SIGINT and SIGQUIT; the hook is not to notice.
    (
        read -r stat </proc/self/stat
        printf '%s\n' "$stat" >"$base.group"
        exec env --default-signal=INT,QUIT setsid "$script" "$vm" "$phase" </dev/null >&8 2>&8 6>&- 8>&-
    ) &
    hook=$!
    # If a signal came before we knew whom to kill.
    [ -z "$verdict" ] || stop "$verdict"
    wait "$hook"
    code=$?

    # A signal to us ends the wait early: then the hook has been killed and is still to be reaped.
    [ -z "$verdict" ] || wait "$hook"

    # What it left in its group goes with it; a daemon that is to stay has a session of its own.
    kill -KILL "-$hook" 2>/dev/null
    hook=''
    [ -n "$verdict" ] || [ "$code" -eq 0 ] || verdict=failed
    [ -z "$verdict" ] || break
done
trap '' ALRM TERM

# All writers are gone, so there is nothing more to keep; unless a daemon kept its output, then it is not waited for.
exec 8>&-
flock -w 0.5 4 4<"$base.output"
! is_ours "$copier" || kill -TERM "$copier"

printf '%s %s\n%s' "${verdict:-succeeded}" "$code" "$script" >"$base.new" || exit 1
sync "$base.new" || exit 1
mv -n "$base.new" "$base.result"
