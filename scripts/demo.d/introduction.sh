introduce() {
    heading "A supervisor of virtual machines, on real ones"
    say <<'WORDS'
vmsupd owns the life of QEMU processes. This demo starts three real virtual
machines and then does to them, and to vmsupd itself, what production does:
guests power off, processes are killed, the supervisor dies.

It is about two faults that production systems have had for long (README.md):

 1. Two ways into cleanup. A VM that is stopped by a call is cleaned up by that
    call; one that goes away by itself is cleaned up by somebody else. So it is
    cleaned up twice, or so late that it hits the VM's next life, or never.
    Here there is one way, and it belongs to one incarnation: one life of one
    QEMU process. (Chapters 2 and 3)
 2. Whoever drives it dies. What it had begun stays behind, a process that no
    stop reaches any more. Here every step is on disk before it happens, and
    the next supervisor takes over what lives. (Chapter 4)

Nothing that vmsup reports is taken for granted: the tables are counted from the
outside, in /proc, in the run directory, in what the hooks of the VMs wrote down.
WORDS
}
