#!/bin/bash
# Builds counter.bin with gcc and binutils only. The built one is checked in.
set -e
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
gcc -m32 -c "$here/counter.S" -o "$work/counter.o"
ld -m elf_i386 -Ttext 0x7c00 -e _start --oformat binary "$work/counter.o" -o "$here/counter.bin"
