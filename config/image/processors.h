/* The processors that Partless knows. */
#ifndef CONFIG_IMAGE_PROCESSORS_H
#define CONFIG_IMAGE_PROCESSORS_H

#include "config/image/arch.h"

extern const struct arch arch_x86_64, arch_aarch64;

#endif
