# What the hooks have written down (stage/hooks/witness): one line a phase, such as
# 06:57:31.977 db    life 8  post-stop   crash       processes 0, directories 0

# The lines that have a phase, a cause, a VM; "" for any.
testimony() { # phase, [cause], [VM's name]
    awk -v phase="$1" -v cause="${2:-}" -v vm="${3:-}" \
        '$5 == phase && (cause == "" || $6 == cause) && (vm == "" || $2 == vm)' hooks.log
}

count_of() { testimony "$@" | wc -l; }

# Lives whose hooks did not run in their order, at most once each, with a post-stop at the end.
unbalanced_lives() {
    awk '{ life = $2 " " $4; phases[life] = phases[life] " " $5 }
        END {
            for (life in phases)
                if (phases[life] !~ /^ pre-start( post-start)?( pre-stop)? post-stop$/) bad++
            print bad + 0
        }' hooks.log
}

# Of these lives, those with no post-stop, and those with several.
post_stops_per_life() { # "none" or "several"
    awk -v which="$1" '{ lives[$2 " " $4] } $5 == "post-stop" { stops[$2 " " $4]++ }
        END {
            for (life in lives)
                if (which == "none" ? stops[life] == 0 : stops[life] > 1) found++
            print found + 0
        }' hooks.log
}

# A cleanup is a post-stop that saw neither a process nor a directory of its VM.
count_of_cleanups() { # [cause], [VM's name]
    testimony post-stop "$@" | { grep -c 'processes 0, directories 0$' || true; }
}

# Starts that found something of an older life.
count_of_dirty_starts() {
    testimony pre-start | { grep -vc 'processes 0, directories 0$' || true; }
}
