"""Fast commits, and what Linux makes of each: the state that counts.

CASES has them by name. A host test compares the reading with what is said here; a boot test asks the kernel."""

import struct

import image
from fastcommit import (BASE, BLOCK, DIR, EXTENTS, GONE, LINK_MODE, ROOT, UNREADABLE, Disk, add, creat,
                        letters, link, raw_inode, remove, unlink, write_inode)

CASES = {}  # {name: (what makes it, of which kind its base is)}


def case(make, kind="plain"):
    CASES[make.__name__.replace("_", "-")] = make, kind
    return make


def of(kind):
    return lambda make: case(make, kind)


def make_case(name, path, base):
    """The Disk of case NAME, written to PATH; BASE(kind) is an image that make_base() made."""
    make, kind = {**CASES, **REFUSED}[name]
    disk = Disk(base(kind), path)
    make(disk)
    disk.journal.write()
    return disk


# INODE.

@case
def an_inode_with_another_size(d):
    d.commit(d.sized("/boot/big", 5000))
    d.expect({"/boot/big": BASE["/boot/big"][:5000]})


@case
def a_short_inode_record_leaves_the_rest(d):
    number = d.number("/boot/menu")
    d.commit(write_inode(number, d.raw("/boot/menu")[:128]), write_inode(number, d.raw("/boot/menu")[:128]))
    d.expect({})


@case
def the_way_to_the_blocks_is_the_disks(d):
    raw = d.raw("/boot/big")
    raw[40:100] = b"\xaa" * 60
    d.commit(write_inode(d.number("/boot/big"), raw))
    d.expect({})


@case
def no_inode_for_a_name(d):
    d.commit(*d.new_file(ROOT, "new", letters("AB")), remove(999, 0, 5), link(ROOT, 998, "nothing"),
             unlink(ROOT, 997, "boot"), add(996, 0, 12000, 1))
    d.expect({"/new": letters("AB")})


@case
def an_inode_of_128_bytes(d):
    number = d.inode()
    d.commit(write_inode(number, raw_inode(size=BLOCK, extra=0)), add(number, 0, d.blocks(letters("Q")), 1),
             creat(ROOT, number, "new"))
    d.expect({"/new": letters("Q")})


@case
def a_fast_symlink_loses_its_target(d):
    number = d.inode()
    raw = raw_inode(LINK_MODE, 9, flags=0, i_block=b"boot/menu")
    d.commit(write_inode(number, raw), creat(ROOT, number, "a-link"))
    d.expect({"/a-link": UNREADABLE}, "is empty")


@case
def a_long_symlink(d):
    number, target = d.inode(), "boot/" + "./" * 60 + "menu"
    raw = raw_inode(LINK_MODE, len(target))
    # Linux counts the blocks at the second record, and takes a symlink without any for a short one.
    d.commit(write_inode(number, raw), add(number, 0, d.blocks(target.encode() + b"\0"), 1),
             creat(ROOT, number, "a-link"), write_inode(number, raw))
    d.expect({"/a-link": ("link", target)})


# ADD_RANGE.

@case
def blocks_in_a_hole(d):
    d.commit(add(d.number("/boot/holes"), 3, d.blocks(letters("XYZ")), 3))
    d.expect({"/boot/holes": letters("ab") + bytes(BLOCK) + letters("XYZ") + bytes(2 * BLOCK) + letters("cd")})


@case
def blocks_over_a_hole_and_others(d):
    d.commit(add(d.number("/boot/holes"), 1, d.blocks(letters("STUVWXYZ")), 8))
    d.expect({"/boot/holes": letters("aSTUVWXYZd")})


@case
def blocks_over_others(d):
    d.commit(add(d.number("/boot/big"), 5, d.blocks(letters("STUV")), 4))
    d.expect({"/boot/big": letters("abcdeSTUVjklmnopqrstuvwxyz")})


@case
def the_later_blocks_win(d):
    number = d.number("/boot/big")
    d.commit(add(number, 5, d.blocks(letters("12345678")), 8), add(number, 3, d.blocks(letters("STUV")), 4),
             add(number, 12, d.blocks(letters("WX")), 2))
    d.expect({"/boot/big": letters("abcSTUV34567WXopqrstuvwxyz")})


@case
def blocks_of_a_later_commit_win(d):
    number = d.number("/boot/big")
    d.commit(add(number, 2, d.blocks(letters("1234")), 4))
    d.commit(add(number, 0, d.blocks(letters("STUV")), 4))
    d.expect({"/boot/big": letters("STUV34ghijklmnopqrstuvwxyz")})


