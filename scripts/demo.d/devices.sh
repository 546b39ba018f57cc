# What "web" needs of the host beside files: a tap device on a bridge, and a loop device with its volume behind it. Only who
# may make them can have them; the demo goes on without, and says so.

bridge='' has_loop=no

set_up_devices() {
    truncate -s 8M "$stage/web.raw"
    : >"$stage/web-devices.conf"
    bridge=vmdemo$$
    if ! { ip link add "$bridge" type bridge && ip link set "$bridge" up; } 2>/dev/null; then
        bridge=''
    else
        echo "vm.nics = [ { type = tap, bridge = $bridge } ]" >>"$stage/web-devices.conf"
    fi
    if [[ -w /dev/loop-control ]]; then
        has_loop=yes
        echo "vm.disks = [ { type = loop, path = web.raw } ]" >>"$stage/web-devices.conf"
    fi
}

take_down_devices() {
    local device
    for device in $(taps); do ip link delete "$device"; done
    for device in $(loops); do losetup -d "$device"; done
    [[ -z $bridge ]] || ip link delete "$bridge"
}

# The ports of the bridge, and those that say they are of this node, as the kernel has them.
taps() {
    [[ -n $bridge ]] || return 0
    {
        ls "/sys/class/net/$bridge/brif"
        grep -ls "^vmsup demo vm 101 " /sys/class/net/t101*/ifalias | cut -d / -f 5 || true
    } | sort -u
}

# The loop devices with a file of this demo behind them.
loops() {
    { grep -ls "^$stage/" /sys/block/loop*/loop/backing_file || true; } | sed 's|^/sys/block/\([^/]*\)/.*|/dev/\1|'
}

tell_about_devices() {
    if [[ -n $bridge && $has_loop == yes ]]; then
        say <<WORDS
"web" has a network card on a bridge of this demo ($bridge), and a disk behind a
loop device. Both devices are made by its start and belong to its life.
WORDS
        show_command "ls /sys/class/net/$bridge/brif; losetup --associated web.raw"
        ls "/sys/class/net/$bridge/brif"
        losetup --associated "$stage/web.raw"
    else
        say <<'WORDS'
This machine lets us make no bridge or no loop device (that takes root and
CAP_NET_ADMIN): "web" does without what it cannot have.
WORDS
    fi
    figures_heading "Devices of web, as the kernel has them"
    expected_taps=$([[ -n $bridge ]] && echo 1 || echo 0)
    expected_loops=$([[ $has_loop == yes ]] && echo 1 || echo 0)
    figure "tap devices" "$expected_taps" "$(taps | wc -l)"
    figure "loop devices" "$expected_loops" "$(loops | wc -l)"
}
