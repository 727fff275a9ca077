#!/bin/sh
# Draws the ratios that compare.sh or analytic.sh printed (PostgreSQL = 1) as bars, the mean of the rounds of each measurement.
# usage: benchmarks/macro/plot.sh results.txt >results.svg
set -eu
awk '
function add(key, ratio, dark) {
    if (!(key in count)) order[++keys] = key
    sum[key] += ratio
    count[key]++
    fill[key] = dark ? "#1b6e53" : "#8aa4b8"
}
/ratio [0-9.]+$/ { add($1 " · " $3 " · " $2, $NF, $1 == "encrypted") }
NF >= 6 && /^[a-z].* [0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$/ {
    name = $1
    for (i = 2; i <= NF - 5; i++) name = name " " $i
    add(name, $(NF - 1), 1)
}
END {
    most = 1
    for (key in sum) if (sum[key] / count[key] > most) most = sum[key] / count[key]
    row = 26; left = 200; unit = 480 / most; width = left + 550; height = keys * row + 60
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", width, height
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
    printf "<text x=\"%d\" y=\"20\" text-anchor=\"middle\">PostgreSQL = 1</text>\n", left + unit
    for (i = 1; i <= keys; i++) {
        key = order[i]; ratio = sum[key] / count[key]; y = 30 + (i - 1) * row
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 10, y + 16, key
        printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"18\" fill=\"%s\"/>\n", left, y + 3, ratio * unit, fill[key]
        printf "<text x=\"%d\" y=\"%d\">%.2f</text>\n", left + ratio * unit + 6, y + 16, ratio
    }
    printf "<line x1=\"%d\" y1=\"26\" x2=\"%d\" y2=\"%d\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>\n</svg>\n", left + unit, left + unit, keys * row + 36
}' "$1"
