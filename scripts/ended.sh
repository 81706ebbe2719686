# Read by the other scripts, by `.`: however one ends, the directory $temp is removed, and a failure is
# told with what was being done, which the script writes into $doing; it empties that where it told itself.
# shellcheck shell=sh
temp=
doing="beginning"

ended()
{
    status=$?
    [ -z "$temp" ] || rm -rf "$temp"
    [ "$status" -eq 0 ] || [ -z "$doing" ] || echo "${0##*/}: failed while $doing (status $status)" >&2
}
trap ended EXIT
trap 'exit 1' HUP INT TERM
