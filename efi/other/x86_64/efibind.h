/* gnu-efi for 64-bit Arm has no header for x86-64. Its own says the same of the types. */
#include <aarch64/efibind.h>
