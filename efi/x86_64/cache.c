/* Nothing to do: the processor sees that its instructions were written. */
#include "efi/processor.h"

void processor_code_written(const void *code, size_t n)
{
	(void)code;
	(void)n;
}
