#!/bin/sh
# Unpacks a container engine, Prometheus and a stand-in for the python:slim image into one folder, for
# machines that reach Debian's packages but no image registry. Nothing is started and no service is
# installed: the tests in tests/templates start a private daemon from that folder and stop it again.
#
# usage: .ci/engine.sh FOLDER        (root on Debian; a second run only checks what is there)
# shellcheck disable=SC2016  # the quoted variables are apt's and mmdebstrap's
set -eu

readonly RELEASE=trixie # its python3 is 3.13, and its buildx knows --build-context
readonly ENGINE="docker.io docker-cli containerd docker-buildx docker-compose"
readonly MONITORING="prometheus promtool"
readonly BASE="ca-certificates netbase tzdata python3"

fail() {
    echo "engine.sh: $*" >&2
    exit 3
}

[ $# -eq 1 ] || fail "usage: .ci/engine.sh FOLDER"
[ "$(id -u)" -eq 0 ] || fail "needs root"
command -v apt-get >/dev/null || fail "needs Debian's apt-get"

mkdir -p "$1"
cd "$1"

install_host_tools() {
    command -v mmdebstrap >/dev/null && command -v runc >/dev/null && return
    apt-get update --quiet
    apt-get install --quiet --yes --no-install-recommends mmdebstrap runc
}

# The machine's own archive address, so that a configured mirror is honoured.
write_sources() {
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
    [ -n "$archive" ] || fail "apt knows no Debian archive (run apt-get update)"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $RELEASE main" >"$1"
}

apt_for_release() {
    apt-get --quiet -o APT::Sandbox::User=root \
        -o Dir::Etc::SourceList="$PWD/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State="$PWD/apt/state" -o Dir::State::Status="$PWD/apt/status" \
        -o Dir::Cache="$PWD/apt/cache" "$@"
}

# unpack FOLDER PROGRAM PACKAGE...: the release's packages, unless the folder holds that program already.
unpack() {
    folder=$1
    [ -x "$folder/$2" ] && return
    shift 2
    rm -rf "$folder.part" ./*.deb
    mkdir -p "$folder.part" apt/state/lists/partial apt/cache/archives/partial
    : >apt/status
    apt_for_release update
    apt_for_release download "$@"
    for package in ./*.deb; do
        dpkg-deb --extract "$package" "$folder.part"
    done
    rm -f ./*.deb
    mv "$folder.part" "$folder"
}

# As poor as the real slim image: whatever is missing there must be missing here. pip and venv are left
# out because the Dockerfile under test brings uv. Extra certificates of the host are copied, since the
# build inside this image talks to the same network as the host.
build_base() {
    [ -f base.tar ] && return
    mmdebstrap --quiet --variant=minbase --include="$BASE" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='ln -sf /usr/bin/python3 "$1/usr/local/bin/python"' \
        --customize-hook='ln -sf /usr/bin/python3 "$1/usr/local/bin/python3"' \
        --customize-hook='find /usr/local/share/ca-certificates -name "*.crt" -exec cp {} "$1/usr/local/share/ca-certificates/" \;' \
        --customize-hook='chroot "$1" update-ca-certificates' \
        "$RELEASE" base.part.tar apt/sources.list
    mv base.part.tar base.tar
}

install_host_tools
mkdir -p apt
write_sources apt/sources.list
# Debian 12's engine has no buildx, hence the newer packages; they are unpacked, not installed. Their runc
# would need a newer C library than such a host has: the host's own runc serves.
# shellcheck disable=SC2086  # lists of words
{
    unpack engine usr/sbin/dockerd $ENGINE
    unpack monitoring usr/bin/promtool $MONITORING
}
build_base
echo "engine, Prometheus and base image are in $PWD"
