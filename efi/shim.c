/* Secure Boot: whether it is on, and who judges a program.
 *
 * Under Secure Boot the firmware's LoadImage refuses a program that no key in its db has signed. A
 * distribution's kernel is signed by the distribution, whose key is in shim; a person's own key
 * (MOK) is in a list that only shim reads. If shim has started this loader, shim judges:
 *
 *      shim          how
 *      16.0 and up   LoadImage, StartImage and UnloadImage in the system table are shim's own: a
 *                    plain call is all that is needed. It has SHIM_IMAGE_LOADER.
 *      older         LoadImage is the firmware's, which asks EFI_SECURITY2_ARCH_PROTOCOL about each
 *                    program. While a program is loaded, our function stands there, and answers
 *                    what SHIM_LOCK's Verify says.
 *
 * In both cases shim alone decides. It trusts the firmware's db and obeys its dbx, and it knows
 * more revocations (MokListX, SBAT), which a second question to the firmware would undo. It also
 * measures the program, as the firmware does when it is asked: each is measured once.
 *
 * An older shim removes its protocols when a program is started, unless the variable
 * ShimRetainProtocol asks it not to. Another boot loader, a guest's own, could then start no
 * kernel. */
#include "efi/shim.h"

/* SHIM_LOCK: its beginning. On x86-64 it is called as the System V ABI wants, not as the firmware
 * is. */
struct shim_lock {
	EFI_STATUS (*verify)(void *file, UINT32 bytes);
};

/* SHIM_IMAGE_LOADER: its beginning. */
struct shim_loader {
	EFI_IMAGE_LOAD load_image;
};

/* EFI_SECURITY2_ARCH_PROTOCOL, UEFI PI specification, volume 2, 12.9.2. */
struct security2 {
	EFI_STATUS(EFIAPI *authenticate)
	(const struct security2 *, const EFI_DEVICE_PATH *, void *file, UINTN bytes,
	 BOOLEAN policy);
};

static const EFI_GUID lock_guid = {
	0x605dab50, 0xe046, 0x4300, {0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23}};

static const struct shim_lock *lock;

bool secure_boot(void)
{
	static const EFI_GUID global = EFI_GLOBAL_VARIABLE;
	UINT8 on = 0;
	UINTN bytes = sizeof(on);
	EFI_STATUS efi = system_table->RuntimeServices->GetVariable(
		(CHAR16 *)u"SecureBoot", (EFI_GUID *)&global, NULL, &bytes, &on);

	return efi != EFI_NOT_FOUND && (EFI_ERROR(efi) || on != 0);
}

static EFIAPI EFI_STATUS authenticate(const struct security2 *this, const EFI_DEVICE_PATH *path,
				      void *file, UINTN bytes, BOOLEAN policy)
{
	(void)this, (void)path, (void)policy;
	if (bytes <= UINT32_MAX && !EFI_ERROR(lock->verify(file, (UINT32)bytes)))
		return EFI_SUCCESS;
	return EFI_ACCESS_DENIED;
}

/* The firmware's protocol if it has to be answered for shim; NULL when nothing is to be done. A
 * newer shim, too, leaves LoadImage alone if it has no key of its own, or was told not to validate.
 */
static struct security2 *find_security(void)
{
	static const EFI_GUID loader_guid = {
		0x1f492041, 0xfadb, 0x4e59, {0x9e, 0x57, 0x7c, 0xaf, 0xe7, 0x3a, 0x55, 0xab}};
	static const EFI_GUID security2_guid = {
		0x94ab2f58, 0x1438, 0x4ef1, {0x91, 0x52, 0x18, 0x94, 0x1a, 0x3a, 0x0e, 0x68}};
	const struct shim_loader *loader = efi_locate(&loader_guid);

	lock = efi_locate(&lock_guid);
	if (lock == NULL || !secure_boot() ||
	    (loader != NULL && loader->load_image == boot_services->LoadImage))
		return NULL;
	return efi_locate(&security2_guid);
}

EFI_STATUS shim_load_image(EFI_DEVICE_PATH *path, void *source, UINTN bytes, EFI_HANDLE *made)
{
	struct security2 *security = find_security();
	struct security2 before;
	UINT8 yes = 1;
	EFI_STATUS efi;

	if (security == NULL)
		return boot_services->LoadImage(FALSE, self, path, source, bytes, made);
	(void)system_table->RuntimeServices->SetVariable(
		(CHAR16 *)u"ShimRetainProtocol", (EFI_GUID *)&lock_guid,
		EFI_VARIABLE_BOOTSERVICE_ACCESS, sizeof(yes), &yes);
	before = *security;
	security->authenticate = authenticate;
	efi = boot_services->LoadImage(FALSE, self, path, source, bytes, made);
	*security = before;
	return efi;
}
