/* A boot sector: counts, and writes the count to two places on each of two disks, in turn, once per tick of the clock
   (18 times a second). On the serial port: READY, a dot every 2 rounds; the letter o powers off. i440fx under SeaBIOS. */
        .code16
        .globl _start
_start: xorw %ax, %ax
        movw %ax, %ds
        movw %ax, %ss
        movw $0x7c00, %sp
        movw $ready, %si
1:      lodsb
        testb %al, %al
        jz round
        call put
        jmp 1b
round:  sti
        hlt
        incl count
        movl $1, lba
        movb $0x80, %dl
        call store
        movb $0x81, %dl
        call store
        movl $60000, lba
        movb $0x80, %dl
        call store
        movb $0x81, %dl
        call store
        testb $1, count
        jnz 2f
        movb $'.', %al
        call put
2:      movw $0x3fd, %dx
        inb %dx, %al
        testb $1, %al
        jz round
        movw $0x3f8, %dx
        inb %dx, %al
        cmpb $'o', %al
        jne round
        movw $0x604, %dx
        movw $0x2000, %ax
        outw %ax, %dx
        jmp round
put:    movb %al, %ah
3:      movw $0x3fd, %dx
        inb %dx, %al
        testb $0x20, %al
        jz 3b
        movw $0x3f8, %dx
        movb %ah, %al
        outb %al, %dx
        ret
store:  movw $packet, %si
        movw $0x4300, %ax
        int $0x13
        jc bad
        ret
bad:    movb $'!', %al
        call put
        ret
ready:  .asciz "READY\n"
        .balign 4
packet: .byte 16, 0
        .word 1
        .word count, 0
lba:    .long 0, 0
        .org 510
        .word 0xaa55
        .set count, 0x8000
