#!/usr/bin/env bash
# A pipeline for a folder of scenarios and rule cases: copy it, change the paths.
#
#   examples/pipeline.sh [PATHS..]           scenarios and tests/cases unless said otherwise
#   GOLDEN=golden.txt examples/pipeline.sh   the same, held against golden numbers where that file exists
#
# It ends with the code of `tiercast check`, and says what the code means:
#   0 all hold   1 something failed, or moved   2 wrong input, nothing was run   3 undecided
set -uo pipefail
tiercast=${TIERCAST:-tiercast}
out=${OUT:-out/pipeline}
golden=${GOLDEN:-golden.txt}
[ $# -gt 0 ] || set -- scenarios tests/cases
options=(--junit "$out/checks.xml")
[ -z "${GITHUB_ACTIONS:-}" ] || options+=(--format github)
[ ! -e "$golden" ] || options+=(--baseline "$golden")

"$tiercast" check "$@" "${options[@]}" --quiet
code=$?
case $code in
    0) echo "pipeline: exit 0, all hold" ;;
    1) echo "pipeline: exit 1, something failed. Not meant? Mend it. Meant? Change what is expected, or write"
       echo "          the golden numbers anew: $tiercast check $* --baseline $golden --update" ;;
    2) echo "pipeline: exit 2, wrong input: the messages above say where" ;;
    3) echo "pipeline: exit 3, undecided: give it more futures (--replications 32768), or its bounds more room" ;;
    *) echo "pipeline: exit $code" ;;
esac
exit "$code"