@case
def unwritten_blocks_read_as_zeros(d):
    number = d.number("/boot/big")
    d.commit(add(number, 5, d.blocks(letters("STUV")), 4, unwritten=True), add(number, 6, d.next_block - 3, 1))
    d.expect({"/boot/big": letters("abcde") + bytes(BLOCK) + letters("T") + bytes(2 * BLOCK)
              + letters("jklmnopqrstuvwxyz")})


@case
def blocks_that_stay_are_unwritten(d):
    at = image.blocks(d.path, "/boot/big")[3]
    d.commit(add(d.number("/boot/big"), 3, at, 1, unwritten=True))
    d.expect({"/boot/big": letters("abc") + bytes(BLOCK) + letters("efghijklmnopqrstuvwxyz")})


@case
def a_file_grows(d):
    d.commit(add(d.number("/boot/empty"), 0, d.blocks(letters("ABCDEFG")), 7), d.sized("/boot/empty", 6500))
    d.expect({"/boot/empty": letters("ABCDEFG")[:6500]})


@case
def no_blocks_at_all(d):
    d.commit(add(d.number("/boot/big"), 5, d.blocks(letters("X")), 0), d.sized("/boot/big", 3000))
    d.expect({"/boot/big": BASE["/boot/big"][:3000]})


@case
def a_file_of_many_pieces(d):
    number = d.inode()
    records = [write_inode(number, raw_inode(size=400 * BLOCK))]
    at = d.blocks(letters("XY" * 200))
    for n in range(0, 400, 2):  # from the end, and each second block stays a hole
        records.append(add(number, n, at + 398 - n, 1))
    d.commit(*records, creat(ROOT, number, "pieces"))
    d.expect({"/pieces": (letters("X") + bytes(BLOCK)) * 200})


# DEL_RANGE.

@case
def blocks_are_gone(d):
    d.commit(remove(d.number("/boot/big"), 4, 3))
    d.expect({"/boot/big": letters("abcd") + bytes(3 * BLOCK) + letters("hijklmnopqrstuvwxyz")})


@case
def blocks_are_gone_and_come_back(d):
    number = d.number("/boot/big")
    d.commit(remove(number, 4, 8), add(number, 6, d.blocks(letters("XY")), 2), remove(number, 7, 1))
    d.expect({"/boot/big": letters("abcd") + bytes(2 * BLOCK) + letters("X") + bytes(5 * BLOCK)
              + letters("mnopqrstuvwxyz")})


@case
def a_file_is_cut(d):
    d.commit(d.sized("/boot/big", 3 * BLOCK), remove(d.number("/boot/big"), 3, 0xffffffff - 3))
    d.commit(d.sized("/boot/big", 6 * BLOCK), add(d.number("/boot/big"), 5, d.blocks(letters("X")), 1))
    d.expect({"/boot/big": letters("abc") + bytes(2 * BLOCK) + letters("X")})


# Names.

@case
def a_file(d):
    d.commit(*d.new_file(ROOT, "new", letters("ABC")[:2500]), *d.new_file(d.number("/dir"), "empty", b""))
    d.expect({"/new": letters("ABC")[:2500], "/dir/empty": b""})


@case
def a_directory(d):
    number, inner = d.inode(), d.inode()
    d.commit(*d.new_dir(ROOT, "new", number), *d.new_file(number, "file", b"in it\n"),
             *d.new_dir(number, "inner", inner))
    d.commit(*d.new_file(inner, "file", b"deeper\n"), link(inner, d.number("/dir/one"), "one"))
    d.expect({"/new": DIR, "/new/file": b"in it\n", "/new/inner": DIR, "/new/inner/file": b"deeper\n",
              "/new/inner/one": b"one\n"})


@case
def a_directory_without_a_parent(d):
    number = d.inode()
    d.commit(*d.new_dir(990, "lost", number), *d.new_file(991, "lost", b""), *d.new_file(ROOT, "new", b"new\n"))
    d.expect({"/new": b"new\n"})


@case
def a_name_that_is_taken(d):
    d.commit(link(d.number("/dir"), d.number("/boot/menu"), "one"), link(ROOT, d.number("/boot/menu"), "menu"))
    d.expect({"/menu": BASE["/boot/menu"]})


@case
def names_in_an_indexed_directory(d):
    many = d.number("/many")
    names = [f"another-name-{n}" for n in range(40)]
    d.commit(*(link(many, d.number("/dir/one"), name) for name in names),
             *(unlink(many, d.number(f"/many/a-rather-long-name-{n:03}"), f"a-rather-long-name-{n:03}")
               for n in range(0, 150, 3)))
    d.expect({**{f"/many/{name}": b"one\n" for name in names},
              **{f"/many/a-rather-long-name-{n:03}": GONE for n in range(0, 150, 3)}})


