#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a page of examples/ says, held against what happens.

	lessons.py PAGE...	"ok NAME" or "bad NAME<TAB>WHY" a line
	lessons.py --fill PAGE	put what happens where a page has no output yet

A page's ```sh blocks are run, each in a shell of its own, in the page's
folder; the ```text block behind one is all that it must print (stdout and
stderr). In it, "..." is anything within a line, a line "..." any lines, and
blanks are as good as one. A ```c block must stand so in a program beside it.
Of a lesson, it checks also that it has all its parts, and runs every program.
"""
import os
import re
import subprocess
import sys

PARTS = ["You will learn", "Run it", "Look at it", "Exercises", "Solutions"]
LINES_MAX = 80
SECONDS = 60
# Times, ports that the kernel chose, process ids
VARYING = re.compile(r"\b\d\d:\d\d:\d\d\.\d+|\b[0-9]+\.[0-9]{6}\b"
                     r"|(?<![\w.])\d{5,}\b|(?<=[a-z]-)\d{3,}(?=:)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def squeeze(text):
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def pattern(text):
    """The regular expression that TEXT of a page stands for."""
    out = ""
    for line in squeeze(text).split("\n"):
        if line == "...":
            out += r"(?:[^\n]*\n)*?"
            continue
        words = (re.escape(word) for word in line.split("..."))
        out += "[^\n]*?".join(words) + "\n"
    return re.compile(out)


def run(command):
    try:
        done = subprocess.run(
            ["bash", "-c", command], stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            errors="backslashreplace", timeout=SECONDS, check=False)
        return done.stdout
    except subprocess.TimeoutExpired:
        return f"(not done after {SECONDS} s)"


def say(good, name, why=""):
    name = os.path.basename(os.getcwd()) + ": " + name
    if good:
        print("ok " + name)
    else:
        print("bad " + name + "\t" + why.replace("\n", " | "))
    sys.stdout.flush()


def check_output(command, want):
    got = run(command)
    name = " ".join(command.split())[:70]
    matches = pattern(want).fullmatch(squeeze(got) + "\n")
    say(matches, name, "got: " + squeeze(got))


def check_blocks(blocks):
    for (kind, text), (behind, want) in zip(blocks, blocks[1:] + [("", "")]):
        if kind == "sh":
            if behind == "text":
                check_output(text, want)
            else:
                say(False, text.strip(), "has no text block behind it")


def check_excerpts(blocks, programs):
    for kind, text in blocks:
        if kind == "c":
            say(any(squeeze(text) in squeeze(p) for p in programs.values()),
                "excerpt: " + text.strip().split("\n")[0])


def check_parts(page, blocks, programs):
    parts = re.findall(r"^## (.*)$", page, re.M)
    say(parts == PARTS, "its parts", str(parts))
    for part in ("Exercises", "Solutions"):
        text = page.split(f"## {part}\n")[-1].split("\n## ")[0]
        numbers = re.findall(r"^(\d)\. ", text, re.M)
        say(numbers == ["1", "2", "3"], "three " + part.lower(), str(numbers))
    for name, text in programs.items():
        say(text.count("\n") < LINES_MAX, name + " is short")
        say(any(re.search(rf"(^|[\s/]){re.escape(name)}\b", command)
                for kind, command in blocks if kind == "sh"),
            name + " is run")


def fill(path, page):
    def put(match):
        got = VARYING.sub("...", run(match[1]))
        return match[0] + "\n```text\n" + got + "```\n"

    with open(path, "w", encoding="utf-8") as f:
        f.write(re.sub(r"^```sh\n((?:(?!```).*\n)*)```\n(?!\n*```text)", put,
                       page, flags=re.M))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def check(page):
    programs = {n: read(n) for n in sorted(os.listdir()) if n.endswith(".c")}
    blocks = BLOCK.findall(page)
    check_parts(page, blocks, programs)
    check_excerpts(blocks, programs)
    check_blocks(blocks)


def main():
    wants_fill = sys.argv[1] == "--fill"
    for path in list(map(os.path.abspath, sys.argv[1 + wants_fill:])):
        os.chdir(os.path.dirname(path))
        if wants_fill:
            fill(path, read(path))
        else:
            check(read(path))


main()
