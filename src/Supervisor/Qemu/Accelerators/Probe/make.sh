#!/bin/sh
# Builds kvm-probe.bin (4096 bytes) out of kvm-probe.S; needs gcc and binutils. The built one is checked in.
set -e
cd "$(dirname "$(readlink -f "$0")")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -c kvm-probe.S -o "$work/probe.o"
ld -m elf_x86_64 -Ttext 0xff000 "$work/probe.o" -o "$work/probe.elf"
objcopy -O binary -j .text "$work/probe.elf" kvm-probe.bin
test "$(stat -c %s kvm-probe.bin)" = 4096
