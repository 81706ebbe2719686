# How the other scripts fetch packages without installing them; they read this file with `.`, after ended.sh.
# shellcheck shell=sh

# own_lists ARCHITECTURE [SUITE]: from now on apt has package lists of its own, in $temp, so that those of this
# machine stay as they are. They are of the Debian release SUITE, or of the releases that this machine's are of.
own_lists()
{
    mkdir -p "$temp/lists/partial" "$temp/cache/archives/partial"
    cat >"$temp/apt.conf" <<END
APT::Architecture "$1";
APT::Architectures { "$1"; };
Acquire::Languages "none";
Dir::State::Lists "$temp/lists";
Dir::State::Status "/dev/null";
Dir::Cache "$temp/cache";
END
    if [ -n "${2:-}" ]; then
        keyring="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
        echo "deb $keyring http://deb.debian.org/debian $2 main" >"$temp/sources.list"
        # Kernels are mended there first; sid has no such suite.
        [ "$2" = sid ] ||
            echo "deb $keyring http://deb.debian.org/debian-security $2-security main" >>"$temp/sources.list"
        cat >>"$temp/apt.conf" <<END
Dir::Etc::SourceList "$temp/sources.list";
Dir::Etc::SourceParts "/dev/null";
END
    fi
    export APT_CONFIG="$temp/apt.conf"
}

# apt-get for a fetch. As root it would complain that its own user cannot write to $temp.
apt_get()
{
    timeout 600 apt-get -q -o APT::Sandbox::User=root "$@"
}
