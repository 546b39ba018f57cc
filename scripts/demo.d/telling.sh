# What the person sees: headings, words, commands as they would be typed, figures.

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    bold=$'\e[1m' faint=$'\e[2m' command_color=$'\e[36m' good=$'\e[32m' bad=$'\e[31m' plain=$'\e[0m'
else
    bold='' faint='' command_color='' good='' bad='' plain=''
fi

heading() { # text
    printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"
}

# A paragraph from standard input.
say() {
    local line
    printf '\n'
    while IFS= read -r line; do
        printf '%s\n' "$line"
    done
}

note() { # a line, less important
    printf '%s%s%s\n' "$faint" "$1" "$plain"
}

show_command() { # as it would be typed
    printf '\n%s$ %s%s\n' "$command_color" "$1" "$plain"
}

# Shows a command, runs it, and ends the demo when it does not end as it should. A command that hangs is a failure, too.
run() { # command [exit code]
    local code=0
    show_command "$1"
    timeout --foreground -k 5 90 bash -c "$1" 2>&1 || code=$?
    ((code == ${2:-0})) || die "'$1' ended with $code instead of ${2:-0}"
    ((code == 0)) || note "(exit code $code)"
}

die() { # reason
    printf '\n%sThe demo has failed:%s %s\n' "$bad" "$plain" "$1" >&2
    if [[ -s ${stage:-}/vmsupd.log ]]; then
        echo "The last lines of the supervisor's log:" >&2
        tail -n 15 "$stage/vmsupd.log" >&2
    fi
    exit 1
}

# One figure of the last table. A wrong one does not end the demo at once, so that all are seen.
wrong=0
figure() { # text, expected, found
    local mark=$good'ok'$plain
    if [[ $2 != "$3" ]]; then
        mark=$bad'WRONG'$plain
        wrong=$((wrong + 1))
    fi
    printf '  %-58s %8s %6s  %s\n' "$1" "$2" "$3" "$mark"
}

figures_heading() { # text
    printf '\n%s  %-58s %8s %6s%s\n' "$bold" "$1" expected found "$plain"
}

seconds_since() { # a value of EPOCHREALTIME
    local micros=$((${EPOCHREALTIME/[.,]/} - ${1/[.,]/}))
    printf '%d.%d' $((micros / 1000000)) $((micros % 1000000 / 100000))
}
