# Sourced by the commands of the lab; never run by itself.
#
# Its one idea: a bare Debian has no Python, so the little that has to happen
# before Python runs is here: be root, be on Debian, have /usr/bin/python3.
# Everything else is in the Python package `lab` beside this file.
# It always takes Debian's own Python by its absolute path: a version manager
# may put another one first in PATH, and the lab's venv must not depend on it.

lab_here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"

lab_die() {
    printf 'lab: %s\n' "$@" >&2
    exit 2
}

# lab_run COMMAND ARGS...: replaces this shell by `python3 -m lab COMMAND ARGS...`.
lab_run() {
    local command="$1" argument
    for argument in "${@:2}"; do
        case "$argument" in
            -h | --help) local wants_help=yes ;;
        esac
    done
    if [ ! -x /usr/bin/python3 ] || ! /usr/bin/python3 -c 'import json, tomllib' 2>/dev/null; then
        case "$command" in
            down | status)
                if [ -z "${wants_help:-}" ]; then
                    echo "lab: there is no lab on this machine (not even /usr/bin/python3)" >&2
                    [ "$command" = down ]
                    exit
                fi
                ;;
        esac
        [ "$(id -u)" = 0 ] || lab_die \
            "/usr/bin/python3 (3.11 or newer) is missing and only root can install it" \
            "try: become root and run the same command again"
        command -v apt-get >/dev/null || lab_die \
            "apt-get was not found: the lab is made of Debian's packages" \
            "try: run it on Debian 12, or in a container of it"
        echo "lab: installing python3" >&2
        export DEBIAN_FRONTEND=noninteractive
        local words
        words="$(apt-get -q -o DPkg::Lock::Timeout=300 update 2>&1 &&
            apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends python3 2>&1)" ||
            lab_die "apt-get could not install python3; its last words:" "$(tail -n 12 <<<"$words")" \
                "try: apt-get update, then the same command"
        /usr/bin/python3 -c 'import json, tomllib' || lab_die \
            "Debian's python3 is older than 3.11" "try: run the lab on Debian 12"
    fi
    unset PYTHONHOME PYTHONSTARTUP
    PYTHONPATH="$lab_here" exec /usr/bin/python3 -B -s -m lab "$command" "${@:2}"
}