@case
def a_name_is_removed(d):
    d.commit(unlink(d.number("/dir"), d.number("/dir/one"), "one"))
    d.expect({"/dir/one": GONE})


@case
def a_name_of_another_inode_stays(d):
    d.commit(link(ROOT, d.number("/dir/two"), "two"), unlink(d.number("/dir"), d.number("/dir/two"), "one"),
             unlink(d.number("/dir"), d.number("/dir/two"), "nowhere"))
    d.expect({"/two": b"two\n"})


@case
def a_file_without_links_is_not_there(d):
    """A name that leads to another inode costs the link all the same."""
    d.commit(unlink(d.number("/dir"), d.number("/dir/two"), "one"), link(ROOT, d.number("/dir/two"), "again"))
    d.expect({"/dir/two": UNREADABLE})


@case
def a_file_with_two_links(d):
    one, folder = d.number("/dir/one"), d.number("/dir")
    d.commit(link(ROOT, one, "uno"), unlink(folder, one, "one"), link(folder, one, "eins"))
    d.expect({"/uno": b"one\n", "/dir/one": GONE, "/dir/eins": b"one\n"})


@case
def a_file_is_moved(d):
    one, folder = d.number("/dir/one"), d.number("/dir")
    d.commit(link(d.number("/sub"), one, "one"), unlink(folder, one, "one"))
    d.expect({"/sub/one": b"one\n", "/dir/one": GONE})


@case
def a_file_is_renamed_over_another(d):
    one, two, folder = d.number("/dir/one"), d.number("/dir/two"), d.number("/dir")
    d.commit(unlink(folder, two, "two"), link(folder, one, "two"), unlink(folder, one, "one"))
    d.expect({"/dir/two": b"one\n", "/dir/one": GONE})


@case
def a_new_file_is_renamed_over_another(d):
    boot, menu, number = d.number("/boot"), d.number("/boot/menu"), d.inode()
    d.commit(*d.new_file(boot, "menu.new", b"new\n", number))
    d.commit(unlink(boot, menu, "menu"), link(boot, number, "menu"), unlink(boot, number, "menu.new"))
    d.expect({"/boot/menu": b"new\n"})


@case
def an_inode_is_used_again(d):
    boot, big = d.number("/boot"), d.number("/boot/big")
    content = letters("XY") + bytes(8 * BLOCK) + letters("Z")
    at = d.blocks(letters("XYZ"))
    d.commit(unlink(boot, big, "big"), write_inode(big, raw_inode(size=11 * BLOCK)), add(big, 0, at, 2),
             add(big, 10, at + 2, 1), creat(ROOT, big, "again"))
    d.expect({"/boot/big": GONE, "/again": content})


@case
def a_directory_comes_and_goes_and_its_inode_is_a_file(d):
    number = d.inode()
    d.commit(*d.new_dir(ROOT, "short", number))
    d.commit(unlink(ROOT, number, "short"), *d.new_file(ROOT, "file", b"a file\n", number, generation=78))
    d.expect({"/file": b"a file\n"})


@case
def a_directory_is_removed(d):
    d.commit(unlink(d.number("/sub"), d.number("/sub/empty"), "empty"))
    d.expect({"/sub/empty": GONE})


@case
def a_removed_directory_is_in_the_way_of_the_next(d):
    """Linux counts one link less and leaves the directory, of which a new one cannot be made."""
    sub, empty = d.number("/sub"), d.number("/sub/empty")
    d.commit(unlink(sub, empty, "empty"), *d.new_dir(ROOT, "next", empty), *d.new_file(ROOT, "new", b"new\n"))
    d.expect({"/sub/empty": GONE, "/new": b"new\n"})


# Inline data.

@of("inline")
def inline_data_is_in_the_record(d):
    raw = bytearray(image.peek(d.path, image.inode_offset(d.path, "/boot/menu", BLOCK), 256))
    raw[40:53] = b"the new menu\n"
    d.commit(write_inode(d.number("/boot/menu"), raw))
    d.expect({"/boot/menu": b"the new menu\n"})


@of("inline")
def a_file_grows_out_of_its_inode(d):
    number, raw = d.number("/boot/menu"), d.raw("/boot/menu")
    struct.pack_into("<I", raw, 4, 1500)
    struct.pack_into("<I", raw, 32, EXTENTS)
    d.commit(write_inode(number, raw), add(number, 0, d.blocks(letters("XY")), 2), write_inode(number, raw))
    d.expect({"/boot/menu": letters("XY")[:1500]})


@of("inline")
def names_in_an_inline_directory(d):
    sub, inner, one = d.number("/sub"), d.number("/sub/empty"), d.number("/dir/one")
    d.commit(link(sub, one, "one"), link(inner, one, "one"), *d.new_file(inner, "new", letters("N")))
    d.commit(unlink(sub, one, "one"), link(sub, one, "empty"))
    d.expect({"/sub/empty/one": b"one\n", "/sub/empty/new": letters("N")})


