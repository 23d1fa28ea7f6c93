#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Draws with gnuplot what growth.py found: build/bench.json becomes
build/bench-growth.svg.

    tests/bench/plot.py    once more, from the JSON that is there"""

import json
import shutil
import statistics
import subprocess

import lab

# A row's panel: (title, of what there are more, of what it is the cost)
PANELS = {
    "ports": ("Ports (-p)", "ports", "ns a packet, in the kernel"),
    "prefixes": ("Prefixes (-R)", "prefixes", "ns a packet, in the kernel"),
    "rules": ("Rules: a prefix and a port each", "rules",
              "ns a packet, in the kernel"),
    "kernel": ("Flows, in the kernel", "flows", "ns a packet"),
    "tool": ("Flows, in the tool", "flows", "ns of CPU time an event"),
    "memory": ("Flows, memory", "flows", "MB resident"),
}
HEAD = """
set terminal svg size 1260,800 font "DejaVu Sans,12" background "white"
set output "%s"
set multiplot layout 2,3 title "tcpsnoop-c as filters and traffic grow \
(Linux %s, medians)" font ",15"
set style data linespoints
set border 3
set grid ytics lc rgb "#dddddd" lt 1
set tics nomirror
set key top left reverse Left samplen 2
set pointsize 0.5
set logscale x 10
set mxtics 1
"""
DASHED = "with lines lw 1.5 dt 2 lc rgb '#888888'"


def medians(row):
    """[(number, cost) ...]"""
    return sorted((int(nr), statistics.median(samples))
                  for nr, samples in row["points"].items())


def block(name, points):
    return "$%s << E\n%s\nE\n" % (
        name, "\n".join("%d %g" % point for point in points))


def axes(title, more, cost):
    lines = ["set title '%s' font ',13'" % title, "set xlabel '%s'" % more,
             "set ylabel '%s'" % cost]
    if more == "flows":
        lines += ["set xrange [1:1e6]", "set format x '10^{%T}'",
                  "set xtics 10"]
    else:
        lines += ["set xrange [1:64]", "set format x '%g'",
                  "set xtics (1, 2, 4, 8, 16, 32, 64)"]
    if cost.startswith("MB"):
        lines += ["unset logscale y", "set yrange [0:20]"]
    else:
        lines += ["set logscale y 10", "set yrange [10:30000]"]
    return "\n".join(lines) + "\n"


def lines_for_scale(rows, empty):
    """What is met, and what was taken off, for those that are in ns."""
    if rows[0]["unit"] != "ns":
        return []
    found = []
    if rows[0]["target"] == "<= 2 x":
        found.append("%g title 'twice that of one, %s' %s" % (
            2 * medians(rows[0])[0][1], rows[0]["of"], DASHED))
    if rows[0]["panel"] != "tool":
        found.append("%g title 'an empty program, taken off' %s dt 3" % (
            empty, DASHED.replace(" dt 2", "")))
    return found


def panel(name, rows, empty):
    text = axes(*PANELS[name])
    plots = []
    for i, row in enumerate(rows):
        data = "%s%d" % (name, i)
        text += block(data, medians(row))
        plots.append("$%s lw 2 pt 7 lc %d title '%s'" % (
            data, i + 1, row["of"]))
    return text + "plot " + ", ".join(
        plots + lines_for_scale(rows, empty)) + "\n"


def script(found, path):
    rows = [row for row in found["rows"] if "points" in row]
    empty = statistics.median(next(row["empty_ns"] for row in rows
                                   if "empty_ns" in row))
    text = HEAD % (path, found["kernel"])
    for name in PANELS:
        of_it = [row for row in rows if row["panel"] == name]
        text += panel(name, of_it, empty) if of_it else "set multiplot next\n"
    return text


def draw():
    """Says what it does not draw, and why."""
    path = lab.BUILD + "/bench-growth.svg"
    if not shutil.which("gnuplot"):
        print("no picture: no gnuplot here")
        return
    with open(lab.BUILD + "/bench.json") as f:
        found = json.load(f)
    if not any("points" in row and "empty_ns" in row for row in found["rows"]):
        print("no picture: growth was not measured")
        return
    subprocess.run(["gnuplot"], input=script(found, path), text=True,
                   check=True)
    print("drawn: " + path)


if __name__ == "__main__":
    draw()
