/* A guest that does what the kernel of an operating system needs, and says how far it got.

   Port 0xe9 (debugcon) gets a letter when a stage begins; port 0xf4 (isa-debug-exit) ends QEMU with 2*N+1:
   N = 0x2a: all of it worked; N = a stage's number: it did not work, or crawled.

     R 1  real mode
     P 2  32-bit protected mode without paging, as in SeaBIOS and at the entry of a kernel: at speed
     L 3  64-bit mode with paging: at speed
     X 4  exceptions: an invalid opcode and a page fault (with its address) are delivered and returned from
     M 5  model-specific registers: FS and GS base, LSTAR
     U 6  user mode and back by syscall
     T 7  an interrupt of the local APIC's timer wakes a halted CPU

   "At speed" is told by the time stamp counter over the best of a few short loops, so that a busy host cannot fail
   it: 1000 rounds of two instructions in less than 100,000 cycles. Hardware and TCG need 1,000 to 10,000; a
   hypervisor that emulates instruction by instruction needs millions.

   The image is the last 4 KiB below 1 MiB (and below 4 GiB), put at the end of a ROM. RAM in use: below 0x10000. */

	.set PML4, 0x1000
	.set PDPT, 0x2000
	.set PD0, 0x3000
	.set PD3, 0x4000
	.set IDT, 0x5000
	.set GDT, 0x6000
	.set TSS, 0x6100
	.set STACK, 0x8000
	.set USTACK, 0x9000
	.set VAR, 0xa000
	.set ROUNDS, 1000
	.set LIMIT, 100000
	.set TRIES, 16

	.macro stage letter number
	movb $\letter, %al
	outb %al, $0xe9
	movb $\number, %bl
	.endm

	/* Uses eax, ecx, edx, esi, edi; fails with the stage in bl. */
	.macro speed
	movl $TRIES, %edi
1:	rdtsc
	movl %eax, %esi
	movl $ROUNDS, %ecx
2:	decl %ecx
	jnz 2b
	rdtsc
	subl %esi, %eax
	cmpl $LIMIT, %eax
	jb 3f
	decl %edi
	jnz 1b
	jmp fail
3:
	.endm

	.text
	.code16
start16:
	cli
	cld
	xorw %ax, %ax
	movw %ax, %es
	movw %ax, %ss
	movw $0x7000, %sp
	stage 'R', 1
	lgdtl %cs:(gdtr_rom - start16 + 0xf000)
	movl %cr0, %eax
	orl $1, %eax
	movl %eax, %cr0
	ljmpl $8, $start32

	.code32
start32:
	movw $16, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $STACK, %esp
	stage 'P', 2
	speed

	/* Page tables: the first 2 MiB and the local APIC, for the user too. */
	xorl %eax, %eax
	movl $0x1000, %edi
	movl $0x2800, %ecx
	rep stosl
	movl $PDPT + 7, PML4
	movl $PD0 + 7, PDPT
	movl $PD3 + 7, PDPT + 3 * 8
	movl $0x87, PD0
	movl $0xfee00000 + 0x87, PD3 + 503 * 8
	movl $GDT, %edi
	movl $gdt, %esi
	movl $(gdt_end - gdt) / 4, %ecx
	rep movsl
	movl $STACK, TSS + 4
	movw $TSS, GDT + 0x38 + 2
	lgdt gdtr
	movl $PML4, %eax
	movl %eax, %cr3
	movl %cr4, %eax
	orl $0x20, %eax
	movl %eax, %cr4
	movl $0xc0000080, %ecx
	rdmsr
	orl $0x101, %eax
	wrmsr
	movl %cr0, %eax
	orl $0x80010000, %eax
	movl %eax, %cr0
	ljmp $0x18, $start64

	.code64
