#!/bin/sh
# Draws the ratios that compare.sh printed (PostgreSQL = 1) as bars, the mean of the rounds of each measurement.
# usage: benchmarks/macro/plot.sh results.txt >results.svg
set -eu
awk '
/ratio [0-9.]+$/ {
    key = $1 " · " $3 " · " $2
    if (!(key in count)) order[++keys] = key
    sum[key] += $NF
    count[key]++
    encrypted[key] = $1 == "encrypted"
}
END {
    row = 30; left = 210; unit = 300; width = left + unit * 1.6 + 60; height = keys * row + 60
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">\n", width, height
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
    printf "<text x=\"%d\" y=\"20\" text-anchor=\"middle\">PostgreSQL = 1</text>\n", left + unit
    for (i = 1; i <= keys; i++) {
        key = order[i]; ratio = sum[key] / count[key]; y = 30 + (i - 1) * row
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left - 10, y + 18, key
        printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"20\" fill=\"%s\"/>\n", left, y + 4, ratio * unit, encrypted[key] ? "#1b6e53" : "#8aa4b8"
        printf "<text x=\"%d\" y=\"%d\">%.2f</text>\n", left + ratio * unit + 6, y + 18, ratio
    }
    printf "<line x1=\"%d\" y1=\"26\" x2=\"%d\" y2=\"%d\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>\n</svg>\n", left + unit, left + unit, keys * row + 36
}' "$1"
