/* How much a script may do in the fuzzers, which see this header before that of config/grub/. A
 * script that loops up to the real bounds takes seconds, and shows nothing that one which is ended
 * early does not. `make replay` runs every input with the real bounds. */
#ifndef CONFIG_GRUB_BOUNDS_H
#define CONFIG_GRUB_BOUNDS_H

#define GRUB_WORK_MAX     (64u << 10)
#define GRUB_WORK_ENTRY   (16u << 10)
#define GRUB_WORK_DISK    32
#define GRUB_NESTING_MAX  48
#define GRUB_INCLUDES_MAX 128
#define GRUB_WORDS_MAX    (64u * 1024)
#define GRUB_HEAP_MAX     (8u << 20)

#endif
