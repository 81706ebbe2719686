# The other scripts read this by `.`. However a script ends, the directory $temp is removed, and a failure is
# reported with what the script was doing, which it writes into $doing. It empties $doing when it has reported
# the failure itself.
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
