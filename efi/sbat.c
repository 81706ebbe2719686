/* By this, shim can revoke a version: https://github.com/rhboot/shim/blob/main/SBAT.md */
extern const char sbat[];

__attribute__((section(".sbat"), used, aligned(512))) const char sbat[] =
	"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	"partless,1,Partless,partless," VERSION ",https://partless.org/\n";