# Directories without upper and lower case.

@of("casefold")
def names_in_upper_and_lower_case(d):
    fold, one, two = d.number("/fold"), d.number("/dir/one"), d.number("/dir/two")
    d.commit(link(fold, two, "New"), link(fold, one, "nEW"), link(fold, two, "DISK"))
    d.commit(link(fold, two, "gone"), unlink(fold, two, "GONE"), link(fold, one, "GoNe"))
    d.expect({"/fold": DIR, "/fold/Disk": b"one\n", "/fold/New": b"two\n", "/fold/GoNe": b"one\n"})


@of("casefold")
def a_name_of_the_disk_in_other_letters(d):
    fold, one, two = d.number("/fold"), d.number("/dir/one"), d.number("/dir/two")
    d.commit(unlink(fold, one, "disk"), link(fold, two, "dISK"))
    d.expect({"/fold": DIR, "/fold/dISK": b"two\n"})


# Which fast commits count.

@case
def over_several_blocks(d):
    records = [record for n in range(60) for record in d.new_file(ROOT, f"file-{n}", b"%d\n" % n)]
    d.commit(*records)
    assert d.journal.fast_used > 10
    d.expect({f"/file-{n}": b"%d\n" % n for n in range(60)})


@case
def padding(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), (7, b"\xff" * 33), blocks=3)
    d.expect({"/new": b"new\n"})


@case
def the_second_is_torn(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"))
    d.commit(*d.new_file(ROOT, "newer", b"newer\n"), crc=12345)
    d.commit(*d.new_file(ROOT, "newest", b"newest\n"))
    d.expect({"/new": b"new\n"})


@case
def the_second_has_no_end(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"))
    d.commit(*d.new_file(ROOT, "newer", b"newer\n"), tail=False)
    d.expect({"/new": b"new\n"})


@case
def the_second_is_of_an_earlier_transaction(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"))
    d.journal.fast_commit(d.new_file(ROOT, "old", b"old\n"), tid=d.journal.tid - 1)
    d.expect({"/new": b"new\n"})


@case
def of_an_earlier_transaction(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), tid=d.journal.tid - 1)
    d.expect({})


@case
def of_a_later_transaction(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), tid=d.journal.tid + 1)
    d.expect({})


@case
def an_empty_log(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"))
    d.journal.start = 0
    d.expect({})


@case
def a_copy_in_the_log_comes_first(d):
    """The log makes a directory's block anew, and the fast commit adds to that."""
    at = image.blocks(d.path, "/dir")[0]
    block = bytearray(image.peek(d.path, at * BLOCK, BLOCK))
    d.journal.transaction([(at, bytes(block))])
    d.commit(link(d.number("/dir"), d.number("/boot/menu"), "three"))
    d.expect({"/dir/three": BASE["/boot/menu"]})


# Those for which Linux does not mount the disk.

REFUSED = {}


def refused(make):
    REFUSED[make.__name__.replace("_", "-")] = make, "plain"
    return make


DAMAGED = "a fast commit in the journal is damaged"
UNUSED = "the last changes, which are fast commits, cannot be used"


@refused
def the_first_has_a_wrong_checksum(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), crc=12345)
    d.expect({}, DAMAGED)


@refused
def the_first_has_no_end(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), tail=False)
    d.expect({}, DAMAGED)


@refused
def an_unknown_record(d):
    d.commit((10, b""))
    d.expect({}, DAMAGED)


@refused
def unknown_features(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), features=1)
    d.expect({}, DAMAGED)


@refused
def unknown_features_later(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"))
    d.journal.fast_commit([], features=2)
    d.expect({"/new": b"new\n"}, DAMAGED)


@refused
def a_file_without_an_inode(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), creat(ROOT, d.inode(), "newer"))
    d.expect({}, UNUSED)


@refused
def an_inode_without_links(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), write_inode(d.inode(), raw_inode(links=0)))
    d.expect({}, UNUSED)


@refused
def inode_0(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), write_inode(0, raw_inode()))
    d.expect({}, UNUSED)


@refused
def the_journals_inode(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), write_inode(8, raw_inode()))
    d.expect({}, UNUSED)


@refused
def an_inode_beyond_the_last(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), write_inode(70000, raw_inode()))
    d.expect({}, UNUSED)


@refused
def blocks_beyond_the_largest_file(d):
    d.commit(*d.new_file(ROOT, "new", b"new\n"), remove(d.number("/boot/big"), 4, 0xffffffff))
    d.expect({}, UNUSED)
