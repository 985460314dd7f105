#!/bin/sh
# Makes .venv with everything the project needs, and the system libraries that Qt needs on Debian.
# Does nothing, and needs no network, when all of it is there. `setup.sh build` also wants what freezing needs.
set -eu
cd "$(dirname "$0")/.."
goal=${1:-}

qt_packages="libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0"
window_packages="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
screen_packages="xvfb xauth"
build_packages="binutils"

# Those of the named packages that are not installed.
missing_of() {
    for package in "$@"; do
        # Debian 13 renamed some packages with a t64 suffix, which provide the old names
        dpkg-query -W -f='${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q '^install ok installed' \
            || printf '%s ' "$package"
    done
}

# Nothing runs without these.
missing_for_all() {
    # shellcheck disable=SC2086  # lists of words are meant
    missing_of $qt_packages $window_packages
    "$python" -c 'import venv, ensurepip' 2>/dev/null || printf 'python3-venv '
}

# Only `make build` needs these.
missing_for_build() {
    # shellcheck disable=SC2086
    missing_of $build_packages
    "$python" -c 'import sysconfig, pathlib, sys
lib = sysconfig.get_config_var("INSTSONAME") or ""
shared = bool(sysconfig.get_config_var("Py_ENABLE_SHARED"))
found = shared and (pathlib.Path(sysconfig.get_config_var("LIBDIR") or "/usr/lib") / lib).exists()
places = [pathlib.Path("/usr/lib") / (sysconfig.get_config_var("MULTIARCH") or "") / lib]
sys.exit(0 if found or any(p.exists() for p in places) or not sys.executable.startswith("/usr/bin") else 1)' \
        || printf 'libpython%s ' "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
}

# The lock names everything: without --no-deps pip would look for newer releases of what has extras, and find no hash.
install_half() {
    .venv/bin/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes -r "$1"
}

find_python() {
    for candidate in "${PYTHON:-}" python3.12 python3.11 python3.13 python3; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        command -v "$candidate"
        return
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and none was found." >&2
    if [ "$(id -u)" = 0 ]; then echo "Install one: apt-get install python3 python3-venv" >&2
    else echo "Install one: sudo apt-get install python3 python3-venv" >&2; fi
    exit 1
}

python=$(find_python)
needed= build= screen=
if command -v dpkg-query >/dev/null 2>&1; then
    needed=$(missing_for_all)
    build=$(missing_for_build)
    # shellcheck disable=SC2086
    screen=$(missing_of $screen_packages)
fi
if [ "$(id -u)" = 0 ]; then
    if [ -n "$needed$build$screen" ]; then
        echo "Installing system libraries: $needed$build$screen"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        # shellcheck disable=SC2086
        apt-get install -y -qq --no-install-recommends $needed $build $screen >/dev/null
    fi
else
    if [ "$goal" = build ]; then needed="$needed$build"; fi
    if [ -n "$needed" ]; then
        echo "The program needs system libraries that only an administrator can install. Run:" >&2
        echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $needed" >&2
        if [ -n "$screen" ]; then echo "On a computer without a screen, a virtual one is of use too: $screen" >&2; fi
        exit 1
    fi
fi

# A virtual environment made by another Python, or in another place, is made anew.
stamp=.venv/.made-from
wanted="$("$python" -V) $(pwd) $(cat requirements.lock pyproject.toml | cksum)"
if [ ! -x .venv/bin/python ] || [ "$(cat $stamp 2>/dev/null || true)" != "$wanted" ]; then
    echo "Making .venv (a few minutes, once) …"
    if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c \
        "import sys; sys.exit(sys.version.split()[0] != '$("$python" -c 'import sys; print(sys.version.split()[0])')')"; then
        rm -rf .venv
        "$python" -m venv .venv
    fi
    # Two halves at a time, and compiled on all cores: pip does one package after the other.
    awk '/^[^ #]/ { other = !other } { print > (other ? ".venv/lock-1" : ".venv/lock-2") }' requirements.lock
    install_half .venv/lock-1 &
    first=$!
    install_half .venv/lock-2 || { wait "$first" || true; exit 1; }
    wait "$first"
    # what is no Python, templates among others, cannot be compiled and is told by nobody
    .venv/bin/python -m compileall -qq -j 0 .venv/lib || true
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    .venv/bin/python -m pip check --quiet --disable-pip-version-check
    printf '%s' "$wanted" > $stamp
fi
