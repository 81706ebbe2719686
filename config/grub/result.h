/* What a command of GRUB's script language comes to. */
#ifndef CONFIG_GRUB_RESULT_H
#define CONFIG_GRUB_RESULT_H

/* GRUB's own numbers, which the script sees in $?. */
enum {
	GRUB_OK = 0,
	GRUB_FALSE = 1,
	GRUB_BAD_FILE = 4,
	GRUB_NOT_FOUND = 5,
	GRUB_BAD_NAME = 7,
	GRUB_UNKNOWN_FS = 8,
	GRUB_BAD_NUMBER = 10,
	GRUB_OUT_OF_RANGE = 11,
	GRUB_NO_DEVICE = 12,
	GRUB_NO_SEARCH = 17,
	GRUB_BAD_ARGUMENT = 18,
	GRUB_NOT_IMPLEMENTED = 24,
	GRUB_IO = 29,
	GRUB_NO_NET = 32, /* GRUB takes a name that is no disk for a network card */
};

#endif
