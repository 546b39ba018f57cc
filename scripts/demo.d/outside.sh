# Looking from the outside: /proc, the run directory, what guests write to their serial ports. Never vmsup.

is_gone() { ! is_alive "$1"; }

# A zombie is dead; it has no command line any more.
is_alive() { # pid
    local arguments=()
    mapfile -d '' arguments 2>/dev/null <"/proc/$1/cmdline" || return 1
    ((${#arguments[@]} > 0))
}

wait_until() { # seconds, what is wrong if not, condition
    local limit=$((SECONDS + $1)) problem=$2
    shift 2
    until "$@"; do
        ((SECONDS <= limit)) || die "$problem"
        sleep 0.05
    done
}

# The pids of all QEMUs of a VM (every VM's, without a number), whichever incarnation.
qemus() { # [VM's number]
    local file arguments
    for file in /proc/[0-9]*/cmdline; do
        arguments=()
        mapfile -d '' arguments 2>/dev/null <"$file" || continue
        [[ ${arguments[0]:-} == *qemu* && " ${arguments[*]} " == *" $stage/run/vms/${1:-}"* ]] || continue
        file=${file#/proc/}
        echo "${file%/cmdline}"
    done
}

# The pid of a VM's QEMU, of which there must be exactly one.
the_qemu() { # VM's number
    local pids=()
    mapfile -t pids < <(qemus "$1/")
    ((${#pids[@]} == 1)) || die "VM $1 has ${#pids[@]} QEMU processes instead of one"
    echo "${pids[0]}"
}

# Every process that names a file here or has one open: QEMUs, the supervisor, hooks and whatever serves them.
processes_here() {
    local file arguments
    {
        for file in /proc/[0-9]*/cmdline; do
            arguments=()
            mapfile -d '' arguments 2>/dev/null <"$file" || continue
            [[ " ${arguments[*]}" != *"$stage/"* ]] || echo "$file"
        done
        find /proc/[0-9]*/fd -lname "$stage/*" 2>/dev/null || true
    } | cut -d / -f 3 | sort -un | { grep -vx "$$" || true; }
}

serial() { # VM's number
    local files=("$stage/run/vms/$1"/*/serial.log)
    echo "${files[0]}"
}

# The last complete heartbeat of a guest: its number.
last_beat() { # VM's number
    local beat
    beat=$(sed -n '$!{/^HB /p}' "$(serial "$1")" 2>/dev/null | tail -n 1 | cut -d ' ' -f 2)
    echo "${beat:-0}"
}

has_beaten() { # VM's number, up to which number
    (($(last_beat "$1") >= $2))
}

has_said() { # VM's number, regular expression
    grep -q "$2" "$(serial "$1")" 2>/dev/null
}

# How many heartbeats of this life are missing or there twice.
lost_beats() { # VM's number
    sed -n '$!{s/^HB \([0-9]*\) .*/\1/p}' "$(serial "$1")" |
        awk 'NR > 1 { lost += $1 > last ? $1 - last - 1 : 1 } { last = $1 } END { print lost + 0 }'
}
