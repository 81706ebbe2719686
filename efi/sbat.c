/* By this, shim can revoke a version: https://github.com/rhboot/shim/blob/main/SBAT.md. When our
 * generation changes is said in SECURITY.md. The project has no site of its own, and no field may
 * be empty: our name stands where an address would. */
extern const char sbat[];

__attribute__((section(".sbat"), used, aligned(512))) const char sbat[] =
	"sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	"partless,1,Partless,partless," VERSION ",partless\n" SBAT_VENDOR;
