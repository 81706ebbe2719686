/* gnu-efi for x86-64 has no header for 64-bit Arm. Its own says the same of the types. */
#include <x86_64/efibind.h>
