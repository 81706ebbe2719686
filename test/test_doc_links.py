"""The documents: every link leads to a file, and to a heading that is in it."""

import re


def headings(text):
    """What links call the headings of TEXT."""
    lines = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", line.strip().lower()).replace(" ", "-") for line in lines}


def test_every_link_leads_to_a_heading_that_is_there(root):
    files = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    assert len(files) > 20
    lost = []
    for file in files:
        for link in re.findall(r"\]\(([^)]+)\)", file.read_text()):
            path, _, heading = link.partition("#")
            target = file.parent / path if path else file
            if "://" not in link and not (target.exists() and (not heading or heading in headings(target.read_text()))):
                lost.append(f"{file.relative_to(root)}: {link}")
    assert lost == []


def test_every_page_of_a_hypervisor_is_in_their_index_and_says_whether_it_was_run(root):
    pages = {path.name: path.read_text() for path in (root / "docs/hosts").glob("*.md")}
    index = pages.pop("README.md")
    for name, text in pages.items():
        assert f"({name})" in index
        assert re.search(r"[Aa] test\s+types|Tests boot|run these commands|was tried", " ".join(text.splitlines()[:9])), name
