# What the other scripts share; they read this file with `.`.
#
# When a script ends, for whatever reason, the directory $temp is removed. If it failed, a message says what it was
# doing: it keeps that in $doing, and empties $doing when it has reported the failure itself.
# shellcheck shell=sh
temp=
doing="beginning"

ended()
{
    status=$?
    [ -z "$temp" ] || rm -rf --one-file-system "$temp"
    [ "$status" -eq 0 ] || [ -z "$doing" ] || echo "${0##*/}: failed while $doing (status $status)" >&2
}
trap ended EXIT
trap 'exit 1' HUP INT TERM

# usage LEAST "$@": ends the script with the comment at its top as the answer to --help, or as the error when there
# are fewer than LEAST words.
usage()
{
    least=$1
    shift
    [ "${1:-}" = --help ] || [ $# -lt "$least" ] || return 0
    doing=
    text=$(sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0")
    if [ "${1:-}" = --help ]; then
        echo "$text"
        exit 0
    fi
    echo "$text" >&2
    exit 2
}
