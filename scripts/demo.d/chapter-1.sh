chapter_1_boot() {
    heading "Chapter 1: three virtual machines"
    say <<WORDS
All files are in $stage, which goes away at the end.
The supervisor is one process and two directories: its journal, its sockets.
WORDS
    show_command "export VMSUP_SOCKET=$VMSUP_SOCKET"
    start_supervisor

    say <<'WORDS'
A virtual machine is a short file. Its hook runs at every phase of every life;
this one writes down what it was told, and what it sees of the VM on the host:
processes and directories. It is our witness.
WORDS
    run 'cat db.conf'
    run 'vmsup define web.conf'
    run 'vmsup define db.conf'
    run 'vmsup define queue.conf'
    run 'vmsup start web'
    run 'vmsup start db'
    run 'vmsup start queue'
    run 'vmsup list'

    say <<'WORDS'
Do they really run? Each guest counts its heartbeats on its serial port.
WORDS
    local vm
    for vm in 101 102 103; do
        wait_until 60 "the guest of VM $vm has no heartbeat" has_beaten "$vm" 3
    done
    run 'tail -n 2 run/vms/*/1/serial.log'
    tell_about_devices
}
