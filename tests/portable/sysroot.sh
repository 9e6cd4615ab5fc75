#!/bin/sh
# sysroot.sh DIR PACKAGE... - makes DIR a sysroot of AArch64 with the packages of this Debian or Ubuntu and all that
# they depend on, and DIR.cmake a toolchain file for it. Needs no root rights: apt runs with state, cache and
# architecture of its own below DIR, so that the system stays as it is.
#
#     sh tests/portable/sysroot.sh "$PWD/build-arm64-sysroot" libc6-dev libzstd-dev
#     cmake -DCMAKE_TOOLCHAIN_FILE="$PWD/build-arm64-sysroot.cmake" ...
#     qemu-aarch64-static -L "$PWD/build-arm64-sysroot" PROGRAM
#
# The compiler (gcc-aarch64-linux-gnu) and the emulator (qemu-user-static) are those of the system.
set -eu
[ $# -ge 2 ] || {
    echo "usage: sysroot.sh DIR PACKAGE..." >&2
    exit 2
}
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
libraries=$dir/usr/lib/aarch64-linux-gnu
apt=$dir/var/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial"
: >"$apt/status"
{
    echo 'APT::Architecture "arm64"; APT::Architectures "arm64"; APT::Sandbox::User "root"; APT::Install-Recommends "false";'
    echo "Dir::State \"$apt\"; Dir::State::lists \"$apt/lists\"; Dir::State::status \"$apt/status\";"
    echo "Dir::Cache \"$apt\"; Dir::Cache::archives \"$apt/archives\";"
    echo 'Debug::NoLocking "true"; Acquire::Languages "none";'
} >"$apt/apt.conf"

. /etc/os-release
if [ "$ID" = ubuntu ]; then # whose usual servers have amd64 alone
    for suite in "$VERSION_CODENAME" "$VERSION_CODENAME-updates"; do
        echo "deb http://ports.ubuntu.com/ubuntu-ports $suite main universe"
    done >"$apt/sources.list"
    echo "Dir::Etc::sourcelist \"$apt/sources.list\"; Dir::Etc::sourceparts \"-\";" >>"$apt/apt.conf"
fi

export APT_CONFIG="$apt/apt.conf"
apt-get update -qq
apt-get install -qq --yes --download-only "$@" >/dev/null
for package in "$apt/archives"/*.deb; do
    dpkg -x "$package" "$dir"
done

# what the maintainers' scripts would link
[ -e "$dir/lib/ld-linux-aarch64.so.1" ] || ln -sfn usr/lib "$dir/lib"
# absolute links mean the sysroot's files, not the system's
find "$dir/usr" "$dir/lib/" -type l -lname '/*' | while IFS= read -r link; do
    target=$(readlink "$link")
    case $target in "$dir"/*) ;; *) ln -sf "$dir$target" "$link" ;; esac
done
ln -sf hdf5-serial.pc "$libraries/pkgconfig/hdf5.pc"
for blas in "$libraries"/openblas-*/libopenblas.so.0; do
    [ ! -e "$blas" ] || ln -sf "${blas#"$libraries"/}" "$libraries/libopenblas.so.0"
done

cat >"$dir.cmake" <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_SYSROOT $dir)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64-static;-L;$dir")
set(ENV{PKG_CONFIG_LIBDIR} $libraries/pkgconfig:$dir/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} $dir)
END
