/* Makes an EFI program, a PE file, of what the linker made in ELF: from standard input to standard
 * output. `elf2pe SIZE` pads it to so many bytes.
 *
 * GNU's linker makes PE files for x86 only, and ELF for every processor. Little lies between them:
 *
 *      ELF, by efi/program.lds                   PE
 *
 *      headers                             ->    headers
 *      .text, .data, .sbat, .rodata, .bss  ->    the same, at the same addresses
 *      .rela: "base + N at A"              ->    N at A, and in .reloc: "add the base at A"
 *      .dynamic, .dynsym, ...                    left out */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "pack/program.h"

#define FILE_MOST (4u << 20)

static unsigned char input[FILE_MOST], output[FILE_MOST];
static struct program program;

void die(const char *fmt, ...)
{
	va_list args;

	fputs("elf2pe: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	size_t n, size = argc == 2 ? strtoul(argv[1], &end, 10) : 0;

	if (argc > 2 || (argc == 2 && (size == 0 || *end != '\0' || size > FILE_MOST)))
		die("usage: elf2pe [SIZE] <ELF >PE, with a SIZE of at most %u bytes", FILE_MOST);
	n = fread(input, 1, sizeof(input), stdin);
	if (ferror(stdin) || n == sizeof(input))
		die("the input cannot be read, or has %u bytes or more", FILE_MOST);
	elf_read(input, n, &program);
	n = pe_write(&program, size, output, sizeof(output));
	if (fwrite(output, 1, n, stdout) != n || fflush(stdout) != 0)
		die("cannot write the output");
	return 0;
}
