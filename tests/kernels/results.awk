# SPDX-License-Identifier: GPL-2.0
#
# The results of guest.sh as a table or as TAP:
#
#	awk -v mode=text|markdown|tap -v kernels="5.10 6.1" -f results.awk
#		ROWS 5.10.tsv 6.1.tsv [6.1.note]
#
# ROWS has a line "ID<TAB>NAME" for each row; KERNEL.tsv "ID<TAB>VERDICT<TAB>
# DETAIL"; KERNEL.note what is to be said of the kernel as a whole. A row
# without a verdict did not run, which is a failure. The row "end", how the
# guest itself ended, is not in the table. In TAP the exit status is 1 when
# something failed or nothing passed.

BEGIN {
	FS = "\t"
	nr_kernels = split(kernels, kernel, " ")
}

NR == FNR {
	ids[++nr_rows] = $1
	name[$1] = $2
	next
}

FNR == 1 {
	current = FILENAME
	sub(/.*\//, "", current)
	is_note = sub(/\.note$/, "", current)
	sub(/\.tsv$/, "", current)
}

is_note {
	note[current] = note[current] (note[current] ? "; " : "") $0
	next
}

{
	verdict[$1, current] = $2
	detail[$1, current] = $3
}

function verdict_of(id, k)
{
	return (id, k) in verdict ? verdict[id, k] : "did not run"
}

function is_failed(v)
{
	return v == "failed" || v == "did not run"
}

function cell(id, k,  v)
{
	v = verdict_of(id, k)
	return is_failed(v) ? toupper(v) : v
}

function padded(s, width)
{
	return sprintf("%-" width "s", s)
}

function print_line(first, id, is_head,  k, line, s)
{
	line = padded(first, width[0])
	for (k = 1; k <= nr_kernels; k++) {
		s = is_head ? kernel[k] : cell(id, kernel[k])
		line = line gap padded(s, width[k])
	}
	sub(/ +$/, "", line)
	print left line right
}

function widest(a, b)
{
	return length(a) > b ? length(a) : b
}

function measure(  i, k)
{
	for (i = 1; i <= nr_rows; i++)
		width[0] = widest(name[ids[i]], width[0])
	for (k = 1; k <= nr_kernels; k++) {
		width[k] = length(kernel[k])
		for (i = 1; i <= nr_rows; i++)
			width[k] = widest(cell(ids[i], kernel[k]), width[k])
	}
}

function print_table(  i)
{
	if (mode == "text") {
		for (i = 1; i <= nr_rows; i++)
			gsub(/`/, "", name[ids[i]])
		measure()
		gap = "  "
	} else {
		gap = " | "
		left = "| "
		right = " |"
	}
	print_line(mode == "text" ? "" : "kernel", "", 1)
	if (mode == "markdown")
		print_rule()
	for (i = 1; i <= nr_rows; i++) {
		if (ids[i] != "end")
			print_line(name[ids[i]], ids[i], 0)
	}
}

function print_rule(  k, line)
{
	line = "|---|"
	for (k = 1; k <= nr_kernels; k++)
		line = line "---|"
	print line
}

function print_test(id, k,  v, text)
{
	v = verdict_of(id, k)
	text = ++nr " - " k ": " name[id]
	gsub(/`/, "", text)
	if (is_failed(v)) {
		print "not ok " text
		print "# " v ": " detail[id, k]
		nr_failed++
	} else if (v ~ /^(skipped|absent)/) {
		print "ok " text " # SKIP " v ": " detail[id, k]
		nr_skipped++
	} else {
		print "ok " text
		print "# " v ": " detail[id, k]
		nr_passed++
	}
}

function print_tap(  i, k)
{
	for (k = 1; k <= nr_kernels; k++) {
		if (kernel[k] in note)
			print "# " kernel[k] ": " note[kernel[k]]
		for (i = 1; i <= nr_rows; i++)
			print_test(ids[i], kernel[k])
	}
	print "1.." nr + 0
	printf "%d passed, %d failed, %d skipped\n", nr_passed, nr_failed,
		nr_skipped
	exit nr_failed || !nr_passed
}

END {
	if (mode == "tap")
		print_tap()
	else
		print_table()
}