start64:
	movw $16, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movl $STACK, %esp
	stage 'L', 3
	speed

	stage 'X', 4
	lidt idtr
	movl $6, %edi
	movl $on_invalid, %esi
	call gate
	movl $14, %edi
	movl $on_fault, %esi
	call gate
	movl $0x40, %edi
	movl $on_timer, %esi
	call gate
	movl $0x38, %eax
	ltr %ax
	ud2
	cmpl $1, VAR
	jne fail
	movl $0x40000000, %eax
	movb (%rax), %cl
	movl $0x40000000, %eax
	cmpq %rax, VAR + 8
	jne fail

	stage 'M', 5
	movl $0xc0000100, %ecx
	movl $VAR + 0x100, %eax
	xorl %edx, %edx
	wrmsr
	movl $0xc0000101, %ecx
	movl $VAR + 0x200, %eax
	xorl %edx, %edx
	wrmsr
	movl $0x1234567, %fs:0
	movl $0x7654321, %gs:0
	cmpl $0x1234567, VAR + 0x100
	jne fail
	cmpl $0x7654321, VAR + 0x200
	jne fail
	movl $0xc0000081, %ecx		/* STAR */
	xorl %eax, %eax
	movl $0x00200018, %edx
	wrmsr
	movl $0xc0000084, %ecx		/* FMASK */
	movl $0x200, %eax
	xorl %edx, %edx
	wrmsr
	movl $0xc0000082, %ecx		/* LSTAR */
	movl $on_syscall, %eax
	xorl %edx, %edx
	wrmsr
	xorl %eax, %eax
	rdmsr
	cmpl $on_syscall, %eax
	jne fail

	stage 'U', 6
	pushq $0x28 + 3
	pushq $USTACK
	pushq $2
	pushq $0x30 + 3
	pushq $user
	iretq
user:	movw %cs, %ax
	andl $3, %eax
	movl %eax, VAR + 16
	syscall
	hlt				/* not reached */
on_syscall:
	movl $STACK, %esp
	cmpl $3, VAR + 16
	jne fail
	movw %cs, %ax
	testb $3, %al
	jnz fail

	stage 'T', 7
	movb $0xff, %al
	outb %al, $0x21
	outb %al, $0xa1
	movl $0xfee00000, %edi
	movl $0x1ff, 0xf0(%rdi)
	movl $0x0b, 0x3e0(%rdi)
	movl $0x40, 0x320(%rdi)
	movl $50000, 0x380(%rdi)
1:	cli
	cmpl $1, VAR + 24
	je 2f
	sti
	hlt
	jmp 1b
2:	movb $0x2a, %bl
fail:	movb %bl, %al
	outb %al, $0xf4
9:	cli
	hlt
	jmp 9b

	/* Vector in edi, handler in esi; esi is below 4 GiB. */
gate:	shll $4, %edi
	addl $IDT, %edi
	movw %si, (%rdi)
	movw $0x18, 2(%rdi)
	movw $0x8e00, 4(%rdi)
	shrl $16, %esi
	movw %si, 6(%rdi)
	ret

on_invalid:
	incl VAR
	addq $2, (%rsp)
	iretq
on_fault:
	movq %cr2, %rax
	movq %rax, VAR + 8
	addq $8, %rsp
	addq $2, (%rsp)
	iretq
on_timer:
	movl $1, VAR + 24
	movl $0xfee00000, %eax
	movl $0, 0xb0(%rax)
	iretq

	.align 8
gdt:	.quad 0
	.quad 0x00cf9b000000ffff	/* 08 code, 32 bits */
	.quad 0x00cf93000000ffff	/* 10 data */
	.quad 0x00af9b000000ffff	/* 18 code, 64 bits; 20 is SS of syscall */
	.quad 0x00cf93000000ffff	/* 20 data */
	.quad 0x00cff3000000ffff	/* 28 data, user */
	.quad 0x00affb000000ffff	/* 30 code, 64 bits, user */
	.quad 0x0000890000000067	/* 38 TSS */
	.quad 0
gdt_end:
gdtr_rom: .word gdt_end - gdt - 1
	.long gdt
gdtr:	.word gdt_end - gdt - 1
	.long GDT
idtr:	.word 0xfff
	.quad IDT

	.code16
	.org 0xff0
	ljmp $0xf000, $(start16 - start16 + 0xf000)
	.org 0xfff
	.byte 0
