/* Reads what the linker made: an executable in ELF, linked for address 0 (ELF-64 Object File
 * Format, chapters 4 to 6).
 *
 * Sections that hold code or data are taken. Those of the dynamic linker are not, as a firmware has
 * none: its relocations must all be of the kind "the address of the program is added to this
 * number", which PE has too. They give the number beside them, and PE wants it in its place. */
#include <elf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/pe_format.h"
#include "pack/program.h"

static const struct machine {
	Elf64_Half elf;
	uint16_t pe;
	unsigned relative; /* the one kind of relocation */
} machines[] = {
	{EM_X86_64, IMAGE_FILE_MACHINE_AMD64, R_X86_64_RELATIVE},
	{EM_AARCH64, IMAGE_FILE_MACHINE_ARM64, R_AARCH64_RELATIVE},
};

struct file {
	unsigned char *bytes;
	size_t n;
};

/* The N bytes of the file from AT on. */
static void *part(const struct file *f, uint64_t at, uint64_t n)
{
	if (at > f->n || n > f->n - at)
		die("the input is cut short");
	return f->bytes + at;
}

static const struct machine *find_machine(unsigned elf)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		if (machines[i].elf == elf)
			return &machines[i];
	}
	die("machine %u is not known", elf);
}

/* True for a section of the program; false for one of a dynamic linker or a debugger. */
static bool is_taken(const Elf64_Shdr *s)
{
	if (!(s->sh_flags & SHF_ALLOC) || s->sh_size == 0)
		return false;
	switch (s->sh_type) {
	case SHT_PROGBITS:
	case SHT_NOBITS:
		return true;
	case SHT_RELA: /* add_relocs() */
	case SHT_DYNAMIC:
	case SHT_DYNSYM:
	case SHT_STRTAB:
	case SHT_HASH:
		return false;
	default:
		die("a section of type %u has no place in a PE file", s->sh_type);
	}
}

static bool begins_in_code(const struct program *p)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct section *s = &p->sections[i];

		if (s->kind == SECTION_CODE && p->entry >= s->at && p->entry - s->at < s->size)
			return true;
	}
	return false;
}

static void add_section(struct program *p, const struct file *f, const Elf64_Shdr *s,
			const char *name)
{
	bool zeros = s->sh_type == SHT_NOBITS, code = s->sh_flags & SHF_EXECINSTR,
	     data = s->sh_flags & SHF_WRITE;
	const struct section *last = p->count > 0 ? &p->sections[p->count - 1] : NULL;
	uint64_t before = last != NULL ? last->at + (uint64_t)last->size : SECTION_PAGE;

	if (p->count == SECTIONS_MOST - 1) /* .reloc will be one more */
		die("there are too many sections");
	if (strlen(name) > 8 || s->sh_addr % SECTION_PAGE != 0 || s->sh_addr < before ||
	    s->sh_addr > INT32_MAX || s->sh_size > INT32_MAX - s->sh_addr)
		die("section %s is none of efi/program.lds", name);
	if (code && data)
		die("section %s is both writable and executable", name);
	p->sections[p->count++] = (struct section){
		.name = name,
		.at = (uint32_t)s->sh_addr,
		.size = (uint32_t)s->sh_size,
		.kind = zeros  ? SECTION_ZEROS
			: code ? SECTION_CODE
			: data ? SECTION_DATA
			       : SECTION_CONSTANTS,
		.bytes = zeros ? NULL : part(f, s->sh_offset, s->sh_size),
	};
}

/* The eight bytes of the program at ADDRESS. */
static unsigned char *number_at(const struct program *p, uint64_t address)
{
	for (unsigned i = 0; i < p->count; i++) {
		const struct section *s = &p->sections[i];

		if (s->bytes != NULL && address >= s->at &&
		    address + 8 <= s->at + (uint64_t)s->size)
			return s->bytes + (address - s->at);
	}
	die("a relocation lies outside of the program, at 0x%lx", (unsigned long)address);
}

static void add_relocs(struct program *p, const struct machine *m, const Elf64_Rela *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned long kind = ELF64_R_TYPE(r[i].r_info), at = r[i].r_offset;
		le64 addend = to_le64((uint64_t)r[i].r_addend);

		if (kind != m->relative)
			die("only a dynamic linker could apply relocation %lu, at 0x%lx", kind, at);
		if (p->relocs_count == RELOCS_MOST)
			die("there are more than %u relocations", RELOCS_MOST);
		memcpy(number_at(p, at), &addend, sizeof(addend));
		p->relocs[p->relocs_count++] = (uint32_t)at;
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void elf_read(unsigned char *bytes, size_t n, struct program *p)
{
	const struct file f = {bytes, n};
	const Elf64_Ehdr *elf = part(&f, 0, sizeof(*elf));
	const struct machine *m;
	const Elf64_Shdr *s;

	if (memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0 || elf->e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf->e_ident[EI_DATA] != ELFDATA2LSB || elf->e_type != ET_DYN ||
	    elf->e_shstrndx >= elf->e_shnum)
		die("the input is no position-independent executable in 64-bit ELF");
	m = find_machine(elf->e_machine);
	p->machine = m->pe;
	p->entry = (uint32_t)elf->e_entry;
	s = part(&f, elf->e_shoff, (uint64_t)elf->e_shnum * sizeof(*s));
	for (unsigned i = 0; i < elf->e_shnum; i++) {
		if (is_taken(&s[i]))
			add_section(p, &f, &s[i],
				    part(&f, s[elf->e_shstrndx].sh_offset + s[i].sh_name, 8));
	}
	if (!begins_in_code(p))
		die("the program does not begin in its code");
	for (unsigned i = 0; i < elf->e_shnum; i++) {
		if (s[i].sh_type == SHT_RELA && (s[i].sh_flags & SHF_ALLOC))
			add_relocs(p, m, part(&f, s[i].sh_offset, s[i].sh_size),
				   s[i].sh_size / sizeof(Elf64_Rela));
	}
	qsort(p->relocs, p->relocs_count, sizeof(*p->relocs), compare);
}
