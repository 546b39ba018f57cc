#!/bin/bash
# Builds nano.bin and nano.rom with gcc and binutils only (no 32-bit libc). The built ones are checked in.
set -e
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cp "$here"/*.S "$here"/*.c "$work"; cd "$work"
SECTS=${SECTS:-11}
gcc -m16 -DSETUP_SECTS=$SECTS -c nano.S -o nano_s.o
gcc -m16 -march=i386 -Os -ffreestanding -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -fno-tree-loop-distribute-patterns -mregparm=0 -w -c nano.c -o nano_c.o
cat >nano.lds <<'L'
ENTRY(_start)
SECTIONS { . = 0; .all : { *(.head) *(.text*) *(.rodata*) *(.bss*) *(COMMON) *(.data*) LONG(0x0a0a0a0a) } /DISCARD/ : { *(.note*) *(.comment) *(.eh_frame*) } }
L
ld -m elf_i386 -T nano.lds nano_s.o nano_c.o -o nano.elf
objcopy -O binary nano.elf nano.raw
sz=$(stat -c %s nano.raw); max=$(( (SECTS+1)*512 )); [ $sz -le $max ] || { echo "too big: $sz > $max"; exit 1; }
cp nano.raw nano.bin; truncate -s $((max+16)) nano.bin; ls -l nano.bin; echo "used $sz"

# ROM variant for -bios (no SeaBIOS): image at F000:0, copier at F000:F000, reset vector at F000:FFF0
RS=$(nm nano.elf | awk '$3=="romstart"{print "0x"$1}')
gcc -m16 -DIMGWORDS=$((sz/2+1)) -DROMSTART=$RS -c rom.S -o rom.o && ld -m elf_i386 -Ttext 0 -e _start rom.o -o rom.elf 2>/dev/null && objcopy -O binary -j .text rom.elf rom.raw
cp nano.raw nano.rom; truncate -s 61440 nano.rom; cat rom.raw >>nano.rom; truncate -s 65520 nano.rom
printf '\xea\x00\xf0\x00\xf0' >>nano.rom; truncate -s 65536 nano.rom; ls -l nano.rom
cp nano.bin nano.rom "$here"
